import { cast, logSoftmax, mul, neg, oneHot, registerGradient, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';

/**
 * Cross-entropy of the softmax of each row with its label: log(sum over k of exp(x)) - x of the label. Gradient, to the
 * logits only: softmax(x) - 1 at the label.
 * @param logits - [n,k]
 * @param labels - [n] int32, each 0..k-1
 * @returns [n]
 */
export function softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  if (!hasFusedKernel('SoftmaxCrossEntropy')) return softmaxCrossEntropyOfPlainOps(logits, labels);
  return runFusedKernel('SoftmaxCrossEntropy', { logits, labels }, {})[0] as Tensor1D;
}

/** The reference of {@link softmaxCrossEntropy}, in plain ops. */
export function softmaxCrossEntropyOfPlainOps(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  return tidy(() => {
    const isLabel = cast(oneHot(labels, logits.shape[1]), 'float32');
    return neg(sum<Tensor1D>(mul(logSoftmax(logits), isLabel), 1));
  });
}

/**
 * Kernel `SoftmaxCrossEntropy` (logits [n,k] f32, labels [n] int32) gives the losses [n]; `SoftmaxCrossEntropyGrad`
 * (dy [n], logits, labels) gives the gradient of the logits [n,k]. Both subtract the row's maximum first.
 */
registerGradient({
  kernelName: 'SoftmaxCrossEntropy',
  inputsToSave: ['logits', 'labels'],
  gradFunc: (dy, saved) => {
    const [logits, labels] = saved as [Tensor, Tensor];
    const inputs = { dy: dy as Tensor, logits, labels };
    return { logits: () => runFusedKernel('SoftmaxCrossEntropyGrad', inputs, {})[0]! };
  },
});
