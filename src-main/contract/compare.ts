import { z } from 'zod';
import { MODEL_NAMES, POOLING_NAMES, type TrainConfig } from './config.ts';
import type { EngineInfo } from './records.ts';

/** `full`: networks as published; `small`: sizes that two processor cores train from scratch in minutes. */
export const NETWORK_SIZES = ['full', 'small'] as const;
export type NetworkSize = (typeof NETWORK_SIZES)[number];

/** Systems that are compared: every network with every pooling method, each with every seed. */
export const compareSchema = z.strictObject({
  models: z.array(z.enum(MODEL_NAMES)).min(1),
  pooling: z.array(z.enum(POOLING_NAMES)).min(1),
  gammas: z.array(z.number().min(0)).min(1),
  seeds: z.array(z.int().min(0)).min(1),
  size: z.enum(NETWORK_SIZES),
  split: z.enum(['val', 'test']),
});
export type ComparedSystems = z.infer<typeof compareSchema>;

export type CompareOptions = ComparedSystems & {
  project: string;
  /** Name of the comparison, and what the names of its runs begin with. */
  run: string;
  /** `key=value` settings of all networks, as for `train`. */
  set: string[];
  resume: boolean;
};

/** Mean over seeds; the deviation is that of the sample, null of a single one. */
export type Spread = { mean: number; deviation: number | null };

export type Model = TrainConfig['model'];
export type Pooling = TrainConfig['pooling'];

/** A network with a pooling method. `gamma` is null where it does not enter. */
export type System = { model: Model; pooling: Pooling; gamma: number | null };

/** One run of the project, and what it reached on the split. Localisation needs labelled moments. */
export type ComparedRun = System & {
  run: string;
  seed: number;
  war: number;
  uar: number;
  bestEpoch: number;
  epochs: number;
  localisation: { pointing: number; mass: number; uniform: number } | null;
  seconds: number;
};

/** `seconds` is the time of training. Figures are over the `runs`, which are fewer than `seeds` until the work is done. */
export type ComparedSystem = System & {
  seeds: number;
  runs: ComparedRun[];
  war: Spread;
  uar: Spread;
  epochsToBest: Spread;
  seconds: Spread;
  localisation: { pointing: Spread; mass: Spread; uniform: Spread } | null;
};

export type RefusedSystem = System & { reason: string; hint: string };

export type CompareSummary = {
  run: string;
  split: 'val' | 'test';
  /** Videos of the split with the first seed. */
  videos: number;
  /** Share of the largest class among them: what naming it always would reach. */
  largestClass: number;
  systems: ComparedSystem[];
  /** Pairs that cannot be trained, and why. */
  refused: RefusedSystem[];
  /** Settings that make the size of each network. */
  settings: { model: Model; set: string[] }[];
  engine: EngineInfo;
  folder: string;
  files: { markdown: string; csv: string; report: string };
  notes: string[];
};
