/**
 * Augmentation of clips in one pass: affine warp, colour change, normalisation; one matrix of each for a clip, the same
 * for all its frames. Differentiable in the clips (float input) and in both matrices.
 *
 * Coordinates run from -1 (centre of the first column or row) to 1 (centre of the last), as in spatial transformer
 * networks with aligned corners.
 */
import {
  add,
  cast,
  clipByValue,
  customGrad,
  div,
  expandDims,
  floor,
  gather,
  linspace,
  matMul,
  mul,
  ones,
  range,
  registerGradient,
  reshape,
  scatterND,
  slice,
  stack,
  step,
  sub,
  tensor1d,
  tensor3d,
  tensor4d,
  tidy,
  tile,
  unstack,
  type GradSaveFunc,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';

/** Kernels keep the channels of a pixel in one vector. */
const MOST_FUSED_CHANNELS = 4;

/**
 * `warp` [n,2,3] takes an output place (x, y, 1) to the input place it shows. `colour` [n,c,c+1] takes a pixel
 * (channels in 0..1, then 1) to its new colour.
 */
export type ClipMatrices = { warp: Tensor3D; colour: Tensor3D };

/** All [c], on the scale 0..1: what lies outside the picture, and the normalisation (v - mean) / deviation. */
export type PixelScale = { fill: readonly number[]; mean: readonly number[]; deviation: readonly number[] };

/**
 * Warps (bilinear), recolours and normalises clips.
 * @param clips - [n,t,h,w,c]: int32 bytes 0..255, or f32 in 0..1
 * @returns [n,t,h,w,c] f32
 */
export function clipTransform(clips: Tensor5D, { warp, colour }: ClipMatrices, scale: PixelScale): Tensor5D {
  const isFused = hasFusedKernel('ClipTransform') && clips.shape[4] <= MOST_FUSED_CHANNELS;
  if (!isFused) return clipTransformOfPlainOps(clips, { warp, colour }, scale);
  return runFusedKernel('ClipTransform', { clips, warp, colour }, { ...scale })[0] as Tensor5D;
}

/** The reference of {@link clipTransform}, in plain ops. */
export function clipTransformOfPlainOps(clips: Tensor5D, { warp, colour }: ClipMatrices, scale: PixelScale): Tensor5D {
  const [n, t, h, w, c] = clips.shape;
  return tidy(() => {
    const pixels = clips.dtype === 'int32' ? div<Tensor5D>(cast(clips, 'float32'), 255) : clips;
    const warped = sampleBilinear(pixels, inputPlaces(warp, h, w), scale.fill);
    const flat = reshape<Rank.R3>(warped, [n, t * h * w, c]);
    const linear = matMul(flat, slice<Rank.R3, Tensor3D>(colour, [0, 0, 0], [n, c, c]), false, true);
    const recoloured = add(linear, reshape(slice(colour, [0, 0, c], [n, c, 1]), [n, 1, c]));
    const normalised = div(sub(recoloured, tensor1d([...scale.mean])), tensor1d([...scale.deviation]));
    return reshape<Rank.R5>(normalised, clips.shape);
  });
}

/** Input places, in pixels, of the output pixels: [n,2,h·w], x before y. */
function inputPlaces(warp: Tensor3D, h: number, w: number): Tensor3D {
  const columns = reshape<Rank.R1>(tile(reshape(axis(w), [1, w]), [h, 1]), [h * w]);
  const rows = reshape<Rank.R1>(tile(reshape(axis(h), [h, 1]), [1, w]), [h * w]);
  const places = expandDims<Tensor3D>(stack([columns, rows, ones([h * w])]), 0);
  const halves = tensor3d([(w - 1) / 2, (h - 1) / 2], [1, 2, 1]);
  return mul(add(matMul(warp, tile(places, [warp.shape[0], 1, 1])), 1), halves);
}

/** Coordinates of `size` pixels from -1 to 1; the only pixel of a one-pixel axis lies at 0. */
function axis(size: number): Tensor1D {
  return size === 1 ? tensor1d([0]) : linspace(-1, 1, size);
}

/** Bilinear samples of every frame at `places`; neighbours outside the picture have the fill colour. */
function sampleBilinear(pixels: Tensor5D, places: Tensor3D, fill: readonly number[]): Tensor5D {
  const [n, , h, w] = pixels.shape;
  const [x, y] = unstack(places, 1) as [Tensor2D, Tensor2D];
  const [left, top] = [floor(x), floor(y)];
  const [right, bottom] = [add<Tensor2D>(left, 1), add<Tensor2D>(top, 1)];
  const corner = (column: Tensor2D, row: Tensor2D) => cornerPixels(pixels, column, row, fill);
  const blend = (share: Tensor2D, from: Tensor4D, to: Tensor4D) =>
    add<Tensor4D>(from, mul(sub(to, from), reshape(share, [n, 1, h * w, 1])));
  const upper = blend(sub(x, left), corner(left, top), corner(right, top));
  const lower = blend(sub(x, left), corner(left, bottom), corner(right, bottom));
  return reshape<Rank.R5>(blend(sub(y, top), upper, lower), pixels.shape);
}

/** Pixels [n,t,h·w,c] at whole columns and rows [n,h·w]. */
function cornerPixels(pixels: Tensor5D, column: Tensor2D, row: Tensor2D, fill: readonly number[]): Tensor4D {
  const [n, t, h, w, c] = pixels.shape;
  const place = add(mul(clipByValue(row, 0, h - 1), w), clipByValue(column, 0, w - 1));
  const frames = reshape(mul(range(0, n * t, 1, 'float32'), h * w), [n, t, 1]);
  const index = cast<Tensor1D>(reshape(add(frames, expandDims(place, 1)), [n * t * h * w]), 'int32');
  const found = reshape<Rank.R4>(gatherRows(reshape(pixels, [n * t * h * w, c]), index), [n, t, h * w, c]);
  const inside = reshape(mul(isInside(column, w), isInside(row, h)), [n, 1, h * w, 1]);
  const outside = tensor4d([...fill], [1, 1, 1, c]);
  return add(outside, mul(inside, sub(found, outside)));
}

/** 1 where a whole place is on an axis of `size` pixels, else 0. */
function isInside(place: Tensor2D, size: number): Tensor2D {
  return mul(step(add(place, 0.5)), step(sub(size - 0.5, place)));
}

/** Rows of x by index. Why not `gather`: its gradient stumbles over an index that was computed on the tape. */
function gatherRows(x: Tensor2D, index: Tensor1D): Tensor2D {
  const take = customGrad((...args) => {
    const [rows, save] = args as unknown as [Tensor2D, GradSaveFunc];
    save([index]);
    const gradFunc = (dy: Tensor, [taken]: Tensor[]) => scatterND(expandDims(taken!, 1), dy, x.shape);
    return { value: gather(rows, index), gradFunc };
  });
  return take(x) as Tensor2D;
}

/** Kernel `ClipTransformGrad` (dy, clips, warp, colour) gives [dclips, dwarp, dcolour]; dclips only when asked. */
registerGradient({
  kernelName: 'ClipTransform',
  inputsToSave: ['clips', 'warp', 'colour'],
  gradFunc: (dy, saved, attrs) => {
    const [clips, warp, colour] = saved as [Tensor, Tensor, Tensor];
    const scale = attrs as unknown as PixelScale;
    const gradient = (of: 'clips' | 'matrices') =>
      runFusedKernel('ClipTransformGrad', { dy: dy as Tensor, clips, warp, colour }, { ...scale, of });
    return {
      clips: () => gradient('clips')[0]!,
      warp: () => gradient('matrices')[0]!,
      colour: () => gradient('matrices')[1]!,
    };
  },
});
