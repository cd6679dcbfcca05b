import { describe, expect, it } from 'vitest';
import { hideFaces } from '../../../../src-main/compute/inspect/hide-faces.ts';
import { Rng } from '../../../../src-main/data/rng.ts';

const size = { width: 64, height: 48 };

describe('hiding faces', () => {
  const rng = new Rng(1);
  const before = Uint8Array.from({ length: 64 * 48 * 3 }, () => rng.integer(256));
  const box = { x: 20, y: 10, width: 20, height: 20 };
  const after = before.slice();
  hideFaces(after, size, [box]);
  const at = (x: number, y: number) => [...after.subarray(3 * (y * 64 + x), 3 * (y * 64 + x) + 3)];

  it('leaves at most eight by eight colours of a face, whatever was in it', () => {
    const colours = new Set<string>();
    for (let y = 10; y < 30; y++) for (let x = 20; x < 40; x++) colours.add(at(x, y).join());
    expect(colours.size).toBeLessThanOrEqual(64);
  });

  it('hides the margin around the box too, and nothing further out', () => {
    for (let y = 0; y < 48; y++)
      for (let x = 0; x < 64; x++) {
        if (x >= 14 && x < 46 && y >= 4 && y < 36) continue;
        expect(at(x, y)).toEqual([...before.subarray(3 * (y * 64 + x), 3 * (y * 64 + x) + 3)]);
      }
    expect(at(15, 5)).not.toEqual([...before.subarray(3 * (5 * 64 + 15), 3 * (5 * 64 + 15) + 3)]);
  });

  it('works at the edges of the picture', () => {
    const picture = before.slice();
    hideFaces(picture, size, [{ x: -10, y: 40, width: 30, height: 30 }]);
    expect(picture).toHaveLength(before.length);
  });
});
