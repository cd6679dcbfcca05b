import type { TrainConfig } from '../../contract/config.ts';

/**
 * Phases of a method that samples by score (algorithms.md 1.3d): uniform clips that leave the scores alone, a visit to
 * evenly spaced clips, then softmax. With gamma 0 scores are never asked for, so all epochs are `uniform` and the run
 * is that of average pooling, number for number.
 */
export type Phase = 'uniform' | 'warm-up' | 'exploration' | 'softmax';

/** @param epoch - from 1 */
export function phaseOf(epoch: number, { gamma, stochasticSoftmax }: PhaseConfig): Phase {
  const { warmupEpochs, explorationEpochs } = stochasticSoftmax;
  if (gamma === 0) return 'uniform';
  if (epoch <= warmupEpochs) return 'warm-up';
  return epoch <= warmupEpochs + explorationEpochs ? 'exploration' : 'softmax';
}

export type PhaseConfig = Pick<TrainConfig, 'gamma' | 'stochasticSoftmax'>;
