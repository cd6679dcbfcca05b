import { describe, expect, test } from 'vitest';
import { unrejected } from '../../../../src-main/compute/labels/rejected-guesses.ts';

const segment = (startSec: number, endSec: number, label = 'fear') => ({
  ...{ startSec, endSec, label, firstFrame: startSec * 10, lastFrame: endSec * 10 - 1, confidence: null },
});
const rejection = (startSec: number, endSec: number) => ({ run: 'few', label: 'fear', moment: { startSec, endSec } });
const isLeft = (one: ReturnType<typeof segment>, ...said: ReturnType<typeof rejection>[]) =>
  unrejected([one], said).segments.length === 1;

describe('a rejected guess', () => {
  test('stays away when another run guesses about the same moment of the same class', () => {
    expect(isLeft(segment(1, 2), rejection(1, 2))).toBe(false);
    expect(isLeft(segment(1.3, 2.3), rejection(1, 2))).toBe(false);
    expect(isLeft(segment(1, 2, 'joy'), rejection(1, 2))).toBe(true);
  });

  test('leaves alone what only touches it, or is far longer', () => {
    expect(isLeft(segment(2, 3), rejection(1, 2))).toBe(true);
    expect(isLeft(segment(1.5, 2.5), rejection(1, 2))).toBe(true);
    expect(isLeft(segment(0, 4), rejection(1, 2))).toBe(true);
  });

  test('is told, with how many guesses it leaves out, and not those that meet none', () => {
    const said = [rejection(1, 2), rejection(1.1, 2.1), rejection(8, 9)];
    const open = segment(5, 6);
    expect(unrejected([segment(1, 2), open], said)).toEqual({
      segments: [open],
      hidden: 1,
      rejections: said.slice(0, 2),
    });
  });
});
