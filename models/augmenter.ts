/**
 * Networks that turn noise into changes of pictures (Mounsaveng et al. 2021, "Learning data augmentation with online
 * bilevel optimization for image classification"; algorithms.md 3.2). The same change for all frames of a clip. A last
 * layer of zeros gives the identity; weight decay pulls back to it.
 */
import {
  clipByValue,
  concat,
  matMul,
  relu,
  reshape,
  slice,
  tanh,
  tensor2d,
  tidy,
  tile,
  type Rank,
  type Tensor2D,
  type Tensor3D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { dense, dropout } from './layers.ts';
import { initVariables, type ParamSpecs } from './network.ts';
import { clipTransform, type PixelScale } from './ops/clip-transform.ts';
import { COLOUR_CHANGES, recolouredClips, warpOfOffsets } from './ops/clip-transform-colour.ts';
import { assertShape } from './shape.ts';
import type { NamedTensors } from './types.ts';

/** `affine` and its restrictions to fewer entries of the matrix; `affine-color` changes colours too. */
export const AUGMENTER_NAMES = ['translation', 'scale', 'rotation', 'affine', 'affine-color'] as const;
export type AugmenterName = (typeof AUGMENTER_NAMES)[number];

/**
 * Entries of the warp matrix from output to input places, as differences to the identity, in row order. `shiftX` 0.5
 * shows at every place what lies a quarter of the side to its right.
 */
const WARP_ENTRIES = ['scaleX', 'shearX', 'shiftX', 'shearY', 'scaleY', 'shiftY'] as const;

const RESTRICTIONS: Record<AugmenterName, readonly string[]> = {
  translation: ['shiftX', 'shiftY'],
  scale: ['scaleX', 'scaleY'],
  rotation: ['scaleX', 'shearX', 'shearY', 'scaleY'],
  affine: WARP_ENTRIES,
  'affine-color': [...WARP_ENTRIES, ...COLOUR_CHANGES],
};

/** Largest difference of an entry of the matrix; at -1 a picture would be spread to one point. */
export const LARGEST_CHANGE = 0.75;
const DROPOUT = 0.2;

/**
 * What is drawn at random for the clips of a batch: `noise` [n][z] in -1..1, `mirrors` [n] (-1: mirrored), the order of
 * colour changes, and the seed of dropout masks.
 */
export type AugmenterDraw = { noise: number[][]; mirrors: number[]; order: number[]; seed: number };

export interface Augmenter {
  readonly name: AugmenterName;
  /** z, numbers of noise for a clip. */
  readonly noise: number;
  /** Names of what the network puts out. */
  readonly parameters: readonly string[];
  readonly specs: ParamSpecs;
  /** Fresh weights that the caller owns. */
  init(uniform: () => number): NamedTensors;
  /** The changes of a draw, [n,parameters], clamped. Differentiable in the weights. */
  changes(weights: NamedTensors, draw: AugmenterDraw): Tensor2D;
  /**
   * Clips with these changes, normalised.
   * @param clips - [n,t,h,w,3]: int32 bytes or f32 in 0..1
   */
  transform(clips: Tensor5D, changes: Tensor2D, draw: AugmenterDraw, scale: PixelScale): Tensor5D;
}

export function augmenter(name: AugmenterName): Augmenter {
  const parameters = RESTRICTIONS[name];
  const [noise, wide] = name === 'affine-color' ? [10, 100] : [6, 60];
  const sizes = [noise, noise, wide, parameters.length];
  const specs = specsOf(sizes);
  return {
    name,
    noise,
    parameters,
    specs,
    init: (uniform) => initVariables(specs, uniform),
    changes: (weights, draw) => tidy(() => limited(name, layered(weights, draw))),
    transform: (clips, changes, draw, scale) => tidy(() => transformed(name, clips, { ...draw, changes }, scale)),
  };
}

function specsOf(sizes: readonly number[]): ParamSpecs {
  const last = sizes.length - 2;
  return Object.fromEntries(
    sizes.slice(1).flatMap((outputs, i): [string, ParamSpecs[string]][] => [
      [`dense${i + 1}.kernel`, { shape: [sizes[i]!, outputs], start: i === last ? 'zeros' : 'he' }],
      [`dense${i + 1}.bias`, { shape: [outputs], start: 'zeros' }],
    ]),
  );
}

function layered(weights: NamedTensors, { noise, seed }: AugmenterDraw): Tensor2D {
  const mode = { training: true as const, seed, bufferUpdates: {} };
  const hidden = (x: Tensor2D, layer: number) =>
    dropout(relu(dense(x, weights, `dense${layer}`)), DROPOUT, mode, layer);
  return dense(hidden(hidden(tensor2d(noise), 1), 2), weights, 'dense3');
}

/** Translations and the network with colours end in tanh [DABO]; entries of the matrix stay away from -1. */
function limited(name: AugmenterName, outputs: Tensor2D): Tensor2D {
  if (name === 'affine-color') {
    const bounded = tanh(outputs);
    const entries = WARP_ENTRIES.length;
    const warp = clipByValue(slice(bounded, [0, 0], [-1, entries]), -LARGEST_CHANGE, LARGEST_CHANGE);
    return concat([warp, slice(bounded, [0, entries], [-1, COLOUR_CHANGES.length])], 1);
  }
  return clipByValue(name === 'translation' ? tanh(outputs) : outputs, -LARGEST_CHANGE, LARGEST_CHANGE);
}

function transformed(
  name: AugmenterName,
  clips: Tensor5D,
  { changes, mirrors, order }: AugmenterDraw & { changes: Tensor2D },
  scale: PixelScale,
): Tensor5D {
  const n = clips.shape[0];
  const parameters = RESTRICTIONS[name];
  assertShape(changes, [n, parameters.length], `augmenter ${name}: changes`);
  const warp = warpOfOffsets(matMul(changes, placement(parameters)), mirrors);
  if (name !== 'affine-color') return clipTransform(clips, { warp, colour: unchangedColours(n) }, scale);
  const amounts = slice(changes, [0, WARP_ENTRIES.length], [n, COLOUR_CHANGES.length]);
  return recolouredClips(clips, warp, { amounts, order }, scale);
}

/** [parameters,6], 1 where a parameter is an entry of the matrix. */
function placement(parameters: readonly string[]): Tensor2D {
  return tensor2d(parameters.map((parameter) => WARP_ENTRIES.map((entry) => (entry === parameter ? 1 : 0))));
}

/** [n,3,4] */
function unchangedColours(n: number): Tensor3D {
  const unchanged = tensor2d([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], [1, 12]);
  return reshape<Rank.R3>(tile(unchanged, [n, 1]), [n, 3, 4]);
}
