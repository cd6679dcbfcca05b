import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { broadcast } from '../kernels/broadcast.ts';
import {
  BINARY,
  binary,
  ELEMENTWISE_FLOATS,
  UNARY,
  unary,
  type BinaryName,
  type UnaryName,
} from '../kernels/elementwise.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';

/** Below, the stock kernels are as fast. */
const SMALLEST_SIZE = 256;
const CHUNK_GROUPS = 4096;

/** `alpha`, the value of a step below zero, is left to the stock kernels unless 0. */
function runUnary(name: UnaryName, call: KernelCall): TensorInfo | undefined {
  const x = input(call, 'x');
  const size = util.sizeFromShape(x.shape);
  const { alpha } = call.attrs as { alpha?: number };
  if (x.dtype !== 'float32' || size < SMALLEST_SIZE || (alpha ?? 0) !== 0) return undefined;
  const from = call.backend.addressOf(x);
  const result = call.backend.output(x.shape);
  const work = { rows: Math.ceil(size / ELEMENTWISE_FLOATS), chunkRows: CHUNK_GROUPS, args: [from, result.address] };
  call.backend.runtime.run(unary, { name }, work);
  return result.info;
}

function runBinary(name: BinaryName, call: KernelCall): TensorInfo | undefined {
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const size = util.sizeFromShape(shape);
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || size < SMALLEST_SIZE) return undefined;
  const axes = collapse(shape, a.shape, b.shape);
  if (axes.length > 3) return undefined;
  const addresses = [call.backend.addressOf(a), call.backend.addressOf(b)];
  const result = call.backend.output(shape);
  const args = [...addresses, result.address];
  const { runtime } = call.backend;
  if (axes.length === 1) {
    const single = !axes[0]!.inA ? 'a' : !axes[0]!.inB ? 'b' : 'none';
    const rows = Math.ceil(size / ELEMENTWISE_FLOATS);
    runtime.run(binary, { name, single }, { rows, chunkRows: CHUNK_GROUPS, args });
  } else {
    const params = { name, ...rowsOf(axes) };
    const rows = params.extents[0]! * params.extents[1]!;
    const chunkRows = (CHUNK_GROUPS * ELEMENTWISE_FLOATS) / params.extents[2]!;
    runtime.run(broadcast, params, { rows, chunkRows, args });
  }
  return result.info;
}

/** An axis of the result, and which operands have it. */
type Axis = { extent: number; inA: boolean; inB: boolean };

/** Axes of the result; neighbours that the same operands have become one. */
function collapse(shape: readonly number[], a: readonly number[], b: readonly number[]): Axis[] {
  const has = (operand: readonly number[], axis: number) => (operand[operand.length - shape.length + axis] ?? 1) > 1;
  const axes: Axis[] = [];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const [inA, inB] = [has(a, axis), has(b, axis)];
    const last = axes.at(-1);
    if (last !== undefined && last.inA === inA && last.inB === inB) last.extent *= extent;
    else axes.push({ extent, inA, inB });
  });
  return axes;
}

/** The axes as [outer,middle,inner] with the strides of both operands. */
function rowsOf(axes: readonly Axis[]): { extents: number[]; a: number[]; b: number[] } {
  const three = axes.length === 2 ? [{ extent: 1, inA: false, inB: false }, ...axes] : axes;
  const strides = (isIn: (axis: Axis) => boolean) => {
    let next = 1;
    return three.toReversed().map((axis) => {
      const stride = isIn(axis) ? next : 0;
      if (isIn(axis)) next *= axis.extent;
      return stride;
    });
  };
  return {
    extents: three.map(({ extent }) => extent),
    a: strides(({ inA }) => inA).reverse(),
    b: strides(({ inB }) => inB).reverse(),
  };
}

const unaryKernels = Object.keys(UNARY).map((name) => [name, (call: KernelCall) => runUnary(name as UnaryName, call)]);
const binaryKernels = Object.keys(BINARY).map((name) => [
  name,
  (call: KernelCall) => runBinary(name as BinaryName, call),
]);

export const elementwiseKernels: Record<string, KernelImplementation> = Object.fromEntries([
  ...unaryKernels,
  ...binaryKernels,
]) as Record<string, KernelImplementation>;
