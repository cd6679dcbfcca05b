/**
 * One step of an optimiser for one variable: new values from old ones, in a single pass where the backend has a kernel.
 * Nothing here is differentiable. Callers own the results and assign them to their variables.
 */
import { add, div, mul, scalar, sqrt, square, sub, sum, tidy, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';

/** `weightDecay` adds decay times param to the gradient, as in the papers' SGD. `gradScale` multiplies the gradient. */
export type SgdHyper = { lr: number; momentum: number; weightDecay: number; nesterov: boolean; gradScale: number };

export type SgdState = { param: Tensor; velocity: Tensor };

/** v' = momentum v + g; param' = param - lr v' (nesterov: param - lr (g + momentum v')). All tensors of one shape. */
export function sgdUpdate({ param, velocity }: SgdState, grad: Tensor, hyper: SgdHyper): SgdState {
  if (!hasFusedKernel('SgdUpdate')) return sgdUpdateOfPlainOps({ param, velocity }, grad, hyper);
  const [newParam, newVelocity] = runFusedKernel('SgdUpdate', { param, velocity, grad }, hyper);
  return { param: newParam!, velocity: newVelocity! };
}

/** The reference of {@link sgdUpdate}. */
export function sgdUpdateOfPlainOps({ param, velocity }: SgdState, grad: Tensor, hyper: SgdHyper): SgdState {
  return tidy(() => {
    const g = add(mul(grad, hyper.gradScale), mul(param, hyper.weightDecay));
    const newVelocity = add(mul(velocity, hyper.momentum), g);
    const direction = hyper.nesterov ? add(g, mul(newVelocity, hyper.momentum)) : newVelocity;
    return { param: sub(param, mul(direction, hyper.lr)), velocity: newVelocity };
  });
}

/** `step` counts from 1 and corrects the bias of both averages. `weightDecay` is decoupled: param - lr decay param. */
export type AdamWHyper = {
  lr: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  step: number;
  gradScale: number;
};

/** `first` and `second`: running averages of the gradient and of its square. */
export type AdamWState = { param: Tensor; first: Tensor; second: Tensor };

/** AdamW (Loshchilov and Hutter): epsilon is added to the root of the corrected second average. */
export function adamWUpdate({ param, first, second }: AdamWState, grad: Tensor, hyper: AdamWHyper): AdamWState {
  if (!hasFusedKernel('AdamWUpdate')) return adamWUpdateOfPlainOps({ param, first, second }, grad, hyper);
  const [newParam, newFirst, newSecond] = runFusedKernel('AdamWUpdate', { param, first, second, grad }, hyper);
  return { param: newParam!, first: newFirst!, second: newSecond! };
}

/** The reference of {@link adamWUpdate}. */
export function adamWUpdateOfPlainOps(
  { param, first, second }: AdamWState,
  grad: Tensor,
  hyper: AdamWHyper,
): AdamWState {
  const { lr, beta1, beta2, epsilon, weightDecay, step, gradScale } = hyper;
  return tidy(() => {
    const g = mul(grad, gradScale);
    const newFirst = add(mul(first, beta1), mul(g, 1 - beta1));
    const newSecond = add(mul(second, beta2), mul(square(g), 1 - beta2));
    const mean = div(newFirst, 1 - beta1 ** step);
    const spread = add(sqrt(div(newSecond, 1 - beta2 ** step)), epsilon);
    const decayed = mul(param, 1 - lr * weightDecay);
    return { param: sub(decayed, mul(div(mean, spread), lr)), first: newFirst, second: newSecond };
  });
}

/** Euclidean norm of all gradients together. Sums in pairs: one `addN` of all would need a GPU binding for each. */
export function globalNorm(grads: readonly Tensor[]): Scalar {
  if (hasFusedKernel('SumOfAllSquares'))
    return tidy(() => sqrt(runFusedKernel('SumOfAllSquares', Object.fromEntries(grads.entries()), {})[0]!) as Scalar);
  return tidy(() => sqrt(grads.map(sumOfSquares).reduce((total, each) => add(total, each), scalar(0))) as Scalar);
}

function sumOfSquares(x: Tensor): Tensor {
  return hasFusedKernel('SumOfSquares') ? runFusedKernel('SumOfSquares', { x }, {})[0]! : sum(square(x));
}
