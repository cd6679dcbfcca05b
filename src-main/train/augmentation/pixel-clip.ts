/** What policies do to the bytes of a clip. Nothing here has a gradient; every frame is treated alike. */
import { LUMA } from '../../../models/ops/colour-matrix.ts';
import { CHANNELS } from '../../data/batches.ts';

/** `bytes` u8 [t,h,w,3]. */
export type PixelClip = { bytes: Uint8Array; t: number; h: number; w: number };

/** What each byte becomes, [3][256] by channel. */
export type Curves = readonly Uint8Array[];

/** What comes in from outside the picture: the mean of the normalisation. */
const GREY = 128;
const BYTES = 256;
/** Weights of a pixel and of its eight neighbours in the smooth picture that sharpness blends with [PIL]. */
const SMOOTH = { own: 5 / 13, neighbour: 1 / 13 };

/** A byte for any number. */
export function byteOf(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value);
}

/**
 * Warps bilinearly.
 * @param warp - [2][3] in row order, from output to input places, -1 to 1 from the first to the last pixel
 */
export function warped(clip: PixelClip, warp: readonly number[]): PixelClip {
  const { bytes, t, h, w } = clip;
  const out = new Uint8Array(bytes.length);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const place = inputPlace(warp, { x, y }, clip);
      const at = (y * w + x) * CHANNELS;
      for (let frame = 0; frame < t; frame++) samplePixel(clip, place, frame * h * w * CHANNELS, { out, at });
    }
  return { ...clip, bytes: out };
}

type Place = { left: number; top: number; shareX: number; shareY: number };

function inputPlace(
  [xx, xy, x1, yx, yy, y1]: readonly number[],
  { x, y }: { x: number; y: number },
  { h, w }: PixelClip,
): Place {
  const [u, v] = [w === 1 ? 0 : (2 * x) / (w - 1) - 1, h === 1 ? 0 : (2 * y) / (h - 1) - 1];
  const column = ((xx! * u + xy! * v + x1! + 1) * (w - 1)) / 2;
  const row = ((yx! * u + yy! * v + y1! + 1) * (h - 1)) / 2;
  const [left, top] = [Math.floor(column), Math.floor(row)];
  return { left, top, shareX: column - left, shareY: row - top };
}

function samplePixel(
  { bytes, h, w }: PixelClip,
  { left, top, shareX, shareY }: Place,
  offset: number,
  { out, at }: { out: Uint8Array; at: number },
): void {
  for (let channel = 0; channel < CHANNELS; channel++) {
    const pixel = (row: number, column: number) =>
      row < 0 || row >= h || column < 0 || column >= w
        ? GREY
        : bytes[offset + (row * w + column) * CHANNELS + channel]!;
    const upper = pixel(top, left) * (1 - shareX) + pixel(top, left + 1) * shareX;
    const lower = pixel(top + 1, left) * (1 - shareX) + pixel(top + 1, left + 1) * shareX;
    out[offset + at + channel] = byteOf(upper * (1 - shareY) + lower * shareY);
  }
}

/** Every byte by the curve of its channel. */
export function curved(clip: PixelClip, curves: Curves): PixelClip {
  return { ...clip, bytes: clip.bytes.map((value, i) => curves[i % CHANNELS]![value]!) };
}

/** The same curve for all channels. */
export function curvesOf(curve: (value: number) => number): Curves {
  const table = Uint8Array.from({ length: BYTES }, (_, value) => byteOf(curve(value)));
  return Array.from({ length: CHANNELS }, () => table);
}

/** Bytes of each channel counted over all frames, [3][256]. */
export function histograms({ bytes }: PixelClip): Float64Array[] {
  const counts = Array.from({ length: CHANNELS }, () => new Float64Array(BYTES));
  for (let i = 0; i < bytes.length; i++) counts[i % CHANNELS]![bytes[i]!]!++;
  return counts;
}

