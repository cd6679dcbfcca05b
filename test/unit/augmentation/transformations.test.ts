import { describe, expect, it } from 'vitest';
import { applyTransformation, mirrored } from '../../../src-main/train/augmentation/apply-transformation.ts';
import type { PixelClip } from '../../../src-main/train/augmentation/pixel-clip.ts';
import {
  strengthsAt,
  TRANSFORMATION_NAMES,
  TRANSFORMATIONS,
  valueAt,
} from '../../../src-main/train/augmentation/transformations.ts';
import { Rng } from '../../../src-main/data/rng.ts';

const [T, H, W] = [2, 9, 9];
const rng = new Rng(4);
const still = Uint8Array.from({ length: H * W * 3 }, () => 40 + rng.integer(160));
/** All frames alike. */
const clip: PixelClip = { bytes: Uint8Array.from([...still, ...still]), t: T, h: H, w: W };
const pixel = ({ bytes }: PixelClip, y: number, x: number, frame = 0) =>
  Array.from(bytes.subarray(((frame * H + y) * W + x) * 3, ((frame * H + y) * W + x) * 3 + 3));

/** Random numbers that always choose the positive side and the middle. */
const positive = () => {
  const chosen = Array.from({ length: 200 }, (_, seed) => new Rng(seed)).find(
    (one) => new Rng(one.state).next() > 0.9,
  )!;
  return chosen;
};
const applied = (name: (typeof TRANSFORMATION_NAMES)[number], level: number, of = clip) =>
  applyTransformation(of, name, level, positive());

describe.each(TRANSFORMATION_NAMES)('%s', (name) => {
  it('leaves a clip as it is at level 0 and changes it at level 1', () => {
    expect(applied(name, 0).bytes).toEqual(clip.bytes);
    expect(applied(name, 1).bytes).not.toEqual(clip.bytes);
  });

  it('treats all frames alike, and leaves its input alone', () => {
    const before = clip.bytes.slice();
    const { bytes } = applied(name, 0.8);
    expect(bytes.slice(0, still.length)).toEqual(bytes.slice(still.length));
    expect(clip.bytes).toEqual(before);
  });

  it('repeats itself with the same random numbers', () => {
    const run = () => applyTransformation(clip, name, 0.6, new Rng(8)).bytes;
    expect(run()).toEqual(run());
  });

  it('has a value of its range at every level', () => {
    const [none, full] = TRANSFORMATIONS[name].range;
    expect([valueAt(name, 0), valueAt(name, 1)]).toEqual([none, full]);
    expect(valueAt(name, 0.5)).toBeCloseTo((none + full) / 2);
  });
});

it('goes either way with the same frequency where it is signed', () => {
  const own = new Rng(1);
  const brighter = Array.from({ length: 200 }, () => applyTransformation(clip, 'brightness', 0.5, own).bytes[0]!);
  const up = brighter.filter((value) => value > clip.bytes[0]!).length;
  expect(up).toBeGreaterThan(75);
  expect(up).toBeLessThan(125);
});

describe('transformations of literal examples', () => {
  const grey = (value: number): PixelClip => ({ bytes: new Uint8Array(27).fill(value), t: 1, h: 3, w: 3 });

  it('shift by a share of the side, with grey from outside', () => {
    const wide: PixelClip = {
      bytes: Uint8Array.from({ length: 21 * 3 }, (_, i) => 10 * Math.floor(i / 3)),
      t: 1,
      h: 1,
      w: 21,
    };
    const shifted = applied('translateX', 1, wide);
    expect(Array.from(shifted.bytes.subarray(0, 3))).toEqual([128, 128, 128]);
    // 0.45 of 20 intervals: what was in column 1 is in column 10.
    expect(shifted.bytes[10 * 3]).toBe(10);
  });

  it('change bytes as their definitions say', () => {
    expect(applied('invert', 1, grey(30)).bytes[0]).toBe(225);
    expect(applied('solarize', 0.5, grey(200)).bytes[0]).toBe(55);
    expect(applied('solarize', 0.5, grey(100)).bytes[0]).toBe(100);
    expect(applied('posterize', 1, grey(0b10111011)).bytes[0]).toBe(0b10110000);
    expect(applied('brightness', 0.5, grey(100)).bytes[0]).toBe(145);
    expect(applied('contrast', 1, grey(77)).bytes[0]).toBe(77);
  });

  it('stretch or level the histogram of each channel over the whole clip', () => {
    const two: PixelClip = { bytes: Uint8Array.from([50, 60, 70, 100, 90, 80]), t: 2, h: 1, w: 1 };
    expect(Array.from(applied('autoContrast', 1, two).bytes)).toEqual([0, 0, 0, 255, 255, 255]);
    expect(Array.from(applied('equalize', 1, two).bytes)).toEqual([0, 0, 0, 255, 255, 255]);
  });

  it('turn clockwise', () => {
    const dot: PixelClip = { bytes: new Uint8Array(H * W * 3), t: 1, h: H, w: W };
    dot.bytes.fill(255, (1 * W + 4) * 3, (1 * W + 4) * 3 + 3);
    const turned = applied('rotate', 1, dot);
    expect(pixel(turned, 1, 6)[0]! + pixel(turned, 1, 5)[0]!).toBeGreaterThan(pixel(turned, 1, 3)[0]! + 40);
  });

  it('mirror left and right exactly', () => {
    const seen = mirrored(clip);
    for (const [y, x] of [
      [0, 0],
      [3, 7],
    ] as const)
      expect(pixel(seen, y, x, 1)).toEqual(pixel(clip, y, W - 1 - x, 1));
    expect(mirrored(seen).bytes).toEqual(clip.bytes);
  });
});

it('gives the standard augmentation the ranges of the registry', () => {
  expect(strengthsAt(0, false)).toMatchObject({ rotationDeg: 0, scale: 0, translate: 0, brightness: 0, flip: false });
  expect(strengthsAt(1, true)).toEqual({
    ...{ rotationDeg: 30, scale: 0.5, translate: 0.45, flip: true },
    ...{ brightness: 0.9, contrast: 0.9, saturation: 0.9 },
  });
});
