import { z } from 'zod';
import { AppError } from '../contract/errors.ts';
import type { NamedValues } from '../data/stored-variables.ts';
import { lossScaleStateSchema } from './loss-scale.ts';
import { streamStatesSchema } from './random-streams.ts';
import { epochScoreSchema, progressSchema } from './schedules.ts';

/** `last`: everything to go on from; `best`: the network of the epoch with the lowest validation loss. */
export type CheckpointName = 'last' | 'best';

/** Tensors by name (of `last`, optimiser state as `optimizer.<slot>.<parameter>`) and all else as JSON. */
export type Checkpoint = { tensors: NamedValues; state: unknown };

const count = z.number().int().nonnegative();

/** Where the records of a run end, in bytes. */
const recordMarkSchema = z.strictObject({ metricsBytes: count, samplingBytes: count });
export type RecordMark = z.infer<typeof recordMarkSchema>;

/** How far a run is: the next step to take. */
const cursorSchema = z.strictObject({
  /** The epoch in progress, from 1. */
  epoch: count,
  /** Steps of this epoch that are done. */
  stepsDone: count,
  /** Steps of all epochs that are done. */
  totalSteps: count,
  /** Videos of this epoch in order, as indices; null before the epoch starts. */
  order: z.array(count).nullable(),
  /** Sum and number of the video losses of this epoch. */
  lossSum: z.number(),
  videos: count,
});
export type Cursor = z.infer<typeof cursorSchema>;

const identitySchema = z.strictObject({
  version: z.literal(1),
  model: z.string(),
  classes: z.array(z.string()),
});

export const lastStateSchema = identitySchema.extend({
  pooling: z.string(),
  optimizer: z.string(),
  /** Hash over the training videos: ids, labels and clip positions. */
  trainingData: z.string(),
  cursor: cursorSchema,
  progress: progressSchema,
  streams: streamStatesSchema,
  optimizerSteps: count,
  /** Of `precision: mixed`. */
  lossScale: lossScaleStateSchema.nullable().default(null),
  /** Videos of a forward and backward pass at most, where memory holds less than a batch. */
  passVideos: count.nullable().default(null),
  records: recordMarkSchema,
  /** State of the outer problem; its own `restore` checks it. */
  outer: z.unknown(),
});
export type LastState = z.infer<typeof lastStateSchema>;

export const bestStateSchema = identitySchema.extend({ score: epochScoreSchema });
export type BestState = z.infer<typeof bestStateSchema>;

/** @throws AppError `corrupt` when it is not the state of a checkpoint `last` */
export function parseLastState(state: unknown): LastState {
  const parsed = lastStateSchema.safeParse(state);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new AppError('corrupt', `checkpoint: ${issue.path.join('.')}: ${issue.message}`, { cause: parsed.error });
}
