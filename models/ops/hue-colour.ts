/**
 * The later half of a learned colour change in one pass: hue, an affine change of colours, the range 0..1, normalisation
 * (algorithms.md 3.2 affine_color). Differentiable in the pixels, the hue and the matrix.
 */
import {
  add,
  clipByValue,
  div,
  matMul,
  maximum,
  minimum,
  mod,
  mul,
  registerGradient,
  reshape,
  slice,
  step,
  sub,
  tensor1d,
  tensor2d,
  tidy,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import type { PixelScale } from './clip-transform.ts';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';

/** `hue` [n]: the hue h in 0..1 of every pixel moves by h p / 2. `colour` [n,3,4] takes (red, green, blue, 1) behind it. */
export type HueColour = { hue: Tensor1D; colour: Tensor3D };

/**
 * @param pixels - [n,t,h,w,3] f32, RGB on the scale 0..1
 * @returns [n,t,h,w,3] f32, normalised
 */
export function hueColour(
  pixels: Tensor5D,
  { hue, colour }: HueColour,
  { mean, deviation }: Pick<PixelScale, 'mean' | 'deviation'>,
): Tensor5D {
  if (!hasFusedKernel('HueColour')) return hueColourOfPlainOps(pixels, { hue, colour }, { mean, deviation });
  return runFusedKernel('HueColour', { pixels, hue, colour }, { mean, deviation })[0] as Tensor5D;
}

/** The reference of {@link hueColour}, in plain ops. */
export function hueColourOfPlainOps(
  pixels: Tensor5D,
  { hue, colour }: HueColour,
  { mean, deviation }: Pick<PixelScale, 'mean' | 'deviation'>,
): Tensor5D {
  return tidy(() => {
    const inRange = clipByValue(applyMatrix(shiftHue(pixels, hue), colour), 0, 1);
    const normalised = div(sub(inRange, tensor1d([...mean])), tensor1d([...deviation]));
    return reshape<Rank.R5>(normalised, pixels.shape);
  });
}

/**
 * Moves the hue h in 0..1 of every pixel by h p / 2; saturation and value stay.
 * @param pixels - [n,t,h,w,3] f32, RGB
 * @param amounts - p, n of them
 */
export function shiftHue(pixels: Tensor5D, amounts: Tensor): Tensor5D {
  return tidy(() => {
    const n = pixels.shape[0];
    const [red, green, blue] = channelsOf(pixels);
    const value = maximum(maximum(red, green), blue);
    const chroma = sub(value, minimum(minimum(red, green), blue));
    const hue = hueOf([red, green, blue], value, chroma);
    const factor = mul(add(1, div(reshape(amounts, [n, 1]), 2)), 6);
    const sixths = mul(hue, factor);
    const channel = (offset: number) => {
      const k = mod(add(sixths, offset), 6);
      return sub(value, mul(chroma, clipByValue(minimum(k, sub(4, k)), 0, 1)));
    };
    return joinedChannels([channel(5), channel(3), channel(1)], pixels.shape);
  });
}

/** Red, green and blue, each [n,t·h·w]. Why products: a backend may have no fast kernel to cut the last axis. */
function channelsOf(pixels: Tensor5D): [Tensor, Tensor, Tensor] {
  const flat = reshape<Rank.R2>(pixels, [pixels.size / 3, 3]);
  const channel = (unit: number[]) => reshape(matMul(flat, tensor2d(unit, [3, 1])), [pixels.shape[0], -1]);
  return [channel([1, 0, 0]), channel([0, 1, 0]), channel([0, 0, 1])];
}

/** Undoes {@link channelsOf}. */
function joinedChannels(channels: readonly Tensor[], shape: Tensor5D['shape']): Tensor5D {
  const units = [tensor2d([[1, 0, 0]]), tensor2d([[0, 1, 0]]), tensor2d([[0, 0, 1]])];
  const parts = channels.map((channel, c) => matMul(reshape<Rank.R2>(channel, [channel.size, 1]), units[c]!));
  return reshape<Rank.R5>(add(add(parts[0]!, parts[1]!), parts[2]!), shape);
}

/** Hue in 0..1 (0 is red, 1/3 green); 0 for greys. */
function hueOf([red, green, blue]: [Tensor, Tensor, Tensor], value: Tensor, chroma: Tensor): Tensor {
  const coloured = step(chroma);
  const safe = add(chroma, sub(1, coloured));
  const isRed = isLargest(red, value);
  const isGreen = mul(sub(1, isRed), isLargest(green, value));
  const isBlue = sub(sub(1, isRed), isGreen);
  const fromRed = mod(div(sub(green, blue), safe), 6);
  const fromGreen = add(div(sub(blue, red), safe), 2);
  const fromBlue = add(div(sub(red, green), safe), 4);
  const sixths = add(add(mul(isRed, fromRed), mul(isGreen, fromGreen)), mul(isBlue, fromBlue));
  return div(mul(sixths, coloured), 6);
}

function isLargest(channel: Tensor, value: Tensor): Tensor {
  return sub(1, step(sub(value, channel)));
}

/** [n,t·h·w,c]. Why flat: the gradient of the clipping behind it takes four axes at most on the stock GPU backend. */
function applyMatrix(pixels: Tensor5D, matrix: Tensor3D): Tensor3D {
  const [n, t, h, w, c] = pixels.shape;
  const flat = reshape<Rank.R3>(pixels, [n, t * h * w, c]);
  const linear = matMul(flat, slice(matrix, [0, 0, 0], [n, c, c]), false, true);
  const offset = reshape(slice(matrix, [0, 0, c], [n, c, 1]), [n, 1, c]);
  return add(linear, offset);
}

/**
 * Kernel `HueColourGrad` (dy, pixels, hue, colour) gives [dpixels, dhue, dcolour]. Where two channels are equal the first
 * of red, green and blue counts as the largest, and the last as the smallest.
 */
registerGradient({
  kernelName: 'HueColour',
  inputsToSave: ['pixels', 'hue', 'colour'],
  gradFunc: (dy, saved, attrs) => {
    const [pixels, hue, colour] = saved as [Tensor, Tensor, Tensor];
    const { mean, deviation } = attrs as unknown as PixelScale;
    const inputs = { dy: dy as Tensor, pixels, hue, colour };
    const [dpixels, dhue, dcolour] = runFusedKernel('HueColourGrad', inputs, { mean, deviation });
    return { pixels: () => dpixels!, hue: () => dhue!, colour: () => dcolour! };
  },
});
