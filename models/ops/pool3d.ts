import { avgPool3d as plainAvgPool3d, maxPool3d as plainMaxPool3d, type Tensor5D } from '@tensorflow/tfjs-core';

type Axes3 = [number, number, number];

/**
 * Largest value of each window. Ties send the gradient to one of the equal places; which one is the backend's choice.
 * @param x - [n,t,h,w,c]
 * @returns [n,t',h',w',c]
 */
export function maxPool3d(x: Tensor5D, size: Axes3, strides: Axes3, pad: 'same' | 'valid'): Tensor5D {
  return plainMaxPool3d(x, size, strides, pad);
}

/**
 * Mean of each window; places outside the clip do not count.
 * @param x - [n,t,h,w,c]
 * @returns [n,t',h',w',c]
 */
export function avgPool3d(x: Tensor5D, size: Axes3, strides: Axes3, pad: 'same' | 'valid'): Tensor5D {
  return plainAvgPool3d(x, size, strides, pad);
}
