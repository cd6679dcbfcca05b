import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { PixelScale } from '../../../../models/ops/clip-transform.ts';
import { input, type KernelCall } from '../../kernel-call.ts';
import { batchParts, type BatchPart } from '../batch-parts.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import type { ComputeProgram } from '../compute-program.ts';
import { allocate, programFor, runProgram, type TensorPart } from '../dispatch.ts';
import { channelValues } from '../kernels/channel-uniforms.ts';
import {
  clipTransform,
  clipTransformInputGradient,
  clipTransformMatrixGradients,
  clipTransformMatrixPartials,
  matrixNumbers,
  type ClipTransformParams,
} from '../kernels/clip-transform.ts';
import { ITEM_WORKGROUP } from '../kernels/each-item.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';
import { runItems } from './each-item.ts';
import { withScratch } from './scratch.ts';

type Call = KernelCall<CheckedWebGpuBackend>;

/** What every direction needs of a call. */
type Plan = {
  backend: CheckedWebGpuBackend;
  clips: TensorInfo;
  warp: TensorInfo;
  colour: TensorInfo;
  n: number;
  params: ClipTransformParams;
  uniforms: Record<string, number>;
};

function planOf(call: Call): Plan {
  const [clips, warp, colour] = ['clips', 'warp', 'colour'].map((name) => input(call, name)) as Three;
  const [n, t, h, w, c] = clips.shape as [number, number, number, number, number];
  const scale = call.attrs as PixelScale;
  const uniforms = (['mean', 'deviation', 'fill'] as const).flatMap((name) => channelValues(name, scale[name]));
  return {
    ...{ backend: call.backend, clips, warp, colour, n },
    params: { t, h, w, c, bytes: clips.dtype === 'int32' },
    uniforms: Object.fromEntries(uniforms),
  };
}

type Three = [TensorInfo, TensorInfo, TensorInfo];

function programOf(build: (params: ClipTransformParams) => ComputeProgram, what: string, { params }: Plan) {
  return programFor(`clip transform ${what} ${JSON.stringify(params)}`, () => build(params));
}

/** Runs a program for each part of the clips. `tensors` of that part, workgroups for so many clips. */
function runParts(
  { backend, n, params: { t, h, w, c }, uniforms }: Plan,
  program: ComputeProgram,
  { tensors, workgroups }: { tensors: (part: Part) => TensorPart[]; workgroups: (clips: number) => number },
): void {
  const clipSize = t * h * w * c;
  for (const run of batchParts(n, [4 * clipSize], backend.settings.maxBindingBytes)) {
    const of: Part = (tensor) => clipsOf(tensor, run, { n, clipSize });
    const size = run.count * t * h * w;
    const numbers = { ...uniforms, firstClip: run.start, size };
    runProgram(backend, program, { tensors: tensors(of), uniforms: numbers, workgroups: workgroups(run.count) });
  }
}

type Part = (clips: TensorInfo) => TensorPart;

function clipsOf(tensor: TensorInfo, { start, count }: BatchPart, { n, clipSize }: { n: number; clipSize: number }) {
  return count === n ? tensor : { tensor, start: start * clipSize, length: count * clipSize };
}

/** An invocation for each pixel of so many clips. */
function forPixels({ params: { t, h, w } }: Plan): (clips: number) => number {
  return (clips) => Math.ceil((clips * t * h * w) / ITEM_WORKGROUP);
}

const transform: WebGpuKernel = (call) => {
  const plan = planOf(call);
  const { backend, clips, warp, colour } = plan;
  const y = allocate(backend, clips.shape);
  const tensors = (of: Part) => [of(clips), warp, colour, of(y)];
  runParts(plan, programOf(clipTransform, 'forward', plan), { tensors, workgroups: forPixels(plan) });
  return y;
};

const transformGradient: WebGpuKernel = (call) => {
  const { of } = call.attrs as { of: 'clips' | 'matrices' };
  const [plan, dy] = [planOf(call), input(call, 'dy')];
  return of === 'clips' ? [inputGradient(plan, dy)] : matrixGradients(plan, dy);
};

function inputGradient(plan: Plan, dy: TensorInfo): TensorInfo {
  const { backend, clips, warp, colour } = plan;
  const dclips = allocate(backend, clips.shape);
  const tensors = (of: Part) => [of(dy), warp, colour, of(dclips)];
  const program = programOf(clipTransformInputGradient, 'gradient of clips', plan);
  runParts(plan, program, { tensors, workgroups: forPixels(plan) });
  return dclips;
}

/** Pixels of a partial sum at least, and partial sums of a clip at most: the same on every device. */
const SMALLEST_CHUNK = 1024;
const MOST_CHUNKS = 64;

function matrixGradients(plan: Plan, dy: TensorInfo): TensorInfo[] {
  const { backend, clips, warp, colour, n, params } = plan;
  const { t, h, w, c } = params;
  const chunkPixels = Math.max(SMALLEST_CHUNK, Math.ceil((t * h * w) / MOST_CHUNKS));
  const chunks = Math.ceil((t * h * w) / chunkPixels);
  const [dwarp, dcolour] = [allocate(backend, [n, 2, 3]), allocate(backend, [n, c, c + 1])];
  const size = n * matrixNumbers(c);
  withScratch(backend, [size * chunks], (partials) => {
    const program = programOf(clipTransformMatrixPartials, 'gradient of matrices', plan);
    const tensors = (of: Part) => [of(clips), warp, colour, of(dy), partials];
    const chunked = { ...plan, uniforms: { ...plan.uniforms, chunks, chunkPixels } };
    runParts(chunked, program, { tensors, workgroups: (count) => count * chunks });
    const sums = programFor(`clip transform gradient sums ${c}`, () => clipTransformMatrixGradients({ c }));
    runItems(backend, sums, { tensors: [partials, dwarp, dcolour], size, uniforms: { chunks } });
  });
  return [dwarp, dcolour];
}

export const clipTransformKernels: Record<string, WebGpuKernel> = {
  ClipTransform: transform,
  ClipTransformGrad: transformGradient,
};
