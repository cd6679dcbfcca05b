/**
 * Spatial attention in several hops (ICIAR 2019; algorithms.md 1.9): each hop weighs the places of a frame, sums their
 * features by these weights, and is pushed away from what the other hops look at. Frames r, places l, hops a.
 */
import {
  add,
  eye,
  matMul,
  reshape,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  tidy,
  transpose,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';

/** Keeps the gradient of a norm finite where the norm is 0; below what f32 tells apart from a norm of 1. */
const SMALLEST_NORM = 1e-6;

/**
 * A = softmax over places of tanh(h W), without bias.
 * @param places - h [r,l,c]
 * @param hops - W [c,a]
 * @returns [r,a,l], non-negative, 1 in sum over places
 */
export function attentionWeights(places: Tensor3D, hops: Tensor2D): Tensor3D {
  const [r, l, c] = places.shape;
  return tidy(() => {
    const scores = tanh(matMul<Tensor2D>(reshape(places, [r * l, c]), hops));
    return softmax<Tensor3D>(transpose(reshape(scores, [r, l, hops.shape[1]]), [0, 2, 1]));
  });
}

/**
 * What each hop saw: the sum of features by weight.
 * @param weights - A [r,a,l]
 * @param places - [r,l,c]
 * @returns [r,a·c], hop after hop
 */
export function attendedFeatures(weights: Tensor3D, places: Tensor3D): Tensor2D {
  const [r, a] = weights.shape;
  return tidy(() => reshape(matMul(weights, places), [r, a * places.shape[2]]));
}

/**
 * The Frobenius norm of A Aᵀ - I: 0 exactly where each hop looks at one place and no two at the same.
 * @param weights - A [r,a,l]
 * @returns [r]
 */
export function hopPenalty(weights: Tensor3D): Tensor1D {
  return tidy(() => {
    const excess = sub(matMul(weights, weights, false, true), eye(weights.shape[1]));
    return sub(sqrt(add(sum<Tensor1D>(square(excess), [1, 2]), SMALLEST_NORM ** 2)), SMALLEST_NORM);
  });
}
