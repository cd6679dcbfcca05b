/** From light to the bytes of a frame: head over surroundings, camera shake, sensor grain, sRGB. */
import type { Rng } from '../data/rng.ts';
import { toSrgb } from './color.ts';
import { OVERSAMPLING } from './sample-shader.ts';

const SAMPLES = OVERSAMPLING * OVERSAMPLING;

/** Grain values drawn once and read from a random place in each frame. */
const GRAIN_LENGTH = 1 << 16;

/** A square picture of linear light, three values a pixel. */
export type LightPicture = { side: number; light: Float32Array };

/** Lays what was shaded over a picture of the same size. */
export function layOver(sums: Float32Array, picture: LightPicture): void {
  for (let pixel = 0; pixel < picture.side * picture.side; pixel++) {
    const clear = 1 - sums[4 * pixel + 3]! / SAMPLES;
    if (clear === 1) continue;
    for (let channel = 0; channel < 3; channel++) {
      const at = 3 * pixel + channel;
      picture.light[at] = picture.light[at]! * clear + sums[4 * pixel + channel]! / SAMPLES;
    }
  }
}

/** The part of `picture` that a camera wandered by (x, y) pixels sees, `side` pixels wide, times `exposure`. */
export function crop(picture: LightPicture, out: LightPicture, view: { x: number; y: number; exposure: number }): void {
  const columnShift = Math.floor(view.x);
  const rowShift = Math.floor(view.y);
  const fx = view.x - columnShift;
  const fy = view.y - rowShift;
  const gains = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy].map((gain) => gain * view.exposure);
  const [topLeft, topRight, bottomLeft, bottomRight] = gains as [number, number, number, number];
  const { light } = picture;
  const stride = 3 * picture.side;
  for (let row = 0; row < out.side; row++) {
    let from = (row + rowShift) * stride + 3 * columnShift;
    let to = 3 * row * out.side;
    for (let i = 0; i < 3 * out.side; i++, from++, to++)
      out.light[to] =
        topLeft * light[from]! +
        topRight * light[from + 3]! +
        bottomLeft * light[from + stride]! +
        bottomRight * light[from + stride + 3]!;
  }
}

/** Normally distributed noise of the given standard deviation in 8-bit levels. */
export function drawGrain(rng: Rng, deviation: number): Float32Array {
  return Float32Array.from({ length: GRAIN_LENGTH }, () => deviation * rng.normal());
}

/** rgb24 bytes of a picture, with grain that starts at a random place. */
export function toBytes(picture: LightPicture, grain: Float32Array, rng: Rng): Uint8Array {
  const bytes = new Uint8ClampedArray(picture.light.length);
  const start = rng.integer(GRAIN_LENGTH);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = toSrgb(picture.light[i]!) + grain[(start + i * 7) & (GRAIN_LENGTH - 1)]!;
  return new Uint8Array(bytes.buffer);
}
