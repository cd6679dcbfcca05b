/**
 * Hue, affine colours, range and normalisation in one loop over pixels. Why plain loops over the heap and not generated
 * code: branches by channel are most of it, and a loop is ten times faster than the forty ops it replaces.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { PixelScale } from '../../../../models/ops/clip-transform.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';

const CHANNELS = 3;
const MATRIX = 12;
/** Where the triangle wave of each channel starts, in sixths of the circle. */
const OFFSETS = [5, 3, 1] as const;

type Plan = {
  n: number;
  /** Numbers of one clip. */
  size: number;
  pixels: Float32Array;
  hue: Float32Array;
  colour: Float32Array;
  scale: Pick<PixelScale, 'mean' | 'deviation'>;
};

function planOf(call: KernelCall): Plan {
  const values = (name: string) => call.backend.readSync(input(call, name).dataId) as Float32Array;
  const [n] = input(call, 'pixels').shape as [number];
  const [pixels, hue, colour] = ['pixels', 'hue', 'colour'].map(values) as [Float32Array, Float32Array, Float32Array];
  return { n, size: pixels.length / n, pixels, hue, colour, scale: call.attrs as PixelScale };
}

/** A pixel in the terms of its hue; `largest` and `smallest` are channels, `sixths` its hue in 0..6, `shift` the new one. */
const hsv = { value: 0, chroma: 0, largest: 0, smallest: 0, sixths: 0, shifted: 0 };

function readHue(red: number, green: number, blue: number, factor: number): void {
  hsv.largest = red >= green && red >= blue ? 0 : green >= blue ? 1 : 2;
  hsv.smallest = blue <= red && blue <= green ? 2 : green <= red ? 1 : 0;
  hsv.value = hsv.largest === 0 ? red : hsv.largest === 1 ? green : blue;
  hsv.chroma = hsv.value - (hsv.smallest === 0 ? red : hsv.smallest === 1 ? green : blue);
  hsv.sixths = hsv.chroma === 0 ? 0 : sixthsOf(red, green, blue);
  hsv.shifted = hsv.sixths * factor;
}

function sixthsOf(red: number, green: number, blue: number): number {
  const { largest, chroma } = hsv;
  if (largest === 1) return (blue - red) / chroma + 2;
  if (largest === 2) return (red - green) / chroma + 4;
  return green >= blue ? (green - blue) / chroma : (green - blue) / chroma + 6;
}

/** Place of a channel on its wave, 0..6. */
function waveAt(channel: number): number {
  const place = hsv.shifted + OFFSETS[channel]!;
  return place - 6 * Math.floor(place / 6);
}

function wave(k: number): number {
  if (k >= 4) return 0;
  if (k < 1) return k;
  return k > 3 ? 4 - k : 1;
}

function waveSlope(k: number): number {
  if (k > 0 && k < 1) return 1;
  return k > 3 && k < 4 ? -1 : 0;
}

function forward(call: KernelCall): TensorInfo {
  const { n, size, pixels, hue, colour, scale } = planOf(call);
  const y = call.backend.output(input(call, 'pixels').shape);
  const out = call.backend.runtime.heap.floats.subarray(y.address / 4, y.address / 4 + pixels.length);
  const hued = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const m = colour.subarray(i * MATRIX, (i + 1) * MATRIX);
    const factor = 1 + hue[i]! / 2;
    for (let p = i * size; p < (i + 1) * size; p += CHANNELS) {
      readHue(pixels[p]!, pixels[p + 1]!, pixels[p + 2]!, factor);
      for (let c = 0; c < CHANNELS; c++) hued[c] = hsv.value - hsv.chroma * wave(waveAt(c));
      for (let c = 0; c < CHANNELS; c++) {
        const z = m[4 * c]! * hued[0]! + m[4 * c + 1]! * hued[1]! + m[4 * c + 2]! * hued[2]! + m[4 * c + 3]!;
        out[p + c] = ((z < 0 ? 0 : z > 1 ? 1 : z) - scale.mean[c]!) / scale.deviation[c]!;
      }
    }
  }
  return y.info;
}

