/** Products of few rows with large weights, over threads. Addresses in, addresses out. */
import {
  DENSE_WIDTH,
  denseInputGradient,
  denseProduct,
  denseTileRows,
  denseWeightGradient,
  type DenseParams,
} from '../kernels/dense.ts';
import type { Runtime } from '../runtime.ts';
import { clearFloats } from './clear-floats.ts';

/** x [rows,depth] and weights [depth,columns]. */
export type DenseShape = Omit<DenseParams, 'tileRows'>;

/** More rows keep the cores busy as places of a convolution. */
const MOST_ROWS = 32;
/** Fewer weights are not worth another thread. */
const FEWEST_WEIGHTS = 32_768;

/** True where the weights, not the products, are the work. */
export function isThin({ rows, depth, columns }: DenseShape): boolean {
  return rows <= MOST_ROWS && depth * columns >= FEWEST_WEIGHTS;
}

type Addresses = { a: number; b: number; y: number };

/** y [rows,columns] = a [rows,depth] times b [depth,columns]. */
export function thinProduct(runtime: Runtime, shape: DenseShape, { a, b, y }: Addresses): void {
  clearFloats(runtime, y, shape.rows * shape.columns);
  const rows = Math.ceil(shape.columns / DENSE_WIDTH);
  runtime.run(denseProduct, tiled(runtime, shape), { rows, chunkRows: runtime.evenChunks(rows, 1), args: [a, b, y] });
}

/** y [rows,depth] = a [rows,columns] times b [depth,columns] transposed. */
export function thinInputGradient(runtime: Runtime, shape: DenseShape, { a, b, y }: Addresses): void {
  const work = { rows: shape.depth, chunkRows: runtime.evenChunks(shape.depth), args: [a, b, y] };
  runtime.run(denseInputGradient, tiled(runtime, shape), work);
}

/** y [depth,columns] = a [rows,depth] transposed times b [rows,columns]. */
export function thinWeightGradient(runtime: Runtime, shape: DenseShape, { a, b, y }: Addresses): void {
  const params = tiled(runtime, shape);
  const rows = Math.ceil(shape.depth / params.tileRows);
  runtime.run(denseWeightGradient, params, { rows, chunkRows: runtime.evenChunks(rows), args: [a, b, y] });
}

function tiled(runtime: Runtime, shape: DenseShape): DenseParams {
  return { ...shape, tileRows: denseTileRows(runtime.target.tileVectors) };
}
