import { poolingText } from '../../models/pooling-configuration.ts';
import type { ModelCard } from '../../models/types.ts';
import type { PoolingSearchMethod } from '../../src-main/contract/pooling-search.ts';
import type { ResolvedConfig } from '../../src-main/contract/config.ts';
import { variablesFromValues } from '../../src-main/data/stored-variables.ts';
import type { Checkpoint } from '../../src-main/train/checkpoint.ts';
import { lastStateSchema } from '../../src-main/train/checkpoint.ts';
import { disposeNamed } from '../../src-main/train/named-tensors.ts';
import { logProbabilities } from '../../src-main/train/pooling-search/darts.ts';
import { pathAccuracy } from '../../src-main/train/pooling-search/evaluate-paths.ts';
import { searchMethod } from '../../src-main/train/pooling-search/methods.ts';
import {
  parseSearchState,
  searchProblem,
  type SearchState,
} from '../../src-main/train/pooling-search/search-problem.ts';
import { searchSpace } from '../../src-main/train/pooling-search/search-space.ts';
import { supernetCard } from '../../src-main/train/pooling-search/supernet-card.ts';
import { trainRun } from '../../src-main/train/training-loop.ts';
import type { TrainingRun } from '../../src-main/train/training-state.ts';
import type { JobContext } from '../../src-main/contract/progress.ts';
import { unitScales } from '../../models/searchable-network.ts';
import { toyPictures, toyPoolingCard, TOY_SIDE } from './toy-pooling.ts';
import { MemorySink, toyConfig } from './toy-training.ts';

export type ToySearch = {
  units: number;
  pictures: number;
  epochs: number;
  method: PoolingSearchMethod;
  supernets: number;
  seed: number;
  set?: string[];
};

const ENOUGH = 1e6;

export function toySearchConfig({
  epochs,
  seed,
  set = [],
}: Pick<ToySearch, 'epochs' | 'seed' | 'set'>): ResolvedConfig {
  const pairs = ['pooling=average', 'clipFrames=1', 'batch=32', `epochs=${epochs}`, `seed=${seed}`];
  const optimiser = ['optimizer=sgd', 'learningRate=0.1', 'weightDecay=0', `patience=${ENOUGH}`];
  return { ...toyConfig([...pairs, ...optimiser, ...set]), cropSize: TOY_SIDE };
}

/** What the search left: its records, checkpoint and state. */
export type ToyTrained = { sink: MemorySink; state: SearchState; checkpoint: Checkpoint };

/** Trains the shared weights of a search on the toy task. */
export async function trainToySearch(
  search: ToySearch,
  rest: Partial<TrainingRun> & { sink?: MemorySink } = {},
  job: JobContext = {},
): Promise<ToyTrained> {
  const card = toyPoolingCard(search.units);
  const space = searchSpace(card.pooling);
  const method = searchMethod(search.method, space, search.supernets);
  if (method.kind === 'direct') throw new Error('nothing to train');
  const config = toySearchConfig(search);
  const { halves, clips } = toyPictures(search.seed, search.pictures);
  const sink = rest.sink ?? new MemorySink();
  const run: TrainingRun = {
    ...{ config, clips, sink, classes: ['a', 'b'], recordsSampling: false },
    ...{ trainVideos: halves[0], valVideos: halves[1] },
    card: supernetCard(card, supernetsOf(method)),
    problem: searchProblem({ space, method, config }),
    ...rest,
  };
  await trainRun(run, job);
  const checkpoint = sink.checkpoints.get('last')!;
  return { sink, checkpoint, state: parseSearchState(lastStateSchema.parse(checkpoint.state).outer) };
}

/** Scores of all configurations [c] after a search on the toy task; its pool stands in front of unit c + 1. */
export async function toyScores(search: ToySearch): Promise<number[]> {
  const trained = await trainToySearch(search);
  const card = toyPoolingCard(search.units);
  const space = searchSpace(card.pooling);
  const method = searchMethod(search.method, space, search.supernets);
  if (method.kind === 'relaxed') {
    const scales = space.configurations.map((one) => unitScales(space.choices, one));
    return logProbabilities(space, method.mixture(trained.state.method), (c, unit) => scales[c]![unit]!);
  }
  if (method.kind === 'direct') throw new Error('nothing to score');
  const evaluated = space.configurations.map(() => new Array<number>(method.supernets).fill(-Infinity));
  const { halves, clips } = toyPictures(search.seed, search.pictures);
  const shared = supernetCard(card, method.supernets);
  const whole = wholeOf(shared, trained.checkpoint);
  const evaluation = { space, videos: halves[1], clips, config: toySearchConfig(search) };
  for (const path of method.finalPaths(trained.state.method))
    evaluated[path.configuration]![path.supernet] = await pathAccuracy(whole, path, evaluation, {});
  disposeNamed(whole.variables.params);
  return method.scores(trained.state.method, evaluated);
}

/** Validation accuracy of the network of each configuration, trained alone. */
export async function toyAlone({
  units,
  pictures,
  epochs,
  seed,
}: Omit<ToySearch, 'method' | 'supernets'>): Promise<number[]> {
  const card = toyPoolingCard(units);
  const { halves, clips } = toyPictures(seed, pictures);
  const accuracies: number[] = [];
  for (const configuration of searchSpace(card.pooling).configurations) {
    const config = { ...toySearchConfig({ epochs, seed }), poolAt: poolingText(configuration) };
    const run = { config, clips, classes: ['a', 'b'], trainVideos: halves[0], valVideos: halves[1] };
    const { best } = await trainRun({ ...run, card, sink: new MemorySink(), recordsSampling: false });
    accuracies.push(best.valWar);
  }
  return accuracies;
}

function supernetsOf(method: { kind: 'sampling'; supernets: number } | { kind: 'relaxed' }): number {
  return method.kind === 'sampling' ? method.supernets : 1;
}

function wholeOf(card: ModelCard, { tensors }: Checkpoint) {
  const model = card.create({ classes: 2, cropSize: TOY_SIDE, clipFrames: 1, dropout: 0 });
  return { card, model, variables: variablesFromValues(model, tensors, 'toy') };
}
