/**
 * Temporal pooling of clip scores (algorithms.md 1.2 and 1.9): the ways to pool clip logits over a video. All gradients
 * are exact first-order ones.
 *
 * Weights [n,p] say how much each clip position counts: 1 or 0 for a mask, any non-negative number otherwise; null for
 * all 1. Each row needs at least one positive weight.
 */
import {
  add,
  customGrad,
  expandDims,
  fill,
  greater,
  log,
  logSumExp,
  max,
  maximum,
  mul,
  ones,
  registerGradient,
  softmax,
  sub,
  sum,
  tidy,
  tile,
  transpose,
  where,
  type GradSaveFunc,
  type Rank,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';

/** Stands for minus infinity, which f32 arithmetic on some GPUs does not keep. */
const LOWEST = -1e30;
const SMALLEST_WEIGHT = 1e-30;

/**
 * Softmax pooling (eq. 3): F = sum over p of y f with y = softmax over p of gamma f, for each class on its own.
 * gamma 0 is the mean. Gradient: dF/df = y (1 + gamma (f - F)).
 * @param clipLogits - [n,p,k]
 * @param gamma - inverse temperature
 * @param weights - [n,p] or null
 * @returns [n,k]
 */
export function temporalSoftmaxPool(clipLogits: Tensor3D, gamma: number, weights: Tensor2D | null = null): Tensor2D {
  if (!hasFusedKernel('TemporalSoftmaxPool')) return temporalSoftmaxPoolOfPlainOps(clipLogits, gamma, weights);
  const [n, p] = clipLogits.shape;
  return tidy(() => {
    const inputs = { x: clipLogits, weights: weights ?? ones([n, p]) };
    return runFusedKernel('TemporalSoftmaxPool', inputs, { gamma })[0] as Tensor2D;
  });
}

/** The reference of {@link temporalSoftmaxPool}, in plain ops. */
export function temporalSoftmaxPoolOfPlainOps(
  clipLogits: Tensor3D,
  gamma: number,
  weights: Tensor2D | null = null,
): Tensor2D {
  const pool = customGrad((...args) => {
    const [f, save] = args as unknown as [Tensor3D, GradSaveFunc];
    save(weights === null ? [f] : [f, weights]);
    const value = sum<Tensor2D>(mul(temporalWeights(f, gamma, weights), f), 1);
    const gradFunc = (dy: Tensor, [savedF, savedWeights]: Tensor[]) =>
      softmaxPoolGradient(savedF as Tensor3D, (savedWeights ?? null) as Tensor2D | null, dy, gamma);
    return { value, gradFunc };
  });
  return pool(clipLogits) as Tensor2D;
}

function softmaxPoolGradient(f: Tensor3D, weights: Tensor2D | null, dy: Tensor, gamma: number): Tensor {
  return tidy(() => {
    const y = temporalWeights(f, gamma, weights);
    const pooled = sum(mul(y, f), 1, true);
    return mul(mul(y, add(1, mul(gamma, sub(f, pooled)))), expandDims(dy, 1));
  });
}

/**
 * The weights y of softmax pooling: non-negative, 1 in sum over p for each class.
 * @param clipLogits - [n,p,k]
 * @param weights - [n,p] or null
 * @returns [n,p,k]
 */
export function temporalWeights(clipLogits: Tensor3D, gamma: number, weights: Tensor2D | null = null): Tensor3D {
  return tidy(() => {
    const scores = mul(clipLogits, gamma);
    const weighted = weights === null ? scores : add(scores, logWeights(weights));
    return transpose<Tensor3D>(softmax(transpose<Tensor3D>(weighted as Tensor3D, [0, 2, 1])), [0, 2, 1]);
  });
}

/** Maximum over the clip positions of positive weight. `clipLogits` [n,p,k], `weights` [n,p] or null; returns [n,k]. */
export function temporalMaxPool(clipLogits: Tensor3D, weights: Tensor2D | null = null): Tensor2D {
  return tidy(() => {
    if (weights === null) return max<Tensor2D>(clipLogits, 1);
    const counted = tile(expandDims(greater(weights, 0), 2), [1, 1, clipLogits.shape[2]]);
    return max<Tensor2D>(where(counted, clipLogits, fill<Rank.R3>(clipLogits.shape, LOWEST)), 1);
  });
}

/**
 * Pooling of the attention paper (algorithms.md 1.9): log-sum-exp over positions. Its softmax over classes is the joint
 * softmax over positions and classes, summed over positions.
 * @param logits - [n,p,k]
 * @param weights - [n,p] or null
 * @returns [n,k]
 */
export function jointLogSumExpPool(logits: Tensor3D, weights: Tensor2D | null = null): Tensor2D {
  return tidy(() => logSumExp<Tensor2D>(weights === null ? logits : add(logits, logWeights(weights)), 1));
}

/**
 * Weight of each position in {@link jointLogSumExpPool}: its share of the joint softmax.
 * @param logits - [n,p,k]
 * @returns [n,p], 1 in sum over p
 */
export function jointTemporalWeights(logits: Tensor3D, weights: Tensor2D | null = null): Tensor2D {
  return tidy(() => {
    const weighted = weights === null ? logits : add<Tensor3D>(logits, logWeights(weights));
    return softmax<Tensor2D>(logSumExp(weighted, 2));
  });
}

/** Logarithm of weights [n,p] as [n,p,1]; 0 becomes a number so low that its softmax is 0. */
function logWeights(weights: Tensor2D): Tensor3D {
  const finite = log(maximum(weights, SMALLEST_WEIGHT));
  return expandDims(where(greater(weights, 0), finite, fill<Rank.R2>(weights.shape, LOWEST)), 2);
}

/**
 * Kernel `TemporalSoftmaxPool` (x [n,p,k], weights [n,p]; attribute gamma) gives F [n,k]; `TemporalSoftmaxPoolGrad`
 * (dy [n,k], x, weights; gamma) gives dx [n,p,k]. y is weight times exp(gamma f - m) over its sum, where m is the largest
 * gamma f of the positions of positive weight; positions of weight 0 count for nothing, whatever their finite logits.
 */
registerGradient({
  kernelName: 'TemporalSoftmaxPool',
  inputsToSave: ['x', 'weights'],
  gradFunc: (dy, saved, attrs) => {
    const [x, weights] = saved as [Tensor, Tensor];
    const inputs = { dy: dy as Tensor, x, weights };
    return { x: () => runFusedKernel('TemporalSoftmaxPoolGrad', inputs, attrs as { gamma: number })[0]! };
  },
});
