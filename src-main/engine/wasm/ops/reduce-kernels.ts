import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { columnSum, columnSumPitch } from '../kernels/column-sum.ts';
import { sumPartials } from '../kernels/conv-direct-filter-grad.ts';
import type { Runtime } from '../runtime.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';

/** Rows of a partial sum at least, and partial sums at most: the same for any number of threads. */
const ROWS_PER_PARTIAL = 256;
const MOST_PARTIALS = 32;

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

/** Sum over leading axes; other reductions are left to the stock kernel. */
function sum(call: KernelCall): TensorInfo | undefined {
  const x = input(call, 'x');
  const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims?: boolean };
  const rank = x.shape.length;
  const axes = util.parseAxisParam(axis, x.shape);
  const isLeading = axes.length < rank && axes.every((a) => a < axes.length);
  const rows = axes.reduce((product, a) => product * x.shape[a]!, 1);
  const kept = x.shape.slice(axes.length);
  const c = kept.reduce((product, extent) => product * extent, 1);
  if (!isLeading || keepDims === true || x.dtype !== 'float32' || rows * c === 0) return undefined;
  const address = call.backend.addressOf(x);
  const result = call.backend.output(kept);
  sumColumns(call.backend.runtime, { rows, c }, { x: address, result: result.address });
  return result.info;
}

export const reduceKernels: Record<string, KernelImplementation> = { Sum: sum };
