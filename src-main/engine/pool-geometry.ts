import { backend_util } from '@tensorflow/tfjs-core';

type Shape5 = [number, number, number, number, number];

/** Attributes of the pooling kernels of TensorFlow.js. */
export type PoolAttrs = {
  filterSize: number | [number, number, number];
  strides: number | [number, number, number];
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
};

/** Counts along t, h, w; `front`: places before the first that a window may cover. */
export type PoolGeometry = {
  c: number;
  input: readonly number[];
  output: readonly number[];
  size: readonly number[];
  stride: readonly number[];
  front: readonly number[];
};

/** A pool over clips [n,t,h,w,c]. */
export type Pool = { n: number; params: PoolGeometry; outShape: number[] };

/** The pool of a call, or null where a window lies outside the clip as a whole, which our kernels do not expect. */
export function poolOf(x: readonly number[], { filterSize, strides, pad, dimRoundingMode }: PoolAttrs): Pool | null {
  const info = backend_util.computePool3DInfo(x as Shape5, filterSize, strides, 1, pad, dimRoundingMode);
  const params = {
    c: info.inChannels,
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    size: [info.filterDepth, info.filterHeight, info.filterWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    front: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
  };
  const { input, output, size, stride, front } = params;
  const isCovered = size.every((k, i) => front[i]! < k && (output[i]! - 1) * stride[i]! - front[i]! < input[i]!);
  return isCovered ? { n: info.batchSize, params, outShape: info.outShape } : null;
}
