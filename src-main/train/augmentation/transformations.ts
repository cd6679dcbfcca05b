/**
 * The one registry of transformations: names, ranges and units, the same for all methods and for all frames of a clip.
 * Ranges are those of policy searches (Lim et al. 2019, "Fast AutoAugment"; Cubuk et al. 2020, "RandAugment"). Level 0 is
 * always the picture as it is, level 1 the full range. What has no strength there (equalize, auto-contrast, invert) is
 * blended in by its level, and factors go the same way up and down.
 */
import type { AugmentStrengths } from '../../data/augment.ts';

export const TRANSFORMATION_NAMES = [
  'shearX',
  'shearY',
  'translateX',
  'translateY',
  'rotate',
  'brightness',
  'contrast',
  'saturation',
  'invert',
  'sharpness',
  'autoContrast',
  'equalize',
  'solarize',
  'posterize',
  'cutout',
] as const;
export type TransformationName = (typeof TRANSFORMATION_NAMES)[number];

export type Transformation = {
  /** At level 0 and at level 1, in `unit`. */
  range: readonly [still: number, full: number];
  unit: string;
  /** Whether the value goes either way, at random. */
  signed: boolean;
  /** Affine in places or colours, so that it has a gradient in its value. */
  differentiable: boolean;
  /** The setting of the standard augmentation that does the same. */
  setting?: Exclude<keyof AugmentStrengths, 'flip'>;
};

const smooth = { signed: true, differentiable: true } as const;
const rough = { signed: false, differentiable: false } as const;
const factor = { range: [0, 0.9], unit: 'relative change' } as const;
const blended = { range: [0, 1], unit: 'share of the full effect' } as const;
const shift = { range: [0, 0.45], unit: 'share of the side' } as const;

export const TRANSFORMATIONS: Record<TransformationName, Transformation> = {
  shearX: { ...smooth, range: [0, 0.3], unit: 'sides across for one side down' },
  shearY: { ...smooth, range: [0, 0.3], unit: 'sides down for one side across' },
  translateX: { ...smooth, ...shift, setting: 'translate' },
  translateY: { ...smooth, ...shift },
  rotate: { ...smooth, range: [0, 30], unit: 'degrees', setting: 'rotationDeg' },
  brightness: { ...smooth, ...factor, setting: 'brightness' },
  contrast: { ...smooth, ...factor, setting: 'contrast' },
  saturation: { ...smooth, ...factor, setting: 'saturation' },
  invert: { ...blended, signed: false, differentiable: true },
  sharpness: { ...factor, signed: true, differentiable: false },
  autoContrast: { ...rough, ...blended },
  equalize: { ...rough, ...blended },
  solarize: { ...rough, range: [256, 0], unit: 'byte value from which colours are inverted' },
  posterize: { ...rough, range: [8, 4], unit: 'bits of a channel' },
  cutout: { ...rough, range: [0, 0.2], unit: 'side of the square over that of the picture' },
};

/** Largest relative change of size in the standard augmentation, which no policy knows. */
const LARGEST_SCALE = 0.5;

/** The value of a transformation at a level. @param level - 0..1 */
export function valueAt(name: TransformationName, level: number): number {
  const [still, full] = TRANSFORMATIONS[name].range;
  return still + level * (full - still);
}

/** The standard augmentation uniformly within a share of each range. @param magnitude - 0..1 */
export function strengthsAt(magnitude: number, flip: boolean): AugmentStrengths {
  const known = TRANSFORMATION_NAMES.flatMap((name) => {
    const { setting } = TRANSFORMATIONS[name];
    return setting === undefined ? [] : [[setting, valueAt(name, magnitude)]];
  });
  const strengths = { ...Object.fromEntries(known), scale: magnitude * LARGEST_SCALE } as Omit<
    AugmentStrengths,
    'flip'
  >;
  return { ...strengths, flip };
}
