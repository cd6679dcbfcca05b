import { maxPool, registerGradient, reshape, tidy, type Rank, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';

type Windows = { width: number; stride: number };

/**
 * Clip logits (algorithms.md 1.3f): per class, the largest of the `width` frame logits from each start. Clips shorter
 * than `width` give one window over all frames. The gradient goes to the largest frame of each window; which of equal
 * ones is the backend's choice.
 * @param frameLogits - [n,t,k]
 * @returns [n,p,k] with p = floor((t - width) / stride) + 1
 */
export function windowMax(frameLogits: Tensor3D, width: number, stride: number): Tensor3D {
  const windows = { width: Math.min(width, frameLogits.shape[1]), stride };
  if (!hasFusedKernel('WindowMax')) return windowMaxOfPlainOps(frameLogits, windows);
  return runFusedKernel('WindowMax', { x: frameLogits }, windows)[0] as Tensor3D;
}

/** The reference of {@link windowMax}, in plain ops, for windows of at most t frames. */
export function windowMaxOfPlainOps(frameLogits: Tensor3D, { width, stride }: Windows): Tensor3D {
  const [n, t, k] = frameLogits.shape;
  return tidy(() => {
    const columns = reshape<Rank.R4>(frameLogits, [n, t, 1, k]);
    const pooled = maxPool(columns, [width, 1], [stride, 1], 'valid');
    return reshape<Rank.R3>(pooled, [n, pooled.shape[1], k]);
  });
}

/**
 * Kernel `WindowMax` (x [n,t,k]; attributes width, at most t, and stride) gives [n,p,k]; `WindowMaxGrad` (dy [n,p,k], x;
 * the same attributes) gives dx [n,t,k]: each dy goes to the first largest frame of its window, and frames that are
 * largest in several windows get the sum in the order of the windows.
 */
registerGradient({
  kernelName: 'WindowMax',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => {
    const inputs = { dy: dy as Tensor, x: saved[0] as Tensor };
    return { x: () => runFusedKernel('WindowMaxGrad', inputs, attrs as Windows)[0]! };
  },
});
