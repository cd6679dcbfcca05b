import { expect, test } from 'vitest';
import { bandLabel } from '../../../src-renderer/lib/timeline-tracks.ts';

const END = 900;

test('the label of a moment stands at the right in its band, unless the heaviest clip is marked there', () => {
  expect(bandLabel({ left: 100, right: 400 }, END, null)).toBe(290);
  expect(bandLabel({ left: 100, right: 400 }, END, 130)).toBe(290);
  expect(bandLabel({ left: 100, right: 400 }, END, 320)).toBe(106);
});

test('it stands beside a band that is too narrow or marked in the middle, within the video', () => {
  expect(bandLabel({ left: 100, right: 150 }, END, 120)).toBe(156);
  expect(bandLabel({ left: 100, right: 225 }, END, 160)).toBe(231);
  expect(bandLabel({ left: 800, right: 850 }, END, 820)).toBe(690);
});
