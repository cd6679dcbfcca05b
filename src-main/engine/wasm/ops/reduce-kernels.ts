import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { columnSum, columnSumPitch } from '../kernels/column-sum.ts';
import { sumPartials } from '../kernels/conv-direct-filter-grad.ts';
import { sumMiddle } from '../kernels/reduce.ts';
import type { Runtime } from '../runtime.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';

/** Rows of a partial sum at least, and partial sums at most: the same for any number of threads. */
const ROWS_PER_PARTIAL = 256;
const MOST_PARTIALS = 32;
/** Below, the stock kernels are as fast. */
const SMALLEST_COUNT = 32;

/** result[c] = sums over the rows of x [rows,c]. */
export function sumColumns(
  runtime: Runtime,
  size: { rows: number; c: number },
  { x, result }: { x: number; result: number },
): void {
  const { rows, c } = size;
  const chunkRows = Math.max(ROWS_PER_PARTIAL, Math.ceil(rows / MOST_PARTIALS));
  const count = Math.ceil(rows / chunkRows);
  const pitch = columnSumPitch(c);
  runtime.withScratch(count * pitch * 4, (partials) => {
    runtime.run(columnSum, { c, chunkRows }, { rows, chunkRows, args: [x, partials] });
    const params = { rows: 1, columns: c, pitch, count };
    runtime.run(sumPartials, params, { rows: 1, chunkRows: 1, args: [partials, result] });
  });
}

/** A reduction seen as [outer,reduced,inner]; null where the reduced axes are no neighbours. */
function threeAxes(
  shape: readonly number[],
  axis: number | number[],
): { outer: number; reduced: number; inner: number } | null {
  const axes = util.parseAxisParam(axis, [...shape]).sort((a, b) => a - b);
  const first = axes[0] ?? 0;
  if (axes.some((a, i) => a !== first + i)) return null;
  const volume = (extents: readonly number[]) => util.sizeFromShape([...extents]);
  const end = first + axes.length;
  return {
    outer: volume(shape.slice(0, first)),
    reduced: volume(shape.slice(first, end)),
    inner: volume(shape.slice(end)),
  };
}

/** Sum (or mean) over neighbouring axes; what is small, or ends in the last axis, is left to the stock kernel. */
function reduce(call: KernelCall, isMean: boolean): TensorInfo | undefined {
  const { backend } = call;
  const x = input(call, 'x');
  const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims?: boolean };
  const axes = threeAxes(x.shape, axis);
  if (axes === null || x.dtype !== 'float32' || axes.inner === 1 || axes.reduced * axes.outer < SMALLEST_COUNT)
    return undefined;
  const reducedAxes = new Set(util.parseAxisParam(axis, x.shape));
  const shape = x.shape.flatMap((extent, i) => (!reducedAxes.has(i) ? [extent] : keepDims === true ? [1] : []));
  const { outer, reduced, inner } = axes;
  const address = backend.addressOf(x);
  const result = backend.output(shape);
  if (outer === 1 && !isMean) {
    sumColumns(backend.runtime, { rows: reduced, c: inner }, { x: address, result: result.address });
  } else {
    const params = { reduced, inner, factor: isMean ? 1 / reduced : 1 };
    backend.runtime.run(sumMiddle, params, { rows: outer, chunkRows: 1, args: [address, result.address] });
  }
  return result.info;
}

export const reduceKernels: Record<string, KernelImplementation> = {
  Sum: (call) => reduce(call, false),
  Mean: (call) => reduce(call, true),
};
