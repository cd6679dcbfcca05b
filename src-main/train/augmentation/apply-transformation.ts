import { warpMatrix } from '../../../models/ops/warp-matrix.ts';
import type { Rng } from '../../data/rng.ts';
import {
  autoContrastCurves,
  blendedCurves,
  curved,
  curvesOf,
  cutOut,
  equalizeCurves,
  meanGrey,
  saturated,
  sharpened,
  warped,
  type PixelClip,
} from './pixel-clip.ts';
import { TRANSFORMATIONS, valueAt, type TransformationName } from './transformations.ts';

const MIRROR = [-1, 0, 0, 0, 1, 0];

/** How a clip looks at a value of a transformation, in its unit; `rng` chooses places. */
const EFFECTS: Record<TransformationName, (clip: PixelClip, value: number, rng: Rng) => PixelClip> = {
  shearX: (clip, value) => warped(clip, [1, value, 0, 0, 1, 0]),
  shearY: (clip, value) => warped(clip, [1, 0, 0, value, 1, 0]),
  translateX: (clip, value) => warped(clip, [1, 0, -2 * value, 0, 1, 0]),
  translateY: (clip, value) => warped(clip, [1, 0, 0, 0, 1, -2 * value]),
  rotate: (clip, rotationDeg) =>
    warped(clip, warpMatrix({ flip: false, rotationDeg, scale: 1, shiftX: 0, shiftY: 0, aspect: clip.w / clip.h })),
  brightness: (clip, value) =>
    curved(
      clip,
      curvesOf((byte) => byte * (1 + value)),
    ),
  contrast: (clip, value) => {
    const grey = meanGrey(clip);
    return curved(
      clip,
      curvesOf((byte) => grey + (1 + value) * (byte - grey)),
    );
  },
  saturation: (clip, value) => saturated(clip, 1 + value),
  invert: (clip, share) =>
    curved(
      clip,
      curvesOf((byte) => byte + share * (255 - 2 * byte)),
    ),
  sharpness: (clip, value) => sharpened(clip, 1 + value),
  autoContrast: (clip, share) => curved(clip, blendedCurves(autoContrastCurves(clip), share)),
  equalize: (clip, share) => curved(clip, blendedCurves(equalizeCurves(clip), share)),
  solarize: (clip, threshold) =>
    curved(
      clip,
      curvesOf((byte) => (byte >= threshold ? 255 - byte : byte)),
    ),
  posterize: (clip, bits) => {
    const step = 2 ** (8 - Math.round(bits));
    return curved(
      clip,
      curvesOf((byte) => Math.floor(byte / step) * step),
    );
  },
  cutout: (clip, side, rng) => cutOut(clip, [rng.next(), rng.next()], side),
};

/**
 * A clip changed by one transformation, all its frames alike. Signs and places come from `rng`.
 * @param level - 0..1, 0 leaves the clip as it is
 */
export function applyTransformation(clip: PixelClip, name: TransformationName, level: number, rng: Rng): PixelClip {
  const sign = TRANSFORMATIONS[name].signed && rng.next() < 0.5 ? -1 : 1;
  return level === 0 ? clip : EFFECTS[name](clip, sign * valueAt(name, level), rng);
}

/** A clip seen in a mirror. */
export function mirrored(clip: PixelClip): PixelClip {
  return warped(clip, MIRROR);
}
