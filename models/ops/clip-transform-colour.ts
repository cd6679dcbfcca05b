/**
 * Warp and colour changes of clips from learned amounts (algorithms.md 3.2 affine_color): brightness x (1 + p), "contrast"
 * x + p (additive, as the paper's code has it), saturation about the pixel's own grey times (1 + p), hue h + h p / 2, in
 * any order, then the range 0..1. The first three are affine in the colour and are multiplied into one matrix.
 */
import {
  add,
  concat,
  eye,
  matMul,
  mul,
  reshape,
  slice,
  tensor3d,
  tidy,
  type Rank,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { clipTransform, type PixelScale } from './clip-transform.ts';
import { LUMA } from './colour-matrix.ts';
import { hueColour } from './hue-colour.ts';

/** The colour changes, in the order of the columns of their amounts. */
export const COLOUR_CHANGES = ['brightness', 'contrast', 'saturation', 'hue'] as const;
const HUE = 3;

/** `amounts` [n,4], 0 = unchanged; `order`: columns of it in the order in which they act. */
export type ColourChanges = { amounts: Tensor2D; order: readonly number[] };

/**
 * Warps, recolours and normalises RGB clips. Differentiable in the amounts and the warp, and in f32 clips.
 * @param clips - [n,t,h,w,3]: int32 bytes 0..255, or f32 in 0..1
 * @param warp - [n,2,3], as `clipTransform` takes it
 * @returns [n,t,h,w,3] f32
 */
export function recolouredClips(
  clips: Tensor5D,
  warp: Tensor3D,
  { amounts, order }: ColourChanges,
  scale: PixelScale,
): Tensor5D {
  return tidy(() => {
    const at = order.indexOf(HUE);
    const asIs = { fill: scale.fill, mean: [0, 0, 0], deviation: [1, 1, 1] };
    const first = pictureMatrix(affineChanges(amounts, order.slice(0, at)));
    const warped = clipTransform(clips, { warp, colour: first }, asIs);
    const hue = reshape<Rank.R1>(slice(amounts, [0, HUE], [-1, 1]), [-1]);
    const colour = pictureMatrix(affineChanges(amounts, order.slice(at + 1)));
    return hueColour(warped, { hue, colour }, scale);
  });
}

/** The product of changes, [n,4,4] on (red, green, blue, 1); the first in the list acts first. */
function affineChanges(amounts: Tensor2D, changes: readonly number[]): Tensor3D {
  const n = amounts.shape[0];
  const unchanged = eye(4, 4, [n]) as Tensor as Tensor3D;
  return changes.reduce<Tensor3D>((product, change) => {
    const amount = reshape(slice(amounts, [0, change], [n, 1]), [n, 1, 1]);
    const matrix: Tensor3D = add(eye(4), mul(amount, tensor3d([GENERATORS[change]!])));
    return matMul(matrix, product);
  }, unchanged);
}

/** What each affine change adds to the identity for an amount of 1, 4 x 4. */
const GENERATORS = [
  generator((row, column) => (row === column ? 1 : 0), 0),
  generator(() => 0, 1),
  generator((row, column) => (row === column ? 1 : 0) - LUMA[column]!, 0),
];

function generator(entry: (row: number, column: number) => number, offset: number): number[][] {
  const rows = [0, 1, 2].map((row) => [...[0, 1, 2].map((column) => entry(row, column)), offset]);
  return [...rows, [0, 0, 0, 0]];
}

/** [n,3,4] of [n,4,4]: the rows of the colours. */
function pictureMatrix(matrix: Tensor3D): Tensor3D {
  return slice(matrix, [0, 0, 0], [-1, 3, 4]);
}

/**
 * Warps that differ from the identity by offsets.
 * @param offsets - [n,6]: what to add to the rows (1, 0, 0) and (0, 1, 0)
 * @param mirrors - [n], -1 for clips that are mirrored left to right before the warp, else 1
 * @returns [n,2,3]
 */
export function warpOfOffsets(offsets: Tensor2D, mirrors: readonly number[]): Tensor3D {
  return tidy(() => {
    const n = offsets.shape[0];
    const identity = tensor3d([1, 0, 0, 0, 1, 0], [1, 2, 3]);
    const warp = add<Tensor3D>(reshape<Rank.R3>(offsets, [n, 2, 3]), identity);
    const factors = tensor3d([...mirrors], [n, 1, 1]);
    const x = mul<Tensor3D>(slice(warp, [0, 0, 0], [n, 1, 3]), factors);
    return concat([x, slice(warp, [0, 1, 0], [n, 1, 3])], 1);
  });
}
