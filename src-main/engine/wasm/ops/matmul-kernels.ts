/** Matrix products are convolutions of one tap: a row is a place, a column a channel. Few rows have kernels of their own. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { largestDivisor, type ConvGeometry } from '../kernels/conv-geometry.ts';
import type { Runtime } from '../runtime.ts';
import { convolve, filterGradient, inputGradient } from './convolve.ts';
import { isThin, thinInputGradient, thinProduct, thinWeightGradient, type DenseShape } from './dense.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';

/** Products below are left to the stock kernel. */
const SMALLEST_WORK = 4096;
/** Places in a row of the picture that the rows of a matrix are laid out as. */
const ROW_PLACES = [48, 42, 36, 30, 24, 18, 12, 6];

type Attrs = { transposeA: boolean; transposeB: boolean };

/** `rows` places with `depth` channels in and `columns` out. */
function oneTap({ rows, depth: c, columns: o }: DenseShape): ConvGeometry {
  const divisor = largestDivisor(rows, ROW_PLACES);
  const w = divisor === 1 ? rows : divisor;
  const extents = [1, rows / w, w] as const;
  return {
    ...{ n: 1, c, o, input: extents, output: extents },
    ...{ kernel: [1, 1, 1], stride: [1, 1, 1], front: [0, 0, 0] },
  };
}

type Addresses = { a: number; b: number; y: number };
type Product = (runtime: Runtime, addresses: Addresses) => void;

/** The product of matrices of the given shapes; null where both are transposed. */
function product(a: readonly number[], b: readonly number[], { transposeA, transposeB }: Attrs): Product | null {
  const [rowsA, columnsA] = a.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.slice(-2) as [number, number];
  if (transposeA && transposeB) return null;
  if (transposeA) return weightGradientProduct({ rows: rowsA, depth: columnsA, columns: columnsB });
  if (transposeB) return inputGradientProduct({ rows: rowsA, depth: rowsB, columns: columnsA });
  return forwardProduct({ rows: rowsA, depth: columnsA, columns: columnsB });
}

function forwardProduct(shape: DenseShape): Product {
  if (isThin(shape)) return (runtime, at) => thinProduct(runtime, shape, at);
  const g = oneTap(shape);
  return (runtime, at) => convolve(runtime, g, { x: at.a, filter: at.b, y: at.y, bias: 0, relu: false });
}

function inputGradientProduct(shape: DenseShape): Product {
  if (isThin(shape)) return (runtime, at) => thinInputGradient(runtime, shape, at);
  const g = oneTap(shape);
  return (runtime, at) => inputGradient(runtime, g, { dy: at.a, filter: at.b, dx: at.y });
}

function weightGradientProduct(shape: DenseShape): Product {
  if (isThin(shape)) return (runtime, at) => thinWeightGradient(runtime, shape, at);
  const g = oneTap(shape);
  return (runtime, at) => filterGradient(runtime, g, { x: at.a, dy: at.b, filter: at.y });
}

function batchMatMul(call: KernelCall): TensorInfo | undefined {
  const { backend } = call;
  const attrs = call.attrs as Attrs;
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  const batch = a.shape.slice(0, -2);
  const rows = a.shape.at(attrs.transposeA ? -1 : -2)!;
  const columns = b.shape.at(attrs.transposeB ? -2 : -1)!;
  const depth = a.shape.at(attrs.transposeA ? -2 : -1)!;
  const isSameBatch = batch.join() === b.shape.slice(0, -2).join();
  const isFloat = a.dtype === 'float32' && b.dtype === 'float32';
  const multiply = product(a.shape, b.shape, attrs);
  if (!isFloat || !isSameBatch || multiply === null || rows * columns * depth < SMALLEST_WORK) return undefined;
  const [aAt, bAt] = [backend.addressOf(a), backend.addressOf(b)];
  const y = backend.output([...batch, rows, columns]);
  const count = batch.reduce((total, extent) => total * extent, 1);
  for (let i = 0; i < count; i++)
    multiply(backend.runtime, {
      a: aAt + i * rows * depth * 4,
      b: bAt + i * depth * columns * 4,
      y: y.address + i * rows * columns * 4,
    });
  return y.info;
}

export const matmulKernels: Record<string, KernelImplementation> = { BatchMatMul: batchMatMul };
