/**
 * Augmentation of a clip, the same for all its frames: mirror, rotation, size, shift, brightness, contrast, saturation
 * (algorithms.md 1.5). One draw makes the two matrices that `clipTransform` takes.
 */
import { colourMatrix } from '../../models/ops/colour-matrix.ts';
import { warpMatrix } from '../../models/ops/warp-matrix.ts';
import type { TrainConfig } from '../contract/config.ts';
import type { Rng } from './rng.ts';

/** `warp` [2,3] and `colour` [3,4] in row order. */
export type ClipAugmentation = { warp: number[]; colour: number[] };

export type AugmentStrengths = TrainConfig['augment'];

/** Draws the same count of random numbers whatever the strengths. Crops are square. */
export function drawAugmentation(rng: Rng, strengths: AugmentStrengths): ClipAugmentation {
  const within = (largest: number) => rng.range(-largest, largest);
  const mirrored = rng.next() < 0.5;
  return {
    warp: warpMatrix({
      flip: strengths.flip && mirrored,
      rotationDeg: within(strengths.rotationDeg),
      scale: (1 + strengths.scale) ** rng.range(-1, 1),
      shiftX: 2 * within(strengths.translate),
      shiftY: 2 * within(strengths.translate),
      aspect: 1,
    }),
    colour: colourMatrix({
      brightness: 1 + within(strengths.brightness),
      contrast: 1 + within(strengths.contrast),
      saturation: 1 + within(strengths.saturation),
    }),
  };
}
