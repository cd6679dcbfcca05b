/** The three products of a convolution on tensors; batches too long for a shader are cut between clips. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvGeometry } from '../../wasm/kernels/conv-geometry.ts';
import { batchParts, type BatchPart } from '../batch-parts.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import { allocate, runProgram, programFor, type TensorPart } from '../dispatch.ts';
import { runGemm } from '../gemm/run-gemm.ts';
import { clipBytes, filterGradientProblem, forwardProblem, inputGradientProblems } from './conv-problems.ts';
import { RELU_WORKGROUP, reluGradient } from './relu-gradient.ts';

export type Convolution = { x: TensorInfo; filter: TensorInfo; bias: TensorInfo | undefined; relu: boolean };

/** @returns [n,t',h',w',c'] */
export function convolve(
  backend: CheckedWebGpuBackend,
  g: ConvGeometry,
  { x, filter, bias, relu }: Convolution,
): TensorInfo {
  const y = allocate(backend, [g.n, ...g.output, g.o]);
  for (const part of clipParts(backend, g)) {
    const problem = forwardProblem({ ...g, n: part.count }, { bias: bias !== undefined, relu });
    const target = { ...(bias && { bias }), result: clipsOf(y, part) };
    runGemm(backend, [{ problem, left: clipsOf(x, part), right: filter }], target);
  }
  return y;
}

/** @returns dx [n,t,h,w,c] */
export function inputGradient(
  backend: CheckedWebGpuBackend,
  g: ConvGeometry,
  { dy, filter }: { dy: TensorInfo; filter: TensorInfo },
): TensorInfo {
  const dx = allocate(backend, [g.n, ...g.input, g.c]);
  for (const part of clipParts(backend, g))
    for (const problem of inputGradientProblems({ ...g, n: part.count }))
      runGemm(backend, [{ problem, left: clipsOf(dy, part), right: filter }], { result: clipsOf(dx, part) });
  return dx;
}

/** @returns dfilter [kt,kh,kw,c,c'] */
export function filterGradient(
  backend: CheckedWebGpuBackend,
  g: ConvGeometry,
  { x, dy }: { x: TensorInfo; dy: TensorInfo },
): TensorInfo {
  const result = allocate(backend, [...g.kernel, g.c, g.o]);
  const works = clipParts(backend, g).map((part) => ({
    problem: filterGradientProblem({ ...g, n: part.count }),
    left: clipsOf(x, part),
    right: clipsOf(dy, part),
  }));
  runGemm(backend, works, { result });
  return result;
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

function clipsOf(tensor: TensorInfo, { start, count }: BatchPart): TensorPart {
  const clip = util.sizeFromShape(tensor.shape) / (tensor.shape[0] as number);
  return { tensor, start: start * clip, length: count * clip };
}
