import type { Picture } from './picture.ts';
import { poseSide, type Pose } from './pose.ts';

/** Samples of a side of an output pixel at most, when the region is larger than the crop. */
const MAX_SUPERSAMPLING = 6;

/**
 * The region of a pose as an upright square, bilinear; a region larger than the crop is averaged over several samples
 * a pixel so that it does not alias. What lies outside the picture repeats its border.
 * @returns u8 [size,size,c] with c = 3
 */
export function cropRegion(picture: Picture, pose: Pose, size: number): Uint8Array<ArrayBuffer> {
  const samples = samplesPerPixel(pose, size);
  const fine = size * samples;
  const sums = new Float32Array(size * 3);
  const crop = new Uint8Array(size * size * 3);
  const norm = 1 / (samples * samples);
  for (let row = 0; row < size; row++) {
    sums.fill(0);
    for (let sub = 0; sub < samples; sub++) addRow({ picture, pose, fine, samples }, row * samples + sub, sums);
    for (let i = 0; i < sums.length; i++) crop[row * size * 3 + i] = sums[i]! * norm + 0.5;
  }
  return crop;
}

function samplesPerPixel(pose: Pose, size: number): number {
  return Math.min(MAX_SUPERSAMPLING, Math.max(1, Math.round(poseSide(pose) / size)));
}

type Sampling = { picture: Picture; pose: Pose; fine: number; samples: number };

/** Adds one row of bilinear samples to the sums of its output pixels. */
function addRow({ picture, pose, fine, samples }: Sampling, fineRow: number, sums: Float32Array): void {
  const { width, height, rgb } = picture;
  const v = (fineRow + 0.5) / fine - 0.5;
  for (let column = 0; column < fine; column++) {
    const u = (column + 0.5) / fine - 0.5;
    const x = clamp(pose.x + pose.a * u - pose.b * v - 0.5, width - 1);
    const y = clamp(pose.y + pose.b * u + pose.a * v - 0.5, height - 1);
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - left, y - top];
    const topLeft = (top * width + left) * 3;
    const right = left + 1 < width ? 3 : 0;
    const below = top + 1 < height ? width * 3 : 0;
    const out = Math.floor(column / samples) * 3;
    for (let c = 0; c < 3; c++) {
      const at = topLeft + c;
      const upper = rgb[at]! + (rgb[at + right]! - rgb[at]!) * fx;
      const lower = rgb[at + below]! + (rgb[at + below + right]! - rgb[at + below]!) * fx;
      sums[out + c]! += upper + (lower - upper) * fy;
    }
  }
}

function clamp(value: number, max: number): number {
  return value < 0 ? 0 : value > max ? max : value;
}
