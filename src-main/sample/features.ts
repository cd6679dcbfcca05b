/** Eyes and mouth of one frame. */
import type { Eye } from './eyes.ts';
import { nearEye, openEye, paintEye } from './eyes.ts';
import type { FrameState } from './frame-state.ts';
import type { Mouth } from './mouth.ts';
import { nearMouth, openMouth, paintMouth } from './mouth.ts';
import type { Person } from './person.ts';
import type { Lighting, SurfacePoint } from './shading.ts';

export type Features = { mouth: Mouth; eyes: readonly [Eye, Eye] };

export function openFeatures(person: Person, state: FrameState, lighting: Lighting): Features {
  const movement = { ...state, lighting };
  return {
    mouth: openMouth(person, state.face),
    eyes: [openEye(person, -1, movement), openEye(person, 1, movement)],
  };
}

/** Draws the feature at (x, y) of the face, if any, over the skin in `point`. */
export function paintFeatures(features: Features, x: number, y: number, point: SurfacePoint): void {
  const { mouth, eyes } = features;
  const eye = eyes[x < 0 ? 0 : 1];
  if (nearEye(eye, x, y)) paintEye(eye, x, y, point);
  else if (nearMouth(mouth, x, y)) paintMouth(mouth, x, y, point);
}
