import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { FrameNormOptions } from '../../../../models/ops/frame-norm.ts';
import { input } from '../../kernel-call.ts';
import type { ChannelView } from '../kernels/channel-view.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';
import { normalise, normaliseGradient } from './channel-passes.ts';

/** Statistics of each frame. */
function eachFrame({ shape }: TensorInfo): ChannelView {
  const [n, t, h, w, c] = shape as [number, number, number, number, number];
  return { segments: n * t, rows: h * w, c, groups: n * t };
}

const normaliseFrames: WebGpuKernel = (call) => {
  const { epsilon, relu } = call.attrs as FrameNormOptions;
  const x = input(call, 'x');
  const [n, t, , , c] = x.shape as [number, number, number, number, number];
  const inputs = { x, scale: input(call, 'scale'), offset: input(call, 'offset') };
  return normalise(call.backend, inputs, eachFrame(x), { epsilon, relu, spread: 'inverse', statistics: [n, t, c] });
};

const gradient: WebGpuKernel = (call) => {
  const { epsilon, relu } = call.attrs as FrameNormOptions;
  const of = (name: string) => input(call, name);
  const inputs = { ...{ dy: of('dy'), x: of('x'), y: of('y') }, ...{ scale: of('scale'), mean: of('mean') } };
  const tensors = { ...inputs, spread: of('inverse') };
  return normaliseGradient(call.backend, tensors, eachFrame(tensors.x), { epsilon, relu, spread: 'inverse' });
};

export const frameNormKernels: Record<string, WebGpuKernel> = {
  FrameNorm: normaliseFrames,
  FrameNormGrad: gradient,
};
