import { expect, test } from 'vitest';
import { cropRegion } from '../../../src-main/face/crop.ts';
import { facePatch, similarity } from '../../../src-main/face/patch.ts';
import type { Picture } from '../../../src-main/face/picture.ts';
import { uprightPose } from '../../../src-main/face/pose.ts';

/** Red counts columns, green rows, blue is 7. */
function ramp(width: number, height: number, step = 10): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) rgb.set([(i % width) * step, Math.floor(i / width) * step, 7], i * 3);
  return { width, height, rgb };
}

function pixel(crop: Uint8Array, size: number, x: number, y: number): number[] {
  return [...crop.subarray((y * size + x) * 3, (y * size + x) * 3 + 3)];
}

test('a region of whole pixels at its own size is a copy', () => {
  const crop = cropRegion(ramp(8, 6), uprightPose(4, 3, 4), 4);
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < 4; x++) expect(pixel(crop, 4, x, y)).toEqual([(x + 2) * 10, (y + 1) * 10, 7]);
});

test('a quarter turn reads columns downwards', () => {
  const crop = cropRegion(ramp(8, 8), { x: 4, y: 4, a: 0, b: 4 }, 4);
  expect(pixel(crop, 4, 0, 0)).toEqual([50, 20, 7]);
  expect(pixel(crop, 4, 3, 0)).toEqual([50, 50, 7]);
  expect(pixel(crop, 4, 0, 3)).toEqual([20, 20, 7]);
});

test('enlarging is bilinear', () => {
  const crop = cropRegion(ramp(4, 4, 40), uprightPose(2, 2, 2), 4);
  expect(pixel(crop, 4, 1, 1).slice(0, 2)).toEqual([50, 50]);
  expect(pixel(crop, 4, 2, 1).slice(0, 2)).toEqual([70, 50]);
});

test('shrinking averages, so that fine stripes become grey instead of a chance stripe', () => {
  const stripes = ramp(64, 64);
  for (let i = 0; i < stripes.rgb.length; i++) stripes.rgb[i] = Math.floor(i / 3) % 2 === 0 ? 0 : 200;
  const crop = cropRegion(stripes, uprightPose(32, 32, 64), 16);
  expect([...new Set(crop)]).toEqual([100]);
});

test('beyond the border the last pixels repeat', () => {
  const crop = cropRegion(ramp(8, 8), uprightPose(0, 4, 8), 8);
  expect(pixel(crop, 8, 0, 4)).toEqual([0, 40, 7]);
  expect(pixel(crop, 8, 3, 0)).toEqual([0, 0, 7]);
});

test('patches of one place are alike under other light, and unlike those of another place', () => {
  const picture = ramp(64, 64, 1);
  for (let i = 0; i < picture.rgb.length; i++) picture.rgb[i] = ((i * 2654435761) >>> 8) % 120;
  const brighter = { ...picture, rgb: picture.rgb.map((value) => value * 1.5 + 40) };
  const here = facePatch(picture, uprightPose(20, 20, 24));
  expect(similarity(here, facePatch(brighter, uprightPose(20, 20, 24)))).toBeGreaterThan(0.99);
  expect(similarity(here, facePatch(picture, uprightPose(40, 40, 24)))).toBeLessThan(0.3);
});
