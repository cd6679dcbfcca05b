import type { TemporalWeights } from '../bilevel-problem.ts';
import { drawByPhase, type ClipScores, type ClipScoresConfig, type SoftmaxDraw } from './clip-scores.ts';
import { uniformDraw } from './drawn-clips.ts';
import { stochasticSoftmax } from './stochastic-softmax.ts';

/**
 * Uniform sampling of softmax pooling, F = (N/K) sum of y_s f_s with s uniform (algorithms.md 1.2 eq. 5): the same
 * scores and phases as stochastic softmax, but the weights multiply the logits instead of steering the draw.
 */
export function weightedUniform(config: ClipScoresConfig): TemporalWeights<ClipScores> {
  const softmaxDraw: SoftmaxDraw = (video, relative, rng) => {
    const draw = uniformDraw(video, config.clipsPerVideo, rng);
    return { ...draw, logitWeights: draw.cells.map((cell) => relative[cell]!) };
  };
  return {
    ...stochasticSoftmax(config),
    draw: (outer, request, rng) => drawByPhase(outer, request, rng, { config, softmaxDraw }),
  };
}
