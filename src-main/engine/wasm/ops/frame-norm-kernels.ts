import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { FrameNormOptions } from '../../../../models/ops/frame-norm.ts';
import { frameNorm, frameNormGradient } from '../kernels/frame-norm.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';
import { sumColumns } from './reduce-kernels.ts';

/** A tensor [n,t,h,w,c] as `frames` frames of `places` pixels; `channels` is [n,t,c]. */
function framesOf({ shape }: TensorInfo): { frames: number; places: number; c: number; channels: number[] } {
  const [n, t, h, w, c] = shape as [number, number, number, number, number];
  return { frames: n * t, places: h * w, c, channels: [n, t, c] };
}

function normalise(call: KernelCall): TensorInfo[] {
  const { runtime } = call.backend;
  const { epsilon, relu } = call.attrs as FrameNormOptions;
  const source = input(call, 'x');
  const { frames, places, c, channels } = framesOf(source);
  const from = ['x', 'scale', 'offset'].map((name) => call.backend.addressOf(input(call, name)));
  const results = [source.shape, channels, channels].map((shape) => call.backend.output(shape));
  const args = [...from, ...results.map(({ address }) => address)];
  const work = { rows: frames, chunkRows: runtime.evenChunks(frames), args };
  runtime.run(frameNorm, { places, c, relu, epsilon }, work);
  return results.map(({ info }) => info);
}

/** Each frame gives its part of the gradients of scale and offset; these are added up in an order of their own. */
function gradient(call: KernelCall): TensorInfo[] {
  const { runtime } = call.backend;
  const { relu } = call.attrs as FrameNormOptions;
  const source = input(call, 'x');
  const { frames, places, c } = framesOf(source);
  const names = ['dy', 'x', 'y', 'scale', 'mean', 'inverse'];
  const from = names.map((name) => call.backend.addressOf(input(call, name)));
  const [dx, dscale, doffset] = [source.shape, [c], [c]].map((shape) => call.backend.output(shape));
  const bytes = frames * c * 4;
  runtime.withScratch(2 * bytes, (parts) => {
    const args = [...from, dx!.address, parts, parts + bytes];
    const work = { rows: frames, chunkRows: runtime.evenChunks(frames), args };
    runtime.run(frameNormGradient, { places, c, relu }, work);
    [dscale!, doffset!].forEach(({ address }, i) =>
      sumColumns(runtime, { rows: frames, c }, { x: parts + i * bytes, result: address }),
    );
  });
  return [dx!, dscale!, doffset!].map(({ info }) => info);
}

export const frameNormKernels: Record<string, KernelImplementation> = {
  FrameNorm: normalise,
  FrameNormGrad: gradient,
};
