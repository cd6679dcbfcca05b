/**
 * Multiple-instance learning by weighted clips, after Vielzeuf, Pateux, Jurie (2017), "Temporal Multimodal Fusion for Video
 * Emotion Classification in the Wild": the loss of a video is the mean of its clips' cross-entropies, weighed by each clip's
 * own probability of the label, L = sum of w l with w = p / sum of p. The weights are constants to the gradient: clips that
 * show the label already teach the most, the others little.
 */
import {
  div,
  exp,
  neg,
  reshape,
  sum,
  tidy,
  mul,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import type { InnerLoss, TemporalWeights } from '../bilevel-problem.ts';
import { crossEntropy, stopGradient } from '../losses.ts';
import { labelsOf } from './drawn-clips.ts';

/** A pooling method whose clips are drawn and pooled as before, and trained by their own probability of the label. */
export function ownProbability<Outer>(method: TemporalWeights<Outer>): TemporalWeights<Outer> {
  return { ...method, innerLoss: (forward, _, choice) => ownProbabilityLoss(forward(), labelsOf(choice)) };
}

/**
 * @param clipLogits - [n,p,k]
 * @param labels - n class indices
 */
export function ownProbabilityLoss(clipLogits: Tensor3D, labels: readonly number[]): InnerLoss {
  const [n, p, k] = clipLogits.shape;
  const loss = tidy(() => {
    const clipLabels = labels.flatMap((label) => new Array<number>(p).fill(label));
    const losses: Tensor2D = reshape(crossEntropy(reshape(clipLogits, [n * p, k]), clipLabels), [n, p]);
    const probabilities = exp(neg(stopGradient(losses)));
    return sum<Tensor1D>(mul(losses, div(probabilities, sum(probabilities, 1, true))), 1);
  });
  return { objective: loss, loss };
}
