import { backend_util } from '@tensorflow/tfjs-core';
import type { ConvGeometry } from '../kernels/conv-geometry.ts';

type Shape5 = [number, number, number, number, number];
type Info = backend_util.Conv3DInfo;

/** Attributes of the convolution kernels of TensorFlow.js. */
export type ConvAttrs = {
  strides: number | [number, number, number];
  pad: 'same' | 'valid';
  dilations?: number | [number, number, number];
};

/** Geometry of a convolution, or null for what our kernels do not do (dilation). */
export function convGeometry(x: readonly number[], filter: readonly number[], attrs: ConvAttrs): ConvGeometry | null {
  const { strides, pad, dilations = 1 } = attrs;
  const info: Info = backend_util.computeConv3DInfo(x as Shape5, filter as Shape5, strides, dilations, pad);
  if (info.dilationDepth * info.dilationHeight * info.dilationWidth !== 1) return null;
  return {
    n: info.batchSize,
    c: info.inChannels,
    o: info.outChannels,
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    front: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
  };
}
