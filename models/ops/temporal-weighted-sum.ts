import {
  expandDims,
  mul,
  registerGradient,
  sum,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';

/**
 * Sum over clip positions of weight times logits: the estimate of pooled logits from drawn clips (algorithms.md 1.2
 * eq. 4-6). Differentiable in the logits; the weights are constants.
 * @param clipLogits - [n,p,k]
 * @param weights - [n,p]
 * @returns [n,k]
 */
export function temporalWeightedSum(clipLogits: Tensor3D, weights: Tensor2D): Tensor2D {
  if (!hasFusedKernel('TemporalWeightedSum')) return temporalWeightedSumOfPlainOps(clipLogits, weights);
  return runFusedKernel('TemporalWeightedSum', { x: clipLogits, weights }, {})[0] as Tensor2D;
}

/** The reference of {@link temporalWeightedSum}, in plain ops. */
export function temporalWeightedSumOfPlainOps(clipLogits: Tensor3D, weights: Tensor2D): Tensor2D {
  return tidy(() => sum<Tensor2D>(mul(clipLogits, expandDims(weights, 2)), 1));
}

/**
 * Kernel `TemporalWeightedSum` (x [n,p,k], weights [n,p]) gives [n,k]; `TemporalWeightedSumGrad` (dy [n,k], weights) gives
 * dx [n,p,k] = dy times weight.
 */
registerGradient({
  kernelName: 'TemporalWeightedSum',
  inputsToSave: ['weights'],
  gradFunc: (dy, saved) => {
    const inputs = { dy: dy as Tensor, weights: saved[0] as Tensor };
    return { x: () => runFusedKernel('TemporalWeightedSumGrad', inputs, {})[0]! };
  },
});
