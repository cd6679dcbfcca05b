/** The Train tab: runs and what is recorded of them. Served by the project process; training itself is a job. */
import { z } from 'zod';
import type { ResolvedConfig } from '../config.ts';
import type { EpochMetrics, RunManifest, SplitName, StepMetrics } from '../records.ts';
import type { Failure } from '../rpc.ts';
import { call, stream } from '../rpc.ts';
import { nothing, runName } from './limits.ts';

/**
 * `training`: under way, or cut off by a crash; `paused`: stopped with everything saved; `kept`: stopped for good with
 * its best network; `trained`: finished; `failed`: see `error`; `unreadable`: its files are broken or of a newer version, see
 * `error`.
 */
export type RunStatus = 'training' | 'paused' | 'kept' | 'trained' | 'failed' | 'unreadable';

/** The epoch whose network a run keeps. */
export type BestEpoch = { epoch: number; valLoss: number; valWar: number; valUar: number };

export type RunRow = {
  name: string;
  createdAt: string;
  updatedAt: string;
  status: RunStatus;
  /** Null where the run is unreadable, as all of its settings. */
  model: string | null;
  pooling: ResolvedConfig['pooling'] | null;
  gamma: number | null;
  seed: number | null;
  /** Finished epochs, and the most there can be. */
  epochs: number;
  epochsPlanned: number | null;
  seconds: number;
  best: BestEpoch | null;
  /** Of the last evaluation on the test videos. */
  test: { war: number; uar: number } | null;
  error: Failure | null;
};

export type RunDetail = { config: ResolvedConfig; manifest: RunManifest; epochs: EpochMetrics[] };

/**
 * New lines of the records of a run since the last event. `step` is the last optimiser step among them; `anew`: what
 * was told before holds no more.
 */
export type RunNews = { epochs: EpochMetrics[]; step: StepMetrics | null; anew: boolean };

/** Bytes that a training step takes, by purpose; `limit` where the engine tells one. */
export type MemoryNeed = {
  parameters: number;
  optimiser: number;
  activations: number;
  gradients: number;
  workspace: number;
  total: number;
  limit: number | null;
};

/** What training with these settings would take, before it starts. `problem` says why it cannot start. */
export type TrainPlan = {
  problem: Failure | null;
  config: ResolvedConfig | null;
  videos: Record<SplitName, number> | null;
  notes: string[];
  memory: MemoryNeed | null;
  /** Measured on an earlier run of this project and scaled by the work; null where there is none to measure on. */
  time: { epochSec: number; longestSec: number; basis: string } | null;
};

const config = z.record(z.string().max(100), z.unknown());

export const trainRoom = {
  /** Newest last. */
  runs: call(nothing).returns<RunRow[]>(),
  run: call(z.strictObject({ run: runName })).returns<RunDetail>(),
  /** `engine` and its memory are those of the program's device. */
  plan: call(
    z.strictObject({
      config,
      engine: z.enum(['wasm', 'webgpu', 'cuda', 'cpu']),
      memoryLimitBytes: z.number().positive().nullable(),
    }),
  ).returns<TrainPlan>(),
  /** What is recorded of a run from its first epoch on, then as it grows, until the reader leaves. */
  follow: stream(z.strictObject({ run: runName })).of<RunNews>(),
  /** Ends a stopped run for good: it keeps its best network and is not offered to be resumed. */
  keep: call(z.strictObject({ run: runName })).returns<null>(),
  /** Deletes a stopped run with all that was made from it. */
  discard: call(z.strictObject({ run: runName })).returns<null>(),
};
