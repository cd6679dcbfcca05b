/** The three products of a convolution on tensors; batches too long for a shader are cut between clips. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { product3, type ConvGeometry } from '../../wasm/kernels/conv-geometry.ts';
import { batchParts, type BatchPart } from '../batch-parts.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import { allocate, runProgram, programFor, type TensorPart } from '../dispatch.ts';
import { runGemm } from '../gemm/run-gemm.ts';
import { halfCopy, keptHalfCopy, roundsToHalves } from '../half-copy.ts';
import { HALVES_RUN } from '../kernels/to-halves.ts';
import {
  clipBytes,
  filterGradientProblem,
  forwardProblem,
  inputGradientProblems,
  type ConvForm,
} from './conv-problems.ts';
import { RELU_WORKGROUP, reluGradient } from './relu-gradient.ts';

export type Convolution = { x: TensorInfo; filter: TensorInfo; bias: TensorInfo | undefined; relu: boolean };

/** @returns [n,t',h',w',c'] */
export function convolve(
  backend: CheckedWebGpuBackend,
  g: ConvGeometry,
  { x, filter, bias, relu }: Convolution,
): TensorInfo {
  const y = allocate(backend, [g.n, ...g.output, g.o]);
  withForm(backend, g, { source: x, filter }, ({ halves, source, filter: right }) => {
    for (const part of clipParts(backend, g)) {
      const problem = forwardProblem({ ...g, n: part.count }, { halves, bias: bias !== undefined, relu });
      const target = { ...(bias && { bias }), result: clipsOf(y, g, part) };
      runGemm(backend, [{ problem, left: clipsOf(source, g, part), right }], target);
    }
  });
  return y;
}

/** @returns dx [n,t,h,w,c] */
export function inputGradient(
  backend: CheckedWebGpuBackend,
  g: ConvGeometry,
  { dy, filter }: { dy: TensorInfo; filter: TensorInfo },
): TensorInfo {
  const dx = allocate(backend, [g.n, ...g.input, g.c]);
  withForm(backend, g, { source: dy, filter }, ({ halves, source, filter: right }) => {
    for (const part of clipParts(backend, g))
      for (const problem of inputGradientProblems({ ...g, n: part.count }, { halves }))
        runGemm(backend, [{ problem, left: clipsOf(source, g, part), right }], { result: clipsOf(dx, g, part) });
  });
  return dx;
}

/** @returns dfilter [kt,kh,kw,c,c'] */
export function filterGradient(
  backend: CheckedWebGpuBackend,
  g: ConvGeometry,
  { x, dy }: { x: TensorInfo; dy: TensorInfo },
): TensorInfo {
  const result = allocate(backend, [...g.kernel, g.c, g.o]);
  const halves = readsHalves(backend, g);
  const right = halves ? keptHalfCopy(backend, dy) : dy;
  const left = halves ? halfCopy(backend, x) : x;
  try {
    const works = clipParts(backend, g).map((part) => ({
      problem: filterGradientProblem({ ...g, n: part.count }, { halves }),
      left: clipsOf(left, g, part),
      right: clipsOf(right, g, part),
    }));
    runGemm(backend, works, { result });
    return result;
  } finally {
    if (halves) backend.disposeData(left.dataId);
  }
}

type Operands = { source: TensorInfo; filter: TensorInfo };

/** Runs `use` with both operands in the form in which the products of this convolution read them. */
function withForm(
  backend: CheckedWebGpuBackend,
  g: ConvGeometry,
  { source, filter }: Operands,
  use: (form: Operands & ConvForm) => void,
): void {
  if (!readsHalves(backend, g)) return use({ halves: false, source, filter });
  const copy = halfCopy(backend, filter);
  try {
    use({ halves: true, source: keptHalfCopy(backend, source), filter: copy });
  } finally {
    backend.disposeData(copy.dataId);
  }
}

function readsHalves(backend: CheckedWebGpuBackend, g: ConvGeometry): boolean {
  return roundsToHalves(backend) && inHalves(g);
}

/**
 * Are copies in halves made of its operands, where products are of f16? With a single tap an operand is read about once,
 * and a copy would cost more than it saves.
 */
export function inHalves({ c, o, kernel }: ConvGeometry): boolean {
  return c % HALVES_RUN === 0 && o % HALVES_RUN === 0 && product3(kernel) > 1;
}

/** Gradient before the ReLU that gave y. */
export function maskByRelu(backend: CheckedWebGpuBackend, dy: TensorInfo, y: TensorInfo): TensorInfo {
  const dz = allocate(backend, dy.shape);
  const size = util.sizeFromShape(dy.shape);
  const width = size % 4 === 0 ? 4 : 1;
  const program = programFor(`relu gradient ${width}`, () => reluGradient(width));
  for (const { start, count } of batchParts(size / width, [4 * width], backend.settings.maxBindingBytes)) {
    const tensors = [dy, y, dz].map((tensor) => ({ tensor, start: start * width, length: count * width }));
    runProgram(backend, program, { tensors, uniforms: { size: count }, workgroups: Math.ceil(count / RELU_WORKGROUP) });
  }
  return dz;
}

function clipParts(backend: CheckedWebGpuBackend, g: ConvGeometry): BatchPart[] {
  const { x, y } = clipBytes(g);
  return batchParts(g.n, [x, y], backend.settings.maxBindingBytes);
}

/** Of a tensor of n clips, or of their halves. */
function clipsOf(tensor: TensorInfo, { n }: ConvGeometry, { start, count }: BatchPart): TensorPart {
  const clip = util.sizeFromShape(tensor.shape) / n;
  return { tensor, start: start * clip, length: count * clip };
}
