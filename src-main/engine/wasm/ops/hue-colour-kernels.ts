import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { PixelScale } from '../../../../models/ops/clip-transform.ts';
import { HUE_COLOUR_SUMS, hueColour, hueColourGradient, type HueColourParams } from '../kernels/hue-colour.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';

const VECTOR_FLOATS = 4;
const MATRIX_FLOATS = 12;

function paramsOf(call: KernelCall): { n: number; params: HueColourParams } {
  const [n, t, h, w] = input(call, 'pixels').shape as [number, number, number, number, number];
  const { mean, deviation } = call.attrs as PixelScale;
  return { n, params: { t, places: h * w, mean: [...mean], deviation: [...deviation] } };
}

/** Runs `use` with the address of what the hue of each clip is multiplied by: 1 + p / 2. */
function withHueFactors(call: KernelCall, use: (factors: number) => void): void {
  const { runtime } = call.backend;
  const hue = call.backend.readSync(input(call, 'hue').dataId) as Float32Array;
  runtime.withScratch(4 * hue.length, (address) => {
    runtime.heap.floats.set(
      hue.map((amount) => 1 + amount / 2),
      address / 4,
    );
    use(address);
  });
}

function forward(call: KernelCall): TensorInfo {
  const { backend } = call;
  const { n, params } = paramsOf(call);
  const [pixels, colour] = ['pixels', 'colour'].map((name) => backend.addressOf(input(call, name)));
  const y = backend.output(input(call, 'pixels').shape);
  withHueFactors(call, (factors) => {
    const rows = n * params.t;
    const args = [pixels!, factors, colour!, y.address];
    backend.runtime.run(hueColour, params, { rows, chunkRows: backend.runtime.evenChunks(rows), args });
  });
  return y.info;
}

function gradient(call: KernelCall): TensorInfo[] {
  const { runtime } = call.backend;
  const { n, params } = paramsOf(call);
  const names = ['pixels', 'hue', 'colour'];
  const [pixels, colour, dy] = ['pixels', 'colour', 'dy'].map((name) => call.backend.addressOf(input(call, name)));
  const [dpixels, dhue, dcolour] = names.map((name) => call.backend.output(input(call, name).shape));
  const rows = n * params.t;
  withHueFactors(call, (factors) =>
    runtime.withScratch(rows * HUE_COLOUR_SUMS * VECTOR_FLOATS * 4, (sums) => {
      const args = [pixels!, factors, colour!, dy!, dpixels!.address, sums];
      runtime.run(hueColourGradient, params, { rows, chunkRows: runtime.evenChunks(rows), args });
      const { floats } = runtime.heap;
      for (let i = 0; i < n; i++) {
        const [hue, ...matrix] = clipSums(floats, sums / 4, { clip: i, frames: params.t });
        floats[dhue!.address / 4 + i] = hue! / 2;
        floats.set(matrix, dcolour!.address / 4 + i * MATRIX_FLOATS);
      }
    }),
  );
  return [dpixels!, dhue!, dcolour!].map(({ info }) => info);
}

/** The vectors of all frames of a clip added up in double precision, and their lanes. */
function clipSums(floats: Float32Array, sums: number, { clip, frames }: { clip: number; frames: number }): number[] {
  return Array.from({ length: HUE_COLOUR_SUMS }, (_, sum) => {
    let total = 0;
    for (let frame = clip * frames; frame < (clip + 1) * frames; frame++)
      for (let lane = 0; lane < VECTOR_FLOATS; lane++)
        total += floats[sums + (frame * HUE_COLOUR_SUMS + sum) * VECTOR_FLOATS + lane]!;
    return total;
  });
}

export const hueColourKernels: Record<string, KernelImplementation> = {
  HueColour: forward,
  HueColourGrad: gradient,
};
