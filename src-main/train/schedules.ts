import { z } from 'zod';
import type { TrainConfig } from '../contract/config.ts';

/** Validation of one epoch; epochs count from 1. */
export const epochScoreSchema = z.strictObject({
  epoch: z.number().int(),
  valLoss: z.number(),
  valWar: z.number(),
  valUar: z.number(),
});
export type EpochScore = z.infer<typeof epochScoreSchema>;

/** What the learning rate and the stopping rule remember of past validations. */
export const progressSchema = z.strictObject({
  /** The first epoch with the lowest validation loss. */
  best: epochScoreSchema.nullable(),
  /** Epochs since the best one. */
  staleEpochs: z.number().int(),
  /** plateau: epochs without improvement since the last cut of the learning rate. */
  plateauEpochs: z.number().int(),
  /** plateau: product of all cuts so far. */
  plateauScale: z.number(),
});
export type ValidationProgress = z.infer<typeof progressSchema>;

export type ScheduleConfig = Pick<
  TrainConfig,
  'schedule' | 'learningRate' | 'epochs' | 'plateauFactor' | 'plateauPatience' | 'patience'
>;

export function initialProgress(): ValidationProgress {
  return { best: null, staleEpochs: 0, plateauEpochs: 0, plateauScale: 1 };
}

/**
 * Learning rate of a step.
 * `cosine`: half a cosine from the full rate to 0 over all steps of the run (Loshchilov and Hutter 2017, no restarts).
 * `plateau`: multiplied by `plateauFactor` when validation loss stalls.
 * @param share - steps done of all steps of the run, 0..1
 */
export function learningRateAt(
  { schedule, learningRate }: ScheduleConfig,
  { plateauScale }: ValidationProgress,
  share: number,
): number {
  switch (schedule) {
    case 'constant':
      return learningRate;
    case 'plateau':
      return learningRate * plateauScale;
    case 'cosine':
      return learningRate * 0.5 * (1 + Math.cos(Math.PI * share));
    default:
      return schedule satisfies never;
  }
}

/** After an epoch's validation. */
export function progressAfter(
  { plateauFactor, plateauPatience }: ScheduleConfig,
  before: ValidationProgress,
  score: EpochScore,
): ValidationProgress {
  if (before.best === null || score.valLoss < before.best.valLoss)
    return { ...before, best: score, staleEpochs: 0, plateauEpochs: 0 };
  const plateauEpochs = before.plateauEpochs + 1;
  const cut = plateauEpochs > plateauPatience;
  return {
    ...before,
    staleEpochs: before.staleEpochs + 1,
    plateauEpochs: cut ? 0 : plateauEpochs,
    plateauScale: cut ? before.plateauScale * plateauFactor : before.plateauScale,
  };
}

/** Why training ends after an epoch, or null. */
export function endOfTraining(
  { epochs, patience }: ScheduleConfig,
  { staleEpochs }: ValidationProgress,
  epoch: number,
): 'finished' | 'early' | null {
  if (epoch >= epochs) return 'finished';
  return staleEpochs >= patience ? 'early' : null;
}
