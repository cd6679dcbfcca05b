import { backend_util } from '@tensorflow/tfjs-core';
import { blockMaxPool, blockMaxPoolGradient } from '../kernels/block-pool.ts';
import { clear, ELEMENTWISE_FLOATS } from '../kernels/elementwise.ts';
import { averagePool, averagePoolGradient, maxPool, maxPoolGradient, type PoolParams } from '../kernels/pool.ts';
import type { Runtime } from '../runtime.ts';

type Shape5 = [number, number, number, number, number];

/** Attributes of the pooling kernels of TensorFlow.js. */
export type PoolAttrs = {
  filterSize: number | [number, number, number];
  strides: number | [number, number, number];
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
};

/** A pool over clips [n,t,h,w,c]. */
export type Pool = { n: number; params: PoolParams; outShape: number[] };

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

/** Windows side by side, without padding. */
function isBlockPool({ input, output, size, stride }: PoolParams): boolean {
  return size.every((k, i) => k === stride[i] && output[i] === Math.floor(input[i]! / k));
}

export function poolMax(runtime: Runtime, { n, params }: Pool, { x, y }: { x: number; y: number }): void {
  const { c, input, output, size } = params;
  const rows = n * output[0]! * output[1]!;
  const work = { rows, chunkRows: runtime.evenChunks(rows), args: [x, y] };
  if (isBlockPool(params)) runtime.run(blockMaxPool, { c, input, size }, work);
  else runtime.run(maxPool, params, work);
}

/** `relu`: the pooled values came from a ReLU, whose gradient is taken as well (block pools only). */
export function poolMaxGradient(
  runtime: Runtime,
  { n, params }: Pool,
  { x, y, dy, dx, relu }: { x: number; y: number; dy: number; dx: number; relu: boolean },
): void {
  const { c, input, output, size } = params;
  const args = [x, y, dy, dx];
  if (!isBlockPool(params)) return runtime.run(maxPoolGradient, params, { rows: n, chunkRows: 1, args });
  const rows = n * output[0]! * output[1]!;
  if (input.some((extent, i) => extent % size[i]! !== 0)) clearFloats(runtime, dx, n * volume(input) * c);
  runtime.run(blockMaxPoolGradient, { c, input, size, relu }, { rows, chunkRows: runtime.evenChunks(rows), args });
}

export function poolAverage(runtime: Runtime, { n, params }: Pool, { x, y }: { x: number; y: number }): void {
  const rows = n * params.output[0]! * params.output[1]!;
  runtime.run(averagePool, params, { rows, chunkRows: runtime.evenChunks(rows), args: [x, y] });
}

export function poolAverageGradient(runtime: Runtime, { n, params }: Pool, { dy, dx }: { dy: number; dx: number }) {
  runtime.run(averagePoolGradient, params, { rows: n, chunkRows: 1, args: [dy, dx] });
}

function clearFloats(runtime: Runtime, address: number, count: number): void {
  const rows = Math.ceil(count / ELEMENTWISE_FLOATS);
  runtime.run(clear, {}, { rows, chunkRows: runtime.evenChunks(rows, 1), args: [address] });
}

function volume(extents: readonly number[]): number {
  return extents.reduce((product, extent) => product * extent, 1);
}
