import { describe, expect, it } from 'vitest';
import { facesNear, hideFaces } from '../../../../src-main/compute/inspect/hide-faces.ts';
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

describe('faces near a frame', () => {
  const at = (frame: number, x: number) => ({ frame, box: { x, y: 0, width: 20, height: 20 } });
  const timesSec = (fps: number) => Float64Array.from({ length: 4 * fps }, (_, frame) => frame / fps);

  it.each([10, 25, 60, 240])('are hidden for half a second at %i frames a second', (fps) => {
    const near = facesNear([at(2 * fps, 5)], timesSec(fps));
    for (let frame = Math.ceil(1.5 * fps); frame <= 2.5 * fps; frame++) expect(near(frame)).toHaveLength(1);
    for (const frame of [fps, 3 * fps]) expect(near(frame)).toEqual([]);
  });

  it('are one box where a face holds still, the one of the frame itself, and all of a face that moves', () => {
    const still = facesNear([at(0, 5), at(1, 5.5), at(2, 6)], timesSec(25));
    expect([0, 1, 2].map((frame) => still(frame))).toEqual([[at(0, 5).box], [at(1, 5.5).box], [at(2, 6).box]]);
    const moving = facesNear([at(0, 5), at(1, 15), at(2, 25)], timesSec(25));
    expect(moving(1).map(({ x }) => x)).toEqual([15, 5, 25]);
  });
});
