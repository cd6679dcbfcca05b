import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input, type KernelCall } from '../../kernel-call.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import type { ComputeProgram } from '../compute-program.ts';
import { allocate, programFor } from '../dispatch.ts';
import {
  softmaxPool,
  softmaxPoolGradient,
  weightedSum,
  weightedSumGradient,
  windowMax,
  windowMaxGradient,
} from '../kernels/temporal-pooling.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';
import { runItems } from './each-item.ts';

type Call = KernelCall<CheckedWebGpuBackend>;
type Pooling = {
  program: ComputeProgram;
  inputs: readonly string[];
  resultShape: readonly number[];
  /** Invocations; one for each element of the result unless given. */
  size?: number;
  uniforms: Readonly<Record<string, number>>;
};

function pool(call: Call, { program, inputs, resultShape, size, uniforms }: Pooling): TensorInfo {
  const result = allocate(call.backend, resultShape);
  const tensors = [...inputs.map((name) => input(call, name)), result];
  const items = size ?? util.sizeFromShape([...resultShape]);
  runItems(call.backend, program, { tensors, size: items, uniforms });
  return result;
}

function windowsOf(call: Call) {
  const [n, t, k] = input(call, 'x').shape as [number, number, number];
  const { width, stride } = call.attrs as { width: number; stride: number };
  const positions = Math.floor((t - width) / stride) + 1;
  return { frames: [n, t, k], windows: [n, positions, k], uniforms: { t, k, positions, width, stride } };
}

const windowMaximum: WebGpuKernel = (call) => {
  const { windows, uniforms } = windowsOf(call);
  return pool(call, {
    program: programFor('windowed maximum', windowMax),
    inputs: ['x'],
    resultShape: windows,
    uniforms,
  });
};

const windowMaximumGradient: WebGpuKernel = (call) => {
  const { frames, uniforms } = windowsOf(call);
  return pool(call, {
    program: programFor('windowed maximum gradient', windowMaxGradient),
    inputs: ['dy', 'x'],
    resultShape: frames,
    uniforms,
  });
};

const softmax: WebGpuKernel = (call) => {
  const [n, positions, k] = input(call, 'x').shape as [number, number, number];
  const uniforms = { k, positions, ...(call.attrs as { gamma: number }) };
  return pool(call, {
    program: programFor('softmax pool', softmaxPool),
    inputs: ['x', 'weights'],
    resultShape: [n, k],
    uniforms,
  });
};

const softmaxGradient: WebGpuKernel = (call) => {
  const [n, positions, k] = input(call, 'x').shape as [number, number, number];
  const uniforms = { k, positions, ...(call.attrs as { gamma: number }) };
  const inputs = ['dy', 'x', 'weights'];
  return pool(call, {
    program: programFor('softmax pool gradient', softmaxPoolGradient),
    inputs,
    resultShape: [n, positions, k],
    size: n * k,
    uniforms,
  });
};

const weighted: WebGpuKernel = (call) => {
  const [n, positions, k] = input(call, 'x').shape as [number, number, number];
  return pool(call, {
    program: programFor('weighted sum', weightedSum),
    inputs: ['x', 'weights'],
    resultShape: [n, k],
    uniforms: { k, positions },
  });
};

const weightedGradient: WebGpuKernel = (call) => {
  const [[n, k], [, positions]] = [input(call, 'dy').shape, input(call, 'weights').shape] as [Pair, Pair];
  const uniforms = { k, positions };
  const inputs = ['dy', 'weights'];
  return pool(call, {
    program: programFor('weighted sum gradient', weightedSumGradient),
    inputs,
    resultShape: [n, positions, k],
    size: n * k,
    uniforms,
  });
};

type Pair = [number, number];

export const temporalPoolingKernels: Record<string, WebGpuKernel> = {
  WindowMax: windowMaximum,
  WindowMaxGrad: windowMaximumGradient,
  TemporalSoftmaxPool: softmax,
  TemporalSoftmaxPoolGrad: softmaxGradient,
  TemporalWeightedSum: weighted,
  TemporalWeightedSumGrad: weightedGradient,
};
