/**
 * Inflation of 2D kernels (Carreira and Zisserman 2017, "Quo Vadis, Action Recognition?", section 2; algorithms.md 1.4):
 * a 2D kernel is repeated over time and divided by the number of repeats, so its sum over time is the 2D kernel, and
 * a video without movement gives the 2D output away from its ends.
 */
import {
  div,
  expandDims,
  reshape,
  tidy,
  tile,
  transpose,
  type Tensor2D,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';

/**
 * @param kernel - [h,w,c,c']
 * @returns [t,h,w,c,c']
 */
export function inflateKernel(kernel: Tensor4D, t: number): Tensor5D {
  return tidy(() => div(tile(expandDims<Tensor5D>(kernel, 0), [t, 1, 1, 1, 1]), t));
}

/**
 * @param kernel - [c',c,h,w], as PyTorch stores 2D convolutions
 * @returns [h,w,c,c']
 */
export function kernelFromPyTorch(kernel: Tensor4D): Tensor4D {
  return transpose(kernel, [2, 3, 1, 0]);
}

/**
 * @param weight - [c',c], as PyTorch stores dense layers
 * @returns [c,c']
 */
export function denseFromPyTorch(weight: Tensor2D): Tensor2D {
  return transpose(weight, [1, 0]);
}

/**
 * A dense layer behind a convolution: PyTorch flattens [c,h,w], we flatten [h,w,c].
 * @param weight - [c',c·h·w]
 * @param channels - c; height and width are equal
 * @returns [h·w·c,c']
 */
export function denseAfterConvFromPyTorch(weight: Tensor2D, channels: number): Tensor2D {
  const [outputs, inputs] = weight.shape;
  const side = Math.round(Math.sqrt(inputs / channels));
  return tidy(() => {
    const ordered = transpose(reshape(weight, [outputs, channels, side, side]), [2, 3, 1, 0]);
    return reshape(ordered, [inputs, outputs]);
  });
}