/** Mean grey value of the clip. */
export function meanGrey(clip: PixelClip): number {
  const pixels = clip.bytes.length / CHANNELS;
  const means = histograms(clip).map((counts) => counts.reduce((sum, count, value) => sum + count * value, 0) / pixels);
  return means.reduce((sum, mean, channel) => sum + mean * LUMA[channel]!, 0);
}

/** Stretches each channel to the whole range. */
export function autoContrastCurves(clip: PixelClip): Curves {
  return histograms(clip).map((counts) => {
    const low = counts.findIndex((count) => count > 0);
    const high = counts.findLastIndex((count) => count > 0);
    const gain = high > low ? 255 / (high - low) : 1;
    return Uint8Array.from({ length: BYTES }, (_, value) => byteOf(high > low ? (value - low) * gain : value));
  });
}

/** Makes all bytes of a channel equally frequent. */
export function equalizeCurves(clip: PixelClip): Curves {
  return histograms(clip).map((counts) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const last = counts[counts.findLastIndex((count) => count > 0)]!;
    let below = 0;
    return Uint8Array.from({ length: BYTES }, (_, value) => {
      const rank = below;
      below += counts[value]!;
      return total === last ? value : byteOf((255 * rank) / (total - last));
    });
  });
}

/** Part of the way from the bytes as they are to these curves. @param share - 0..1 */
export function blendedCurves(curves: Curves, share: number): Curves {
  return curves.map((curve) => curve.map((target, value) => byteOf(value + share * (target - value))));
}

/** Colours about the grey of each pixel. @param gain - 1 leaves them, 0 makes them grey */
export function saturated(clip: PixelClip, gain: number): PixelClip {
  const bytes = new Uint8Array(clip.bytes.length);
  for (let i = 0; i < bytes.length; i += CHANNELS) {
    const [red, green, blue] = [clip.bytes[i]!, clip.bytes[i + 1]!, clip.bytes[i + 2]!];
    const grey = LUMA[0]! * red + LUMA[1]! * green + LUMA[2]! * blue;
    bytes[i] = byteOf(grey + gain * (red - grey));
    bytes[i + 1] = byteOf(grey + gain * (green - grey));
    bytes[i + 2] = byteOf(grey + gain * (blue - grey));
  }
  return { ...clip, bytes };
}

/** Pixels about the mean of their surroundings; those at the border stay. @param gain - 1 leaves them, 0 smooths */
export function sharpened(clip: PixelClip, gain: number): PixelClip {
  const { bytes, t, h, w } = clip;
  const out = bytes.slice();
  const [right, down] = [CHANNELS, w * CHANNELS];
  for (let frame = 0; frame < t; frame++)
    for (let y = 1; y < h - 1; y++)
      for (let i = ((frame * h + y) * w + 1) * CHANNELS; i < ((frame * h + y + 1) * w - 1) * CHANNELS; i++) {
        const row = (at: number) => bytes[at - right]! + bytes[at]! + bytes[at + right]!;
        const around = row(i - down) + row(i) + row(i + down) - bytes[i]!;
        const smooth = SMOOTH.own * bytes[i]! + SMOOTH.neighbour * around;
        out[i] = byteOf(smooth + gain * (bytes[i]! - smooth));
      }
  return { ...clip, bytes: out };
}

/** A grey square about a place. @param centre - column and row as shares of the sides; `side` too */
export function cutOut(clip: PixelClip, centre: readonly [number, number], side: number): PixelClip {
  const { t, h, w } = clip;
  const bytes = clip.bytes.slice();
  const span = (middle: number, size: number): [number, number] => {
    const from = Math.round((middle - side / 2) * size);
    return [Math.max(0, from), Math.min(size, from + Math.round(side * size))];
  };
  const [left, right] = span(centre[0], w);
  const [top, bottom] = span(centre[1], h);
  for (let frame = 0; frame < t; frame++)
    for (let y = top; y < bottom; y++)
      bytes.fill(
        GREY,
        ((frame * h + y) * w + left) * CHANNELS,
        ((frame * h + y) * w + Math.max(left, right)) * CHANNELS,
      );
  return { ...clip, bytes };
}
