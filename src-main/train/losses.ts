import { cast, customGrad, oneHot, tensor1d, tidy, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../../models/ops/softmax-cross-entropy.ts';

/**
 * Cross-entropy of each row.
 * @param logits - [n,k]
 * @param labels - n class indices
 * @returns [n]
 */
export function crossEntropy(logits: Tensor2D, labels: readonly number[]): Tensor1D {
  return tidy(() => softmaxCrossEntropy(logits, tensor1d([...labels], 'int32')));
}

/** 1 at the label of each row, else 0: [n,k] f32. */
export function labelMask(labels: readonly number[], classes: number): Tensor2D {
  return tidy(() => cast(oneHot(tensor1d([...labels], 'int32'), classes) as Tensor2D, 'float32'));
}

/** The value of `x` as a constant: no gradient flows into it. */
export function stopGradient<T extends Tensor>(x: T): T {
  const constant = customGrad((value) => ({
    value: (value as Tensor).clone(),
    gradFunc: (dy: Tensor) => zerosLike(dy),
  }));
  return constant(x) as T;
}
