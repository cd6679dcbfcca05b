import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BatchNormOptions } from '../../../../models/ops/batch-norm.ts';
import type { WasmBackend } from '../backend.ts';
import { channelPairPitch, gradientOfInput, gradientSums, momentSums, scaleChannels } from '../kernels/batch-norm.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';

/** Partial sums at most and their rows at least: the same for any number of threads. */
const MOST_PARTIALS = 32;
const ROWS_PER_PARTIAL = 256;

/** Tensors [rows,c] of a normalisation, cut into the rows of partial sums. */
type Rows = { rows: number; c: number; chunkRows: number };

function rowsOf({ shape }: TensorInfo): Rows {
  const c = shape.at(-1)!;
  const rows = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  return { rows, c, chunkRows: Math.max(ROWS_PER_PARTIAL, Math.ceil(rows / MOST_PARTIALS)) };
}

function training(call: KernelCall): TensorInfo[] {
  const { backend } = call;
  const { runtime } = backend;
  const { epsilon, relu } = call.attrs as BatchNormOptions;
  const source = input(call, 'x');
  const x = backend.addressOf(source);
  const size = rowsOf(source);
  const [scale, offset] = [valuesOf(call, 'scale'), valuesOf(call, 'offset')];
  const [mean, variance] = moments(backend, x, size);
  const slope = variance.map((v, i) => scale[i]! / Math.sqrt(v + epsilon));
  const shift = slope.map((s, i) => offset[i]! - mean[i]! * s);
  const y = backend.output(source.shape);
  const { rows, c, chunkRows } = size;
  withChannels(backend, [slope, shift], (coefficients) => {
    const args = [x, coefficients, coefficients + c * 4, y.address];
    runtime.run(scaleChannels, { c, relu }, { rows, chunkRows, args });
  });
  return [y.info, channelTensor(backend, mean), channelTensor(backend, variance)];
}

/** Mean and biased variance of each channel, from sums of differences to the first row. */
function moments(backend: WasmBackend, x: number, size: Rows): [number[], number[]] {
  const { runtime } = backend;
  const { rows, c, chunkRows } = size;
  const pivot = Array.from(runtime.heap.floats.subarray(x / 4, x / 4 + c));
  const [sums, squares] = pairSums(backend, size, (partials) =>
    runtime.run(momentSums, { c, chunkRows }, { rows, chunkRows, args: [x, x, partials] }),
  );
  const mean = sums.map((sum, i) => pivot[i]! + sum / rows);
  const variance = squares.map((square, i) => Math.max(0, square / rows - (sums[i]! / rows) ** 2));
  return [mean, variance];
}

function trainingGradient(call: KernelCall): TensorInfo[] {
  const { backend } = call;
  const { runtime } = backend;
  const { epsilon, relu } = call.attrs as BatchNormOptions;
  const source = input(call, 'x');
  const size = rowsOf(source);
  const { rows, c, chunkRows } = size;
  const [dy, x, y, meanAt] = ['dy', 'x', 'y', 'mean'].map((name) => backend.addressOf(input(call, name))) as Four;
  const [scale, mean, variance] = ['scale', 'mean', 'variance'].map((name) => valuesOf(call, name)) as ThreeLists;
  const [sums, products] = pairSums(backend, size, (partials) =>
    runtime.run(gradientSums, { c, chunkRows, relu }, { rows, chunkRows, args: [dy, x, y, meanAt, partials] }),
  );
  const inverse = variance.map((v) => 1 / Math.sqrt(v + epsilon));
  const ofGradient = inverse.map((r, i) => r * scale[i]!);
  const ofInput = inverse.map((r, i) => (-ofGradient[i]! * r * r * products[i]!) / rows);
  const constant = ofInput.map((b, i) => (-ofGradient[i]! * sums[i]!) / rows - b * mean[i]!);
  const dx = backend.output(source.shape);
  withChannels(backend, [ofGradient, ofInput, constant], (coefficients) => {
    const args = [dy, x, y, coefficients, dx.address];
    runtime.run(gradientOfInput, { c, relu }, { rows, chunkRows, args });
  });
  const dscale = products.map((product, i) => product * inverse[i]!);
  return [dx.info, channelTensor(backend, dscale), channelTensor(backend, sums)];
}

type Four = [number, number, number, number];
type ThreeLists = [number[], number[], number[]];

/** Runs a kernel of two sums for each channel and adds up its partial results. */
function pairSums(
  { runtime }: WasmBackend,
  { rows, c, chunkRows }: Rows,
  run: (partials: number) => void,
): [number[], number[]] {
  const pitch = channelPairPitch(c);
  const count = Math.ceil(rows / chunkRows);
  return runtime.withScratch(count * pitch * 4, (partials) => {
    run(partials);
    const { floats } = runtime.heap;
    const total = (first: number) =>
      Array.from({ length: c }, (_, channel) => {
        let sum = 0;
        for (let i = 0; i < count; i++) sum += floats[partials / 4 + i * pitch + first + channel]!;
        return sum;
      });
    return [total(0), total(pitch / 2)];
  });
}

/** Runs `use` with the address of lists of a number for each channel, one behind the other. */
function withChannels({ runtime }: WasmBackend, lists: readonly number[][], use: (address: number) => void): void {
  const values = lists.flat();
  runtime.withScratch(values.length * 4, (address) => {
    runtime.heap.floats.set(values, address / 4);
    use(address);
  });
}

function channelTensor(backend: WasmBackend, values: number[]): TensorInfo {
  const { info, address } = backend.output([values.length]);
  backend.runtime.heap.floats.set(values, address / 4);
  return info;
}

function valuesOf(call: KernelCall, name: string): number[] {
  return Array.from(call.backend.readSync(input(call, name).dataId) as Float32Array);
}

export const batchNormKernels: Record<string, KernelImplementation> = {
  BatchNormTraining: training,
  BatchNormTrainingGrad: trainingGradient,
};
