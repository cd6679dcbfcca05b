/** The Augmentation tab: augmentations that were found for the project. Served by the project process; finding is a job. */
import { z } from 'zod';
import type { ResolvedConfig } from '../config.ts';
import {
  AUGMENTATION_METHODS,
  AUGMENTER_NETWORKS,
  type AugmentationMethod,
  type LearnAugmentationSummary,
  type SafetyReport,
} from '../learn-augmentation.ts';
import { MODEL_NAMES } from '../config.ts';
import type { EpochMetrics } from '../records.ts';
import type { Failure } from '../rpc.ts';
import { call, stream } from '../rpc.ts';
import { nothing, runName } from './limits.ts';

const count = () => z.int().min(1).max(100_000);

/** What finding an augmentation on the videos of a project can be asked for, beside the settings of its training. */
export const augmentationSearchSchema = z.strictObject({
  method: z
    .enum(AUGMENTATION_METHODS)
    .default('learned')
    .describe('How to find it; learned trains a second network by its effect on validation videos'),
  network: z
    .enum(AUGMENTER_NETWORKS)
    .optional()
    .describe('What the second network may change; default: affine, and conditional for stn'),
  augmenterRate: z.number().positive().max(1000).default(0.2).describe('Step of the second network'),
  model: z.enum(MODEL_NAMES).default('small3d').describe('Network that is trained'),
  epochs: count().optional().describe('Epochs of the training; default: 40'),
  trials: count().optional().describe('What a search tries: magnitudes, policies, child trainings, members'),
  childEpochs: count().optional().describe('Epochs of a child training; default: a quarter of the epochs'),
  seed: z.int().min(0).default(1).describe('The same seed and settings give the same numbers'),
});

/** As for searches of pools. */
export type AugmentationStatus = 'searching' | 'paused' | 'failed' | 'finished';

export type AugmentationRow = {
  name: string;
  createdAt: string;
  status: AugmentationStatus;
  error: Failure | null;
  method: AugmentationMethod;
  model: string;
  seed: number;
  /** What was reached, and on which videos. */
  result: Pick<LearnAugmentationSummary, 'war' | 'uar' | 'judgedOn' | 'cost' | 'recipe'> | null;
};

/** A training under way or done: `plain` is the one that others are timed against. */
export type AugmentationTraining = { name: string; epochs: EpochMetrics[]; epochsPlanned: number; done: boolean };

/** How strong a transformation is: `level` 0..1 of its range where it is used, `used` the share of clips. */
export type TransformationStrength = { name: string; level: number; used: number; value: string };

/** Mean and spread of each of `parameters` over the clips of an epoch. */
export type ParameterEpochs = {
  parameters: string[];
  epochs: { epoch: number; mean: number[]; std: number[] }[];
};

/** A search for an augmentation as it stands. */
export type AugmentationPicture = {
  status: AugmentationStatus;
  error: Failure | null;
  trainings: AugmentationTraining[];
  /** Null for methods without a network, and before its first epoch. */
  changes: ParameterEpochs | null;
  /** Null before there is a recipe. */
  strengths: TransformationStrength[] | null;
  /** Whether clips can be shown as the recipe changes them. */
  recipe: 'none' | 'standard' | 'network' | 'policy' | 'features' | null;
  safety: SafetyReport | null;
  summary: LearnAugmentationSummary | null;
};

export type AugmentationDetail = {
  name: string;
  createdAt: string;
  method: AugmentationMethod;
  config: ResolvedConfig;
};

/** A clip as it is and as it is changed: JPEGs with its frames side by side. */
export type AugmentedClip = {
  videoId: string;
  label: string | null;
  frames: number;
  side: number;
  fps: number;
  original: Uint8Array;
  augmented: Uint8Array[];
};

/** Curves of several searches over one another. */
export type AugmentationCurve = { name: string; method: AugmentationMethod; epochs: EpochMetrics[] };

export const augmentationRoom = {
  /** Newest last. */
  rows: call(nothing).returns<AugmentationRow[]>(),
  search: call(z.strictObject({ run: runName })).returns<AugmentationDetail>(),
  /** The search as it stands, then again as it changes, until the reader leaves. */
  follow: stream(z.strictObject({ run: runName })).of<AugmentationPicture>(),
  /**
   * Clips of some training videos, each of another class where there are enough, drawn anew for each seed.
   * @throws AppError `not-found` before there is a recipe
   */
  clips: call(
    z.strictObject({
      run: runName,
      epoch: z.int().min(1).max(1e6).nullable(),
      seed: z
        .int()
        .min(0)
        .max(2 ** 31),
      videos: z.int().min(1).max(8),
      draws: z.int().min(1).max(4),
    }),
  ).returns<AugmentedClip[]>(),
  /** Of the training that each search keeps. */
  curves: call(z.strictObject({ runs: z.array(runName).max(20) })).returns<AugmentationCurve[]>(),
};
