import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input, type KernelCall } from '../../kernel-call.ts';
import { poolOf, type Pool, type PoolAttrs } from '../../pool-geometry.ts';
import { batchParts } from '../batch-parts.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import type { ComputeProgram } from '../compute-program.ts';
import { allocate, programFor, runProgram } from '../dispatch.ts';
import { vectorWidth } from '../kernels/channel-view.ts';
import {
  averagePool,
  averagePoolGradient,
  maxPool,
  maxPoolGradient,
  POOL_WORKGROUP,
  type PoolParams,
} from '../kernels/pool3d.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';
import { sumChannels } from './channel-passes.ts';

/** A window over many places is work for more than one invocation. */
const LARGE_WINDOW = 256;

type PoolKernel = {
  name: string;
  build: (params: PoolParams) => ComputeProgram;
  reads: readonly string[];
  /** The input whose shape is that of the clips. */
  clips: string;
};

/** `result`: the side that the kernel writes. */
function poolKernel({ name, build, reads, clips }: PoolKernel, result: 'output' | 'input'): WebGpuKernel {
  return (call) => {
    const x = input(call, clips);
    const plan = poolOf(x.shape, call.attrs as PoolAttrs);
    if (plan === null || x.dtype !== 'float32') return undefined;
    if (name === 'average pool' && isGlobal(plan)) return globalMean(call, x, plan);
    const y = allocate(call.backend, result === 'output' ? plan.outShape : x.shape);
    const width = vectorWidth(plan.params.c);
    const program = programFor(`${name} ${width} ${JSON.stringify(plan.params)}`, () =>
      build({ ...plan.params, width }),
    );
    const inputs = reads.map((each) => input(call, each));
    run(call.backend, { program, n: plan.n, tensors: [...inputs, y], written: util.sizeFromShape(y.shape) / width });
    return y;
  };
}

type PoolRun = { program: ComputeProgram; n: number; tensors: readonly TensorInfo[]; written: number };

/** @param run - `written`: vectors of the result, for all n clips */
function run(backend: CheckedWebGpuBackend, { program, n, tensors, written }: PoolRun): void {
  const sizes = tensors.map(({ shape }) => util.sizeFromShape(shape) / n);
  for (const { start, count } of batchParts(
    n,
    sizes.map((size) => 4 * size),
    backend.settings.maxBindingBytes,
  )) {
    const parts = tensors.map((tensor, i) =>
      count === n ? tensor : { tensor, start: start * sizes[i]!, length: count * sizes[i]! },
    );
    const size = (written / n) * count;
    runProgram(backend, program, { tensors: parts, uniforms: { size }, workgroups: Math.ceil(size / POOL_WORKGROUP) });
  }
}

/** One large window over the whole clip. */
function isGlobal({ params: { input: clip, size, output } }: Pool): boolean {
  const places = size.reduce((product, extent) => product * extent, 1);
  return places >= LARGE_WINDOW && size.every((extent, i) => extent === clip[i] && output[i] === 1);
}

function globalMean({ backend }: KernelCall<CheckedWebGpuBackend>, x: TensorInfo, { n, params, outShape }: Pool) {
  const rows = params.size.reduce((product, extent) => product * extent, 1);
  const view = { segments: n, rows, c: params.c, groups: n };
  return sumChannels(backend, x, view, { shape: outShape, factor: 1 / rows });
}

export const pool3dKernels: Record<string, WebGpuKernel> = {
  MaxPool3D: poolKernel({ name: 'max pool', build: maxPool, reads: ['x'], clips: 'x' }, 'output'),
  AvgPool3D: poolKernel({ name: 'average pool', build: averagePool, reads: ['x'], clips: 'x' }, 'output'),
  MaxPool3DGrad: poolKernel(
    { name: 'max pool gradient', build: maxPoolGradient, reads: ['dy', 'input', 'output'], clips: 'input' },
    'input',
  ),
  AvgPool3DGrad: poolKernel(
    { name: 'average pool gradient', build: averagePoolGradient, reads: ['dy'], clips: 'input' },
    'input',
  ),
};
