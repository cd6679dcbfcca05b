/**
 * Random transformations of the standard augmentation at full magnitude, with the ranges that policy searches use (Lim et
 * al. 2019, "Fast AutoAugment"). All are affine in places or colours, differentiable, and the same for all frames.
 */
import type { AugmentStrengths } from '../../data/augment.ts';

type Transformation = { setting: Exclude<keyof AugmentStrengths, 'flip'>; largest: number; unit: string };

export const TRANSFORMATIONS: readonly Transformation[] = [
  { setting: 'rotationDeg', largest: 30, unit: 'degrees either way' },
  { setting: 'scale', largest: 0.5, unit: 'relative change of size' },
  { setting: 'translate', largest: 0.45, unit: 'share of the side either way' },
  { setting: 'brightness', largest: 0.9, unit: 'relative change' },
  { setting: 'contrast', largest: 0.9, unit: 'relative change' },
  { setting: 'saturation', largest: 0.9, unit: 'relative change' },
];

/** All transformations uniformly within a share of their range. @param magnitude - 0..1 */
export function strengthsAt(magnitude: number, flip: boolean): AugmentStrengths {
  const strengths = TRANSFORMATIONS.map(({ setting, largest }) => [setting, magnitude * largest]);
  return { ...(Object.fromEntries(strengths) as Omit<AugmentStrengths, 'flip'>), flip };
}
