import type { Pool } from '../../pool-geometry.ts';
import { blockMaxPool, blockMaxPoolGradient } from '../kernels/block-pool.ts';
import { averagePool, averagePoolGradient, maxPool, maxPoolGradient, type PoolParams } from '../kernels/pool.ts';
import type { Runtime } from '../runtime.ts';
import { clearFloats } from './clear-floats.ts';

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

function volume(extents: readonly number[]): number {
  return extents.reduce((product, extent) => product * extent, 1);
}