function gradient(call: KernelCall): TensorInfo[] {
  const plan = planOf(call);
  const dy = call.backend.readSync(input(call, 'dy').dataId) as Float32Array;
  const results = ['pixels', 'hue', 'colour'].map((name) => call.backend.output(input(call, name).shape));
  const { floats } = call.backend.runtime.heap;
  const lengths = [plan.pixels.length, plan.n, plan.n * MATRIX];
  const [dpixels, dhue, dcolour] = results.map(({ address }, i) =>
    floats.subarray(address / 4, address / 4 + lengths[i]!),
  ) as [Float32Array, Float32Array, Float32Array];
  for (let i = 0; i < plan.n; i++) {
    const sums = clipGradient(plan, i, dy, dpixels);
    dhue[i] = sums.hue;
    dcolour.set(sums.colour, i * MATRIX);
  }
  return results.map(({ info }) => info);
}

/** Sums in double precision over the pixels of clip `i`; the gradients of its pixels go to `dpixels`. */
function clipGradient({ size, pixels, hue, colour, scale }: Plan, i: number, dy: Float32Array, dpixels: Float32Array) {
  const m = colour.subarray(i * MATRIX, (i + 1) * MATRIX);
  const factor = 1 + hue[i]! / 2;
  const sums = { hue: 0, colour: new Float64Array(MATRIX) };
  const hued = [0, 0, 0];
  const dhued = [0, 0, 0];
  const place = [0, 0, 0];
  const upstream: Upstream = { place, dhued, factor };
  for (let p = i * size; p < (i + 1) * size; p += CHANNELS) {
    readHue(pixels[p]!, pixels[p + 1]!, pixels[p + 2]!, factor);
    for (let c = 0; c < CHANNELS; c++) {
      place[c] = waveAt(c);
      hued[c] = hsv.value - hsv.chroma * wave(place[c]!);
      dhued[c] = 0;
    }
    for (let c = 0; c < CHANNELS; c++) {
      const z = m[4 * c]! * hued[0]! + m[4 * c + 1]! * hued[1]! + m[4 * c + 2]! * hued[2]! + m[4 * c + 3]!;
      if (z < 0 || z > 1) continue;
      const dz = dy[p + c]! / scale.deviation[c]!;
      for (let from = 0; from < CHANNELS; from++) {
        sums.colour[4 * c + from]! += dz * hued[from]!;
        dhued[from]! += dz * m[4 * c + from]!;
      }
      sums.colour[4 * c + 3]! += dz;
    }
    sums.hue += pixelGradient(upstream, dpixels, p);
  }
  return sums;
}

type Upstream = { place: readonly number[]; dhued: readonly number[]; factor: number };

/** Writes the gradient of the pixel at `p`. @returns that of the amount of hue */
function pixelGradient({ place, dhued, factor }: Upstream, dpixels: Float32Array, p: number): number {
  const { chroma, largest, smallest, sixths } = hsv;
  let [dvalue, dchroma, dshifted] = [0, 0, 0];
  for (let c = 0; c < CHANNELS; c++) {
    dvalue += dhued[c]!;
    dchroma -= dhued[c]! * wave(place[c]!);
    dshifted -= dhued[c]! * chroma * waveSlope(place[c]!);
  }
  dpixels.fill(0, p, p + CHANNELS);
  if (chroma > 0) {
    const dsixths = (dshifted * factor) / chroma;
    const [up, down] = [(largest + 1) % CHANNELS, (largest + 2) % CHANNELS];
    dpixels[p + up]! += dsixths;
    dpixels[p + down]! -= dsixths;
    dchroma -= dsixths * distanceFromStart(largest, sixths);
  }
  dpixels[p + largest]! += dvalue + dchroma;
  dpixels[p + smallest]! -= dchroma;
  return (dshifted * sixths) / 2;
}

/** Signed distance of a hue from the middle of the part of the circle in which its channel is the largest, in sixths. */
function distanceFromStart(largest: number, sixths: number): number {
  const distance = sixths - 2 * largest;
  return distance > 3 ? distance - 6 : distance;
}

export const hueColourKernels: Record<string, KernelImplementation> = {
  HueColour: forward,
  HueColourGrad: gradient,
};
