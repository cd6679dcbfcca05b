/** Clips of real faces: a camera that pans, zooms and rolls over the photographs that come with face-api. */
import { createRequire } from 'node:module';
import path from 'node:path';
import sharp from 'sharp';
import { cropRegion } from '../../../src-main/face/crop.ts';
import type { Picture } from '../../../src-main/face/picture.ts';
import { mixPoses, type Pose } from '../../../src-main/face/pose.ts';

const FACE_API = path.dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));

/** @param number - 1 to 6: three or four people each, five on number 5 */
export async function readPhoto(number: number, width = 1280): Promise<Picture> {
  const file = path.join(FACE_API, 'demo', `sample${number}.jpg`);
  const { data, info } = await sharp(file).resize({ width }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: new Uint8Array(data) };
}

/** A square view of a photo: place and side as shares of its width, roll in radians. */
export type View = { x: number; y: number; side: number; roll?: number };

/** One face of photo 6, and the same from a little further. */
export const CLOSE: View = { x: 0.25, y: 0.43, side: 0.3 };
export const FURTHER: View = { x: 0.22, y: 0.4, side: 0.34, roll: 0.15 };
/** Blinds of photo 6, without a face. */
export const NOBODY: View = { x: 0.55, y: 0.05, side: 0.08 };

/** There and back again. */
export function panOver(photo: Picture, { from, to }: { from: View; to: View }, frames: number, size = 256): Picture[] {
  return Array.from({ length: frames }, (_, f) => {
    const share = (1 - Math.cos((2 * Math.PI * f) / Math.max(1, frames - 1))) / 2;
    return viewOf(photo, mixPoses(poseOf(photo, from), poseOf(photo, to), share), size);
  });
}

export function lookAt(photo: Picture, view: View, size = 256): Picture {
  return viewOf(photo, poseOf(photo, view), size);
}

function viewOf(photo: Picture, pose: Pose, size: number): Picture {
  return { width: size, height: size, rgb: cropRegion(photo, pose, size) };
}

function poseOf({ width }: Picture, { x, y, side, roll = 0 }: View): Pose {
  return { x: x * width, y: y * width, a: side * width * Math.cos(roll), b: side * width * Math.sin(roll) };
}
