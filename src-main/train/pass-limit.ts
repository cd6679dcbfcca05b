/**
 * Batches that memory cannot hold go through the network in halves. A step makes the same choices, sees the same videos
 * and adds up the same gradient; only what a network computes over a pass as a whole, as batch normalisation does, is
 * that of the smaller pass.
 */
import { AppError, toAppError } from '../contract/errors.ts';
import type { MemoryMetrics } from '../contract/records.ts';
import { evenBatches } from '../data/class-balance.ts';
import type { ClipChoice, TemporalWeights } from './bilevel-problem.ts';
import { restoreStreams, type StreamStates } from './random-streams.ts';
import type { TrainingRun, TrainingState } from './training-state.ts';

/** The batches of a step, cut to what goes through the network at once. */
export function cutToPasses<T>(
  batches: readonly (readonly T[])[],
  { passVideos }: Pick<TrainingState, 'passVideos'>,
): (readonly T[])[] {
  return passVideos === null ? [...batches] : batches.flatMap((batch) => evenBatches(batch, passVideos));
}

/** The choice for a batch of so many videos, cut to what goes through the network at once. */
export function choicePasses(
  choice: ClipChoice,
  videos: number,
  { passVideos }: Pick<TrainingState, 'passVideos'>,
): ClipChoice[] {
  if (passVideos === null) return [choice];
  // Some methods draw a video in several parts.
  const most = Math.max(1, Math.floor((passVideos * choice.draws.length) / videos));
  return evenBatches(choice.draws, most).map((draws) => ({ ...choice, draws }));
}

/**
 * Halves the passes after memory ran out in the gradient of a step, and takes back what was drawn for it.
 * @param batches - of that step, as they went through the network
 * @param drawnFrom - the streams before anything was drawn for it
 * @throws the error, where it is another one or where a smaller pass would not help
 */
export function halvePasses(
  { problem, state }: { problem: TemporalWeights; state: TrainingState },
  { batches, drawnFrom }: { batches: readonly (readonly unknown[])[]; drawnFrom: StreamStates },
  error: unknown,
): MemoryMetrics {
  const largest = Math.max(...batches.map(({ length }) => length));
  const { code, message } = toAppError(error);
  // Whole videos go through one at a time.
  if (code !== 'out-of-memory' || problem.reads !== 'clips') throw error;
  if (largest === 1) throw oneVideoTooLarge(error, message);
  state.passVideos = Math.ceil(largest / 2);
  state.streams = restoreStreams({ ...drawnFrom, validation: state.streams.validation.state });
  return recordOf(state, cutToPasses(batches, state).length, message);
}

/** Passes that are smaller than a batch from the first step on. */
export function smallerPasses({ config }: Pick<TrainingRun, 'config'>, state: TrainingState, reason: string) {
  const { batch, accumulate } = config;
  return recordOf(state, accumulate * Math.ceil(batch / state.passVideos!), reason);
}

function recordOf({ cursor, passVideos }: TrainingState, accumulate: number, reason: string): MemoryMetrics {
  return { kind: 'memory', epoch: cursor.epoch, step: cursor.totalSteps + 1, batch: passVideos!, accumulate, reason };
}

function oneVideoTooLarge(cause: unknown, message: string): AppError {
  return new AppError('out-of-memory', `${message} The batch is one video already.`, {
    hint: 'Lower cropSize, clipFrames or clipsPerVideo, or take a smaller model or another engine.',
    cause,
  });
}
