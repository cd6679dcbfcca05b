/**
 * The gradient of a validation loss behind one step of training with respect to what shapes that step (algorithms.md
 * 3.3). Second derivatives through convolutions are not to be had, so the mixed derivative is a central difference of
 * first-order gradients (Liu et al. 2019, "DARTS", section 2.3).
 */
import { add, mul, sub, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { globalNorm, sgdUpdate } from '../../../models/ops/optimiser-update.ts';
import type { NamedTensors } from '../../../models/types.ts';
import { disposeNamed, tensorsFor } from '../named-tensors.ts';

/** Length of the step to either side, as a multiple of 1 / |v| [DARTS]. */
const EPSILON = 0.01;

/** Gradient of the training loss with respect to theta, at weights w; same batch, noise, masks and mode at each call. */
export type ThetaGradient = (weights: NamedTensors) => NamedTensors;

/** `slope`: v, the gradient of the validation loss at the look-ahead weights. `learningRate`: that of the step. */
export type HyperStep = { weights: NamedTensors; slope: NamedTensors; learningRate: number; epsilon?: number };

/**
 * Weights behind one step of SGD with momentum and without weight decay, and the momentum then; the step itself is
 * constant in theta but for the gradient ("truncated back-propagation").
 * @param velocity - momentum before; empty at the start
 * @returns tensors that the caller owns
 */
export function lookAhead(
  weights: NamedTensors,
  grads: NamedTensors,
  velocity: NamedTensors,
  { learningRate: lr, momentum }: { learningRate: number; momentum: number },
): { weights: NamedTensors; velocity: NamedTensors } {
  const next: ReturnType<typeof lookAhead> = { weights: {}, velocity: {} };
  const hyper = { lr, momentum, weightDecay: 0, nesterov: false, gradScale: 1 };
  try {
    for (const [name, param] of Object.entries(weights)) {
      const before = velocity[name];
      const step = () => sgdUpdate({ param, velocity: before ?? zerosLike(param) }, grads[name]!, hyper);
      const moved = tidy(step);
      next.weights[name] = moved.param;
      next.velocity[name] = moved.velocity;
    }
    return next;
  } catch (error) {
    Object.values(next).forEach(disposeNamed);
    throw error;
  }
}

/**
 * -learningRate d/dtheta (v . grad_w L_train), by differences around `weights`, which stay untouched.
 * @returns gradients by the names of theta, which the caller owns
 */
export async function hyperGradient(
  gradientAt: ThetaGradient,
  { weights, slope, learningRate, epsilon = EPSILON }: HyperStep,
): Promise<NamedTensors> {
  const length = await lengthOf(slope);
  const distance = length === 0 ? epsilon : epsilon / length;
  const factor = -learningRate / (2 * distance);
  const plus = gradientBeside(gradientAt, weights, slope, distance);
  let minus: NamedTensors = {};
  try {
    minus = gradientBeside(gradientAt, weights, slope, -distance);
    return tensorsFor(Object.keys(plus), (name) => tidy(() => mul(sub(plus[name]!, minus[name]!), factor)));
  } finally {
    disposeNamed(plus);
    disposeNamed(minus);
  }
}

/** Euclidean length of all tensors together. */
export async function lengthOf(tensors: NamedTensors): Promise<number> {
  const norm = globalNorm(Object.values(tensors));
  try {
    return (await norm.data())[0]!;
  } finally {
    norm.dispose();
  }
}

function gradientBeside(
  gradientAt: ThetaGradient,
  weights: NamedTensors,
  slope: NamedTensors,
  distance: number,
): NamedTensors {
  const moved = tensorsFor(Object.keys(weights), (name) =>
    tidy(() => add(weights[name]!, mul(slope[name]!, distance))),
  );
  try {
    return gradientAt(moved);
  } finally {
    disposeNamed(moved);
  }
}
