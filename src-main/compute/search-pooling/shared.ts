/** The part of a pooling search that trains weights shared by all configurations, and what it learns of each. */
import path from 'node:path';
import { unitScales } from '../../../models/searchable-network.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { EpochMetrics } from '../../contract/records.ts';
import { variablesFromValues } from '../../data/stored-variables.ts';
import type { ModelInstance } from '../../data/network-passes.ts';
import { createRunFolder, openRunFolder, runExists, type RunFolder } from '../../store/run-folder.ts';
import { parseLastState, type Checkpoint } from '../../train/checkpoint.ts';
import { logProbabilities } from '../../train/pooling-search/darts.ts';
import { passesOf, pathAccuracy, type Evaluation } from '../../train/pooling-search/evaluate-paths.ts';
import type { RelaxedMethod, SamplingMethod } from '../../train/pooling-search/search-method.ts';
import { parseSearchState, searchProblem, type SearchState } from '../../train/pooling-search/search-problem.ts';
import { supernetCard } from '../../train/pooling-search/supernet-card.ts';
import { trainRun } from '../../train/training-loop.ts';
import { disposeNamed } from '../../train/named-tensors.ts';
import { plannedPasses } from '../planned-passes.ts';
import { refuseOtherData } from '../same-data.ts';
import { costliest, networkOf } from './networks.ts';
import { readEvaluation, writeJson } from './folder.ts';
import type { Search } from './setting.ts';
import { named } from '../training-executor.ts';

/**
 * `scores` [c] rank the configurations, null for methods without shared weights; `accuracies` [c] are those on shared
 * weights, null where there is none.
 */
export type SharedSearch = {
  scores: number[] | null;
  accuracies: (number | null)[];
  cost: { passes: number; seconds: number; steps: number };
};

const RUN = 'shared';

/** Trains shared weights, or goes on with it, and scores all configurations. */
export async function searchShared(search: Search, job: JobContext): Promise<SharedSearch> {
  const { method, space } = search;
  if (method.kind === 'direct') {
    const cost = { passes: 0, seconds: 0, steps: 0 };
    return { scores: null, accuracies: space.configurations.map(() => null), cost };
  }
  const supernets = method.kind === 'sampling' ? method.supernets : 1;
  const { state, checkpoint, cost } = await trainShared(search, method, supernets, named(job, 'search'));
  if (method.kind === 'relaxed') {
    const scores = mixtureScores(search, method, state);
    return { scores, accuracies: scores.map(() => null), cost };
  }
  const evaluated = await evaluate(search, method, { state, checkpoint }, job);
  const scores = method.scores(state.method, evaluated.accuracies);
  const known = scores.map((score) => (Number.isFinite(score) ? score : null));
  return {
    ...{ scores, accuracies: known },
    cost: { ...cost, passes: cost.passes + evaluated.passes, seconds: cost.seconds + evaluated.seconds },
  };
}

type Trained = { state: SearchState; checkpoint: Checkpoint; cost: SharedSearch['cost'] };

async function trainShared(
  search: Search,
  method: SamplingMethod | RelaxedMethod,
  supernets: number,
  job: JobContext,
): Promise<Trained> {
  const { configs, data, space, engine } = search;
  const config = configs.shared;
  const passes = plannedPasses(config, networkOf(search, costliest(search)), engine);
  const folder = await openShared(search);
  try {
    const resumeFrom = await folder.readCheckpoint('last');
    await trainRun(
      {
        ...{ config, classes: data.classes, clips: data.clips, sink: folder, recordsSampling: false },
        ...{ trainVideos: data.halves.weights, valVideos: data.halves.choice },
        card: supernetCard(configs.card, supernets),
        problem: searchProblem({ space, method, config }),
        ...passes,
        ...(resumeFrom && { resumeFrom }),
      },
      job,
    );
    const checkpoint = (await folder.readCheckpoint('last'))!;
    const state = parseSearchState(parseLastState(checkpoint.state).outer);
    const records = await folder.readMetrics();
    const epochs = records.filter((record): record is EpochMetrics => record.kind === 'epoch');
    const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
    const steps = records.filter(({ kind }) => kind === 'step').length;
    return { state, checkpoint, cost: { passes: state.passes, seconds, steps } };
  } finally {
    await folder.close();
  }
}

async function openShared({ folder, data, configs, options, engine }: Search): Promise<RunFolder> {
  const { weights, choice } = data.halves;
  const facts = { run: RUN, engine, seed: configs.shared.seed, versions: options.versions };
  const manifest = data.manifest(facts, { train: weights, val: choice, test: [] });
  await refuseOtherData(folder.dir, manifest);
  if (runExists(folder.dir, RUN)) return openRunFolder(folder.dir, RUN);
  return createRunFolder(folder.dir, RUN, { config: configs.shared, manifest });
}

/** Accuracies [c][m] of the paths that are worth it. A path that was evaluated before an interruption is not again. */
async function evaluate(
  search: Search,
  method: SamplingMethod,
  { state, checkpoint }: Pick<Trained, 'state' | 'checkpoint'>,
  job: JobContext,
) {
  const { configs, data, space, folder } = search;
  const evaluation: Evaluation = { space, videos: data.halves.choice, clips: data.clips, config: configs.shared };
  const paths = method.finalPaths(state.method);
  const stored = await readEvaluation(folder);
  const card = supernetCard(configs.card, method.supernets);
  const { cropSize, clipFrames, dropout } = configs.shared;
  const model = card.create({ classes: data.classes.length, cropSize, clipFrames, dropout });
  const variables = variablesFromValues(model, checkpoint.tensors, path.join(folder.dir, RUN));
  const whole: ModelInstance = { card, model, variables };
  try {
    for (const [i, one] of paths.entries()) {
      const key = `${one.configuration}/${one.supernet}`;
      if (stored.accuracies[key] !== undefined) continue;
      const startMs = performance.now();
      stored.accuracies[key] = await pathAccuracy(whole, one, evaluation, job);
      stored.passes += passesOf(evaluation);
      stored.seconds += (performance.now() - startMs) / 1000;
      await writeJson(folder, 'evaluation.json', stored);
      job.onProgress?.({ stage: 'evaluate shared weights', done: i + 1, total: paths.length });
    }
  } finally {
    disposeNamed(variables.params);
  }
  const accuracies = space.configurations.map((_, c) =>
    Array.from({ length: method.supernets }, (_unused, m) => stored.accuracies[`${c}/${m}`] ?? -Infinity),
  );
  return { accuracies, passes: stored.passes, seconds: stored.seconds };
}

function mixtureScores({ space }: Search, method: RelaxedMethod, state: SearchState): number[] {
  const scales = space.configurations.map((configuration) => unitScales(space.choices, configuration));
  return logProbabilities(space, method.mixture(state.method), (c, unit) => scales[c]![unit]!);
}
