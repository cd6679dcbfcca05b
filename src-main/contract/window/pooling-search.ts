/** The Pooling search tab: searches of the project, for ever. Served by the project process; searching is a job. */
import { z } from 'zod';
import type { ResolvedConfig } from '../config.ts';
import {
  SEARCHABLE_NETWORKS,
  type PoolingJson,
  type PoolingSearchMethod,
  type PoolingSearchSummary,
} from '../pooling-search.ts';
import type { EpochMetrics } from '../records.ts';
import type { Failure } from '../rpc.ts';
import { call, stream } from '../rpc.ts';
import { longText, nothing, runName } from './limits.ts';

/**
 * `searching`: under way, or cut off by a crash; `paused`: stopped with everything saved; `failed`: see `error`;
 * `finished`: over, with a network.
 */
export type SearchStatus = 'searching' | 'paused' | 'failed' | 'finished';

export type SearchRow = {
  name: string;
  createdAt: string;
  status: SearchStatus;
  error: Failure | null;
  method: PoolingSearchMethod;
  model: string;
  supernets: number;
  seed: number;
  best: { poolAt: string; validation: number; test: number | null } | null;
};

/** What leaves a unit of the network: `pooled` is what was halved in front of it. */
export type FeatureMap = { frames: number; side: number; channels: number; pooled: 'space' | 'time' | 'both' | null };

/** `gflops` of one clip forward. */
export type SpaceConfiguration = { configuration: PoolingJson; poolAt: string; gflops: number; maps: FeatureMap[] };

/** Everything that can be found; configurations are addressed by their index. */
export type SpaceView = {
  notation: string;
  configurations: SpaceConfiguration[];
  defaultIndex: number;
  /** Frames and side of what goes in. */
  input: { frames: number; side: number };
};

/** `alone` are the settings of networks trained alone. */
export type SearchDetail = {
  name: string;
  createdAt: string;
  asked: {
    method: PoolingSearchMethod;
    supernets: number;
    topK: number;
    epochs: number;
    alone: ResolvedConfig;
  };
  space: SpaceView;
};

/** A network that was trained alone, or is. `from`: the search that did it. */
export type AloneNetwork = {
  configuration: number;
  from: string;
  epochs: number;
  epochsPlanned: number;
  /** Accuracy on validation; of the epoch that is kept. */
  validation: number | null;
  done: boolean;
};

/** How far accuracies on shared weights order networks as training them alone does. */
export type SearchTrust = {
  points: { configuration: number; shared: number; alone: number }[];
  /** Kendall's tau; null below two networks, or where all are equal. */
  tau: number | null;
  /** A tau that chance alone stays below in 95 of 100 cases. */
  chance: number | null;
};

/** A search as it stands. Lists [c] are by configuration, [c][m] by configuration and supernet. */
export type SearchPicture = {
  status: SearchStatus;
  error: Failure | null;
  epochs: EpochMetrics[];
  /** Steps in which shared weights were trained. */
  counts: number[][];
  /** Running accuracy on batches of the half that judges; null before the first. */
  running: (number | null)[][];
  /** Probability that a configuration is trained by a supernet; null for methods that assign nothing. */
  assignment: number[][] | null;
  /** What the method itself holds of each configuration: a running score, or its probability in the mixture. */
  scores: (number | null)[] | null;
  scoresAre: 'accuracy' | 'probability' | null;
  temperature: number | null;
  /** Accuracy of full validation on shared weights. */
  evaluated: (number | null)[][];
  alone: AloneNetwork[];
  trust: SearchTrust;
  /** Passes of batches so far, and what training every configuration alone would take; null before the first was. */
  cost: { passes: number; seconds: number };
  bruteForce: { passes: number; seconds: number } | null;
  summary: PoolingSearchSummary | null;
};

/** `problem` says why a search with these settings cannot start. */
export type SearchPlan = { problem: Failure | null; space: SpaceView | null };

export const poolingSearchRoom = {
  /** Newest last. */
  rows: call(nothing).returns<SearchRow[]>(),
  plan: call(
    z.strictObject({ model: z.enum(SEARCHABLE_NETWORKS), set: z.array(longText).max(200) }),
  ).returns<SearchPlan>(),
  search: call(z.strictObject({ run: runName })).returns<SearchDetail>(),
  /** The search as it stands, then again as it changes, until the reader leaves. */
  follow: stream(z.strictObject({ run: runName })).of<SearchPicture>(),
};
