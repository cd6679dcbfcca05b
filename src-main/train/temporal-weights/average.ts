import { temporalSoftmaxPool } from '../../../models/ops/temporal-softmax-pool.ts';
import type { TrainConfig } from '../../contract/config.ts';
import type { TemporalWeights } from '../bilevel-problem.ts';
import { drawnClipsLoss, drawUniform } from './drawn-clips.ts';

/**
 * Average pooling by uniform sampling, F = (1/K) sum of f_s with s uniform (algorithms.md 1.2 eq. 4): the
 * baseline. Inference is softmax pooling with gamma 0, so that the two agree to the last bit.
 */
export function averagePooling({ clipsPerVideo }: Pick<TrainConfig, 'clipsPerVideo'>): TemporalWeights<null> {
  return {
    reads: 'clips',
    initial: () => null,
    phase: () => 'uniform',
    draw: (_, request, rng) => drawUniform(request, clipsPerVideo, rng),
    innerLoss: (forward, _, choice) => drawnClipsLoss(forward, choice),
    updateOuter: () => null,
    snapshot: () => [],
    serialize: () => null,
    restore: () => null,
    poolVideo: (clipLogits) => temporalSoftmaxPool(clipLogits, 0),
  };
}
