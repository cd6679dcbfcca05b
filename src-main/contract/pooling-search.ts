import { z } from 'zod';

/** Methods that find where a network should pool (algorithms.md 2.4). */
export const POOLING_SEARCH_METHODS = [
  'default',
  'brute-force',
  'spos',
  'darts',
  'darts-gaea',
  'boltzmann',
  'boltzmann-uniform',
  'mcts-ucb',
  'mcts-ucb-uniform',
  'balanced-mixture',
] as const;
export type PoolingSearchMethod = (typeof POOLING_SEARCH_METHODS)[number];

/** Networks whose pools can be placed (models/searchable-networks.ts): for clips first, then for pictures. */
export const SEARCHABLE_NETWORKS = ['pooled3d', 'resnet20', 'resnet18', 'resnet50'] as const;

const count = () => z.int().min(1).max(100_000);

/** What a search on the videos of a project can be asked for, beside the settings of its networks. */
export const poolingSearchSchema = z.strictObject({
  method: z
    .enum(POOLING_SEARCH_METHODS)
    .default('balanced-mixture')
    .describe('How to search; balanced-mixture shares the work among several supernets, brute-force trains everything'),
  model: z
    .enum(SEARCHABLE_NETWORKS)
    .default('pooled3d')
    .describe('Network whose pools are placed; pooled3d may pool space, time or both'),
  supernets: count().max(64).default(2).describe('M: sets of shared weights of balanced-mixture'),
  epochs: count().optional().describe('Epochs of the shared weights, divided among the supernets'),
  aloneEpochs: count().optional().describe('Most epochs of each network that is trained alone afterwards'),
  topK: count().max(1000).default(3).describe('Configurations trained alone; the best on validation wins'),
  seed: z.int().min(0).default(1).describe('The same seed and settings give the same numbers'),
});

/** Units at each scale, `[4,3,3]`; of space and of time where a network may pool both. */
export type PoolingJson = number[] | { space: number[]; time: number[] };

export type ReplayOptions = {
  table: string;
  method: PoolingSearchMethod;
  supernets: number;
  topK: number;
  seed: number;
};

/** Accuracies are those of the table, in its units. */
export type ReplaySummary = {
  method: PoolingSearchMethod;
  /** Agreement of the method's scores with the accuracies of networks trained alone; null where it scores none. */
  kendallTau: number | null;
  /** The configuration that the method ranks first. */
  best: { configuration: PoolingJson; accuracy: number };
  /** Accuracy of the best of its first k, all trained alone. */
  bestOfTopK: number;
  topK: { configuration: PoolingJson; supernet: number | null; standAlone: number }[];
  rankOfDefault: number;
  configurations: number;
  /** What `best`, and the best of the first k, lose against the best configuration of the table. */
  regret: number;
  regretOfTopK: number;
  /** The column that stood for accuracies on shared weights. */
  scoresFrom: string;
};

export type PoolingSearchOptions = {
  /** Exactly one of the two. */
  project: string | null;
  images: string | null;
  /** Where runs go for `images`. */
  out: string;
  run: string;
  model: string | null;
  method: PoolingSearchMethod;
  supernets: number;
  epochs: number | null;
  /** Epochs of each network trained alone. */
  aloneEpochs: number | null;
  topK: number;
  seed: number;
  /** `key=value` settings of the networks, as for `train`. */
  set: string[];
  resume: boolean;
};

export type PoolingSearchSummary = {
  method: PoolingSearchMethod;
  model: string;
  space: { size: number; notation: string };
  /** `poolAt` is the setting that `train` takes. */
  best: { configuration: PoolingJson; poolAt: string; validation: number; test: number | null; gflops: number };
  topK: {
    configuration: PoolingJson;
    poolAt: string;
    supernet: number | null;
    standAlone: number;
    gflops: number;
  }[];
  /** What the network reaches as it is, trained alone with the same budget as the first k. */
  default: { configuration: PoolingJson; poolAt: string; standAlone: number; test: number | null; gflops: number };
  /** Agreement of the search's scores with the networks trained alone; null below two of them. */
  kendallTau: number | null;
  cost: { passes: number; seconds: number; gpuSeconds: number; steps: number };
  /** Name of the winner's run, for `predict`, `evaluate` and `train --resume`. */
  run: string;
  /** Folder of the search. */
  folder: string;
  notes: string[];
};
