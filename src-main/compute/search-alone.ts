/** The end of a pooling search: its finalists trained alone from the start, the best on validation judged on the test. */
import path from 'node:path';
import { modelCard } from '../../models/index.ts';
import type { JobContext } from '../contract/progress.ts';
import { variablesFromValues } from '../data/stored-variables.ts';
import { openRunFolder } from '../store/run-folder.ts';
import { disposeNamed } from '../train/gradients.ts';
import { temporalWeights } from '../train/temporal-weights/methods.ts';
import { validate } from '../train/validation.ts';
import { poolAtOf } from './search-networks.ts';
import type { Search } from './search-setting.ts';
import { queueOnThisMachine, type TrainingResult, type TrainingTask } from './training-executor.ts';

/** A configuration, by its index, and what its network reached. */
export type Finalist = { configuration: number; result: TrainingResult };

/** `test` is the accuracy of the winner, null without test videos. */
export type AloneTrainings = { finalists: Finalist[]; winner: Finalist; test: number | null };

/** Trains the configurations, or goes on with it. */
export async function trainAlone(
  search: Search,
  configurations: readonly number[],
  job: JobContext,
): Promise<AloneTrainings> {
  const tasks = configurations.map((configuration): TrainingTask => {
    const poolAt = poolAtOf(search, configuration);
    return { name: poolAt, config: { ...search.configs.alone, poolAt } };
  });
  const results = await executorOf(search).train(tasks, job);
  const finalists = results.map((result, i) => ({ configuration: configurations[i]!, result }));
  const winner = finalists.reduce((best, one) => (isBetter(one.result, best.result) ? one : best));
  return { finalists, winner, test: await testAccuracy(search, winner.result, job) };
}

function executorOf({ data, configs, options, engine, folder }: Search) {
  const { train, val, test, classes, clips, pictures } = data;
  const seed = configs.alone.seed;
  const manifest = (run: string) =>
    data.manifest({ run, engine, seed, versions: options.versions }, { train, val, test });
  return queueOnThisMachine({
    ...{ dir: aloneDir(folder.dir), classes, clips, manifest },
    ...{ trainVideos: train, valVideos: val, recordsSampling: !pictures },
  });
}

function aloneDir(searchDir: string): string {
  return path.join(searchDir, 'alone');
}

/** More right on validation; among equals, of smaller loss. */
function isBetter(one: TrainingResult, other: TrainingResult): boolean {
  return one.valWar > other.valWar || (one.valWar === other.valWar && one.valLoss < other.valLoss);
}

async function testAccuracy(
  { data, configs, folder }: Search,
  { name }: TrainingResult,
  job: JobContext,
): Promise<number | null> {
  if (data.test.length === 0) return null;
  const run = await openRunFolder(aloneDir(folder.dir), name);
  const best = (await run.readCheckpoint('best'))!;
  const { config } = run;
  const card = modelCard(config.model);
  const { cropSize, clipFrames, dropout, poolAt } = config;
  const model = card.create({ classes: data.classes.length, cropSize, clipFrames, dropout, poolAt });
  const variables = variablesFromValues(model, best.tensors, `checkpoint-best of ${name}`);
  try {
    const { classes, clips, test: valVideos } = data;
    const problem = temporalWeights(configs.alone);
    const judged = { config, classes, clips, valVideos };
    return (await validate(judged, problem, { instance: { card, model, variables } }, job)).valWar;
  } finally {
    disposeNamed({ ...variables.params, ...variables.buffers });
    await run.close();
  }
}
