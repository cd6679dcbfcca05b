import { cropRegion } from './crop.ts';
import type { Picture } from './picture.ts';
import type { Pose } from './pose.ts';

const PATCH_SIZE = 24;

/** The look of a face: its aligned square in grey, small, with mean 0 and norm 1. */
export type Patch = Float32Array;

export function facePatch(picture: Picture, pose: Pose): Patch {
  const crop = cropRegion(picture, pose, PATCH_SIZE);
  const grey = new Float32Array(PATCH_SIZE * PATCH_SIZE);
  for (let i = 0; i < grey.length; i++) grey[i] = crop[3 * i]! + 2 * crop[3 * i + 1]! + crop[3 * i + 2]!;
  return normalise(grey);
}

function normalise(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const norm = Math.hypot(...values.map((value) => value - mean));
  return values.map((value) => (norm > 0 ? (value - mean) / norm : 0));
}

/** Normalised correlation of two patches, -1 to 1; light and contrast do not matter. */
export function similarity(one: Patch, other: Patch): number {
  return one.reduce((sum, value, i) => sum + value * other[i]!, 0);
}
