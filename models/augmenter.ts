/**
 * Networks that turn noise into changes of pictures (Mounsaveng et al. 2021, "Learning data augmentation with online
 * bilevel optimization for image classification"; algorithms.md 3.2). The same change for all frames of a clip. A last
 * layer of zeros gives the identity; weight decay pulls back to it.
 */
import {
  clipByValue,
  concat,
  cos,
  matMul,
  neg,
  relu,
  reshape,
  sin,
  slice,
  sub,
  tanh,
  tensor2d,
  tidy,
  tile,
  zerosLike,
  type Rank,
  type Tensor2D,
  type Tensor3D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import type { AugmenterDraw, ChangeNetwork } from './change-network.ts';
import { dense, dropout } from './layers.ts';
import { initVariables, type ParamSpecs } from './network.ts';
import { clipTransform, type PixelScale } from './ops/clip-transform.ts';
import { COLOUR_CHANGES, recolouredClips, warpOfOffsets } from './ops/clip-transform-colour.ts';
import { assertShape } from './shape.ts';
import { LOCALISATION } from './stn.ts';
import type { NamedTensors } from './types.ts';

/**
 * `affine` and its restrictions: to fewer entries of the matrix, or to turns by one angle; `affine-color` changes colours
 * too; `conditional` is `affine` by what the pictures show.
 */
export const AUGMENTER_NAMES = ['translation', 'scale', 'rotation', 'affine', 'affine-color', 'conditional'] as const;
export type AugmenterName = (typeof AUGMENTER_NAMES)[number];

/**
 * Entries of the warp matrix from output to input places, as differences to the identity, in row order. `shiftX` 0.5
 * shows at every place what lies a quarter of the side to its right.
 */
const WARP_ENTRIES = ['scaleX', 'shearX', 'shiftX', 'shearY', 'scaleY', 'shiftY'] as const;

/**
 * Names of what each network puts out. `angle`: of a clockwise turn, radians. Why one number where the paper's code has
 * four entries of the matrix: four are a linear map of any kind, in which a turn is not to be told from shears and sizes.
 */
const PARAMETERS: Record<AugmenterName, readonly string[]> = {
  translation: ['shiftX', 'shiftY'],
  scale: ['scaleX', 'scaleY'],
  rotation: ['angle'],
  affine: WARP_ENTRIES,
  'affine-color': [...WARP_ENTRIES, ...COLOUR_CHANGES],
  conditional: WARP_ENTRIES,
};

/** Largest difference of an entry of the matrix, at -1 a picture would be spread to one point; and largest angle. */
export const LARGEST_CHANGE = 0.75;
const DROPOUT = 0.2;

export interface Augmenter {
  readonly name: AugmenterName;
  /** z, numbers of noise for a clip. */
  readonly noise: number;
  /** Names of what the network puts out. */
  readonly parameters: readonly string[];
  readonly specs: ParamSpecs;
  /** Fresh weights that the caller owns. */
  init(uniform: () => number): NamedTensors;
  /**
   * The changes of a draw, [n,parameters], clamped. Differentiable in the weights.
   * @param clips - [n,t,h,w,3] int32 bytes, for networks that look at them
   */
  changes(weights: NamedTensors, draw: AugmenterDraw, clips: Tensor5D): Tensor2D;
  /**
   * Clips with these changes, normalised.
   * @param clips - [n,t,h,w,3]: int32 bytes or f32 in 0..1
   */
  transform(clips: Tensor5D, changes: Tensor2D, draw: AugmenterDraw, scale: PixelScale): Tensor5D;
}

export function augmenter(name: AugmenterName): Augmenter {
  const parameters = PARAMETERS[name];
  const { noise, specs, outputs } = name === 'conditional' ? LOCALISATION : layersOf(name);
  return {
    name,
    noise,
    parameters,
    specs,
    init: (uniform) => initVariables(specs, uniform),
    changes: (weights, draw, clips) => tidy(() => limited(name, outputs(weights, draw, clips))),
    transform: (clips, changes, draw, scale) => tidy(() => transformed(name, clips, { ...draw, changes }, scale)),
  };
}

/** Dense layers from noise alone: 828 parameters for `affine`, 2 220 with colours. */
function layersOf(name: AugmenterName): ChangeNetwork {
  const [noise, wide] = name === 'affine-color' ? [10, 100] : [6, 60];
  const specs = specsOf([noise, noise, wide, PARAMETERS[name].length]);
  return { noise, specs, outputs: layered };
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
  const parameters = PARAMETERS[name];
  assertShape(changes, [n, parameters.length], `augmenter ${name}: changes`);
  const offsets: Tensor2D = name === 'rotation' ? turns(changes) : matMul(changes, placement(parameters));
  const warp = warpOfOffsets(offsets, mirrors);
  if (name !== 'affine-color') return clipTransform(clips, { warp, colour: unchangedColours(n) }, scale);
  const amounts = slice(changes, [0, WARP_ENTRIES.length], [n, COLOUR_CHANGES.length]);
  return recolouredClips(clips, warp, { amounts, order }, scale);
}

/** Offsets [n,6] of clockwise turns. @param angles - [n,1], radians */
function turns(angles: Tensor2D): Tensor2D {
  const along = sub<Tensor2D>(cos(angles), 1);
  const across = sin(angles);
  const still = zerosLike(angles);
  return concat<Tensor2D>([along, across, still, neg(across), along, still], 1);
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
