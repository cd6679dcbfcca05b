import { expect, test } from 'vitest';
import { resizeCrops } from '../../../src-main/store/resize-crops.ts';

/** Grey crops of one channel value a pixel, as RGB. */
const grey = (...values: number[]) => Uint8Array.from(values.flatMap((value) => [value, value, value]));
const firstChannel = (crops: Uint8Array) => [...crops].filter((_, i) => i % 3 === 0);

test('halving averages four pixels', () => {
  const crop = grey(0, 10, 100, 100, 20, 30, 100, 100, 0, 0, 8, 8, 0, 0, 8, 8);
  expect(firstChannel(resizeCrops(crop, { count: 1, from: 4, to: 2 }))).toEqual([15, 100, 0, 8]);
});

test('shrinking by a fraction weighs pixels by the area covered', () => {
  const crop = grey(0, 90, 240, 0, 90, 240, 0, 90, 240);
  // The left half pixel and a half: (0 + 90 / 2) / 1.5 = 30; the right: (90 / 2 + 240) / 1.5 = 190.
  expect(firstChannel(resizeCrops(crop, { count: 1, from: 3, to: 2 }))).toEqual([30, 190, 30, 190]);
});

test('growing is bilinear between the middles of pixels', () => {
  const crop = grey(0, 80, 0, 80);
  expect(firstChannel(resizeCrops(crop, { count: 1, from: 2, to: 4 })).slice(0, 4)).toEqual([0, 20, 60, 80]);
});

test('crops of a strip do not mix', () => {
  const crops = Uint8Array.from([...grey(...Array<number>(16).fill(10)), ...grey(...Array<number>(16).fill(200))]);
  const resized = firstChannel(resizeCrops(crops, { count: 2, from: 4, to: 3 }));
  expect(resized).toEqual([...Array<number>(9).fill(10), ...Array<number>(9).fill(200)]);
});
