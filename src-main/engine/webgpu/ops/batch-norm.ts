import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BatchNormOptions } from '../../../../models/ops/batch-norm.ts';
import { input } from '../../kernel-call.ts';
import { allocate, programFor } from '../dispatch.ts';
import type { ChannelView } from '../kernels/channel-view.ts';
import { movingStatistics } from '../kernels/moving-statistics.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';
import { normalise, normaliseGradient } from './channel-passes.ts';
import { runItems } from './each-item.ts';

/** Statistics over all of [n,t,h,w]. */
function wholeBatch({ shape }: TensorInfo): ChannelView {
  const [segments, ...rest] = shape as [number, ...number[]];
  const c = rest.at(-1)!;
  return { segments, rows: util.sizeFromShape(rest) / c, c, groups: 1 };
}

const training: WebGpuKernel = (call) => {
  const { epsilon, relu } = call.attrs as BatchNormOptions;
  const [x, scale, offset] = ['x', 'scale', 'offset'].map((name) => input(call, name)) as [
    TensorInfo,
    TensorInfo,
    TensorInfo,
  ];
  const view = wholeBatch(x);
  const options = { epsilon, relu, spread: 'variance', statistics: [view.c] } as const;
  return normalise(call.backend, { x, scale, offset }, view, options);
};

const trainingGradient: WebGpuKernel = (call) => {
  const { epsilon, relu } = call.attrs as BatchNormOptions;
  const of = (name: string) => input(call, name);
  const inputs = { ...{ dy: of('dy'), x: of('x'), y: of('y') }, ...{ scale: of('scale'), mean: of('mean') } };
  const tensors = { ...inputs, spread: of('variance') };
  return normaliseGradient(call.backend, tensors, wholeBatch(tensors.x), { epsilon, relu, spread: 'variance' });
};

const moving: WebGpuKernel = (call) => {
  const { backend } = call;
  const { momentum, unbias } = call.attrs as { momentum: number; unbias: number };
  const old = [input(call, 'mean'), input(call, 'variance')];
  const results = old.map(({ shape }) => allocate(backend, shape));
  const program = programFor('moving statistics', movingStatistics);
  const tensors = [...old, input(call, 'batchMean'), input(call, 'batchVariance'), ...results];
  const uniforms = { kept: 1 - momentum, momentum, unbias };
  runItems(backend, program, { tensors, size: util.sizeFromShape(old[0]!.shape), uniforms });
  return results;
};

export const batchNormKernels: Record<string, WebGpuKernel> = {
  BatchNormTraining: training,
  BatchNormTrainingGrad: trainingGradient,
  MovingStatistics: moving,
};
