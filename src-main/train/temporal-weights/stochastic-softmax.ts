import { temporalSoftmaxPool } from '../../../models/ops/temporal-softmax-pool.ts';
import type { TemporalWeights } from '../bilevel-problem.ts';
import {
  drawByPhase,
  drawImportance,
  initialClipScores,
  restoreClipScores,
  serializeClipScores,
  updateClipScores,
  type ClipScores,
  type ClipScoresConfig,
} from './clip-scores.ts';
import { drawnClipsLoss } from './drawn-clips.ts';
import { phaseOf } from './phases.ts';

/**
 * Temporal stochastic softmax (algorithms.md 1.2 eq. 6 and 7, 1.3, 1.6): clips are drawn from softmax(gamma q), q the
 * running score of the true class, so that F = (1/K) sum of f_s estimates softmax pooling with little variance. The
 * path through the weights is not differentiated.
 */
export function stochasticSoftmax(config: ClipScoresConfig): TemporalWeights<ClipScores> {
  return {
    reads: 'clips',
    initial: initialClipScores,
    phase: (epoch) => phaseOf(epoch, config),
    draw: (outer, request, rng) => drawByPhase(outer, request, rng, { config, softmaxDraw: drawImportance(config) }),
    innerLoss: (forward, _, choice) => drawnClipsLoss(forward, choice),
    updateOuter: (outer, seen) => updateClipScores(outer, seen, config),
    snapshot: ({ table }, { id }) => Array.from(table.scores(id)),
    serialize: serializeClipScores,
    restore: restoreClipScores,
    poolVideo: (clipLogits) => temporalSoftmaxPool(clipLogits, config.gamma),
  };
}
