/**
 * Optimiser steps and the norm of gradients. A shader sees eight tensors at most, and AdamW needs seven for one
 * parameter, so each parameter is one dispatch; all of them go to the GPU in one pass, without a copy into a common
 * buffer, which would move as many bytes as the update itself.
 */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { AdamWHyper, SgdHyper } from '../../../../models/ops/optimiser-update.ts';
import { input, type KernelCall } from '../../kernel-call.ts';
import { batchParts } from '../batch-parts.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import type { ComputeProgram } from '../compute-program.ts';
import { allocate, programFor, runProgram } from '../dispatch.ts';
import { vectorWidth } from '../kernels/channel-view.ts';
import { adamW, sgd } from '../kernels/optimiser.ts';
import { squaresOfChunks, sumOfChunks } from '../kernels/sum-of-squares.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';
import { runElements } from './each-item.ts';
import { withScratch } from './scratch.ts';

type Call = KernelCall<CheckedWebGpuBackend>;

/** Reads the parameter, its state and the gradient; @returns new ones of the first and of the state */
function update(
  call: Call,
  state: readonly string[],
  { uniforms, build }: { uniforms: Record<string, number>; build: (width: 1 | 4) => ComputeProgram },
): TensorInfo[] {
  const { backend } = call;
  const old = ['param', ...state].map((name) => input(call, name));
  const results = old.map(({ shape }) => allocate(backend, shape));
  const width = vectorWidth(util.sizeFromShape(old[0]!.shape));
  runElements(backend, build(width), { tensors: [...old, input(call, 'grad'), ...results], width, uniforms });
  return results;
}

const sgdUpdate: WebGpuKernel = (call) => {
  const { nesterov, ...uniforms } = call.attrs as SgdHyper;
  const build = (width: 1 | 4) => programFor(`sgd ${width} ${nesterov}`, () => sgd({ width, nesterov }));
  return update(call, ['velocity'], { uniforms, build });
};

const adamWUpdate: WebGpuKernel = (call) => {
  const { beta1, beta2, lr, weightDecay, step, ...rest } = call.attrs as AdamWHyper;
  const uniforms = {
    ...{ ...rest, beta1, beta2, lr },
    ...{ oneMinusBeta1: 1 - beta1, oneMinusBeta2: 1 - beta2, decay: 1 - lr * weightDecay },
    ...{ correction1: 1 - beta1 ** step, correction2: 1 - beta2 ** step },
  };
  const build = (width: 1 | 4) => programFor(`adamw ${width}`, () => adamW({ width }));
  return update(call, ['first', 'second'], { uniforms, build });
};

const SMALLEST_CHUNK = 4096;
const MOST_CHUNKS = 1024;

/** Of all inputs together: each leaves the sums of its chunks in one tensor, which are added up at last. */
const squaresSum: WebGpuKernel = ({ backend, inputs }) => {
  const tensors = Object.values(inputs) as TensorInfo[];
  const plans = tensors.map((x) => ({ x, ...chunksOf(util.sizeFromShape(x.shape)) }));
  const total = plans.reduce((sum, { count }) => sum + count, 0);
  const result = allocate(backend, []);
  withScratch(backend, [total], (partials) => {
    let firstChunk = 0;
    for (const plan of plans) {
      squaresOfTensor(backend, plan, { partials, firstChunk });
      firstChunk += plan.count;
    }
    const program = programFor('sum of chunks', sumOfChunks);
    runProgram(backend, program, { tensors: [partials, result], uniforms: { size: total }, workgroups: 1 });
  });
  return result;
};

type ChunkPlan = { size: number; chunkSize: number; count: number };

function chunksOf(size: number): ChunkPlan {
  const chunkSize = SMALLEST_CHUNK * Math.ceil(size / SMALLEST_CHUNK / MOST_CHUNKS);
  return { size, chunkSize, count: Math.ceil(size / chunkSize) };
}

function squaresOfTensor(
  backend: CheckedWebGpuBackend,
  { x, size, chunkSize, count }: ChunkPlan & { x: TensorInfo },
  { partials, firstChunk }: { partials: TensorInfo; firstChunk: number },
): void {
  const program = programFor('squares of chunks', squaresOfChunks);
  for (const part of batchParts(count, [4 * Math.min(chunkSize, size)], backend.settings.maxBindingBytes)) {
    const first = part.start * chunkSize;
    const length = Math.min(part.count * chunkSize, size - first);
    const seen = length === size ? x : { tensor: x, start: first, length };
    const uniforms = { size: length, chunkSize, firstChunk: firstChunk + part.start };
    runProgram(backend, program, { tensors: [seen, partials], uniforms, workgroups: part.count });
  }
}

export const optimiserKernels: Record<string, WebGpuKernel> = {
  SgdUpdate: sgdUpdate,
  AdamWUpdate: adamWUpdate,
  SumOfAllSquares: squaresSum,
};
