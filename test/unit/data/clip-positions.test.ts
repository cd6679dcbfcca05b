/** Invariant 8 of algorithms.md 1.11, and what happens at gaps and in short videos. */
import { describe, expect, it } from 'vitest';
import { clipPositions, positionsInMoment } from '../../../src-main/data/clip-positions.ts';

const startsOf = (runs: { start: number; end: number }[], length: number, stride?: number) => [
  ...clipPositions({ runs }, length, stride).starts,
];

describe('invariant 8: candidate clips', () => {
  it('are the N = max(1, frames - L + 1) starts of a run, from 0 to N - 1', () => {
    for (let frames = 1; frames <= 40; frames++) {
      const n = Math.max(1, frames - 16 + 1);
      expect(startsOf([{ start: 0, end: frames }], 16)).toEqual(Array.from({ length: n }, (_, p) => p));
    }
  });

  it('stay inside one run each and leave out runs that are too short', () => {
    const runs = [
      { start: 2, end: 7 },
      { start: 8, end: 10 },
      { start: 20, end: 24 },
    ];
    const positions = clipPositions({ runs }, 4);
    expect([...positions.starts]).toEqual([2, 3, 20]);
    expect([...positions.runOf]).toEqual([0, 0, 1]);
    expect(positions.runs).toEqual([runs[0], runs[2]]);
    expect(positions.realFrames).toBe(4);
  });

  it('of a video without a run of L frames are one, in its longest run', () => {
    const positions = clipPositions(
      {
        runs: [
          { start: 1, end: 3 },
          { start: 5, end: 8 },
        ],
      },
      16,
    );
    expect([...positions.starts]).toEqual([5]);
    expect(positions.realFrames).toBe(3);
  });

  it('of a video without a face are none', () => {
    expect(startsOf([], 16)).toEqual([]);
  });

  it('are as far apart as the stride, with the last one among them', () => {
    expect(startsOf([{ start: 0, end: 14 }], 4, 4)).toEqual([0, 4, 8, 10]);
    expect(startsOf([{ start: 0, end: 12 }], 4, 4)).toEqual([0, 4, 8]);
  });
});

describe('clips of a labelled moment', () => {
  const timesSec = Float64Array.from({ length: 40 }, (_, t) => t / 10);
  const positions = clipPositions(
    {
      runs: [
        { start: 0, end: 12 },
        { start: 15, end: 40 },
      ],
    },
    5,
  );

  it('are those whose centre lies in it', () => {
    const inside = positionsInMoment(positions, timesSec, { startSec: 2, endSec: 2.3 });
    expect([...inside.starts]).toEqual([18, 19, 20, 21]);
    expect(inside.runs).toEqual([{ start: 15, end: 40 }]);
    expect([...inside.runOf]).toEqual([0, 0, 0, 0]);
  });

  it('are the nearest one where no centre lies in it', () => {
    expect([...positionsInMoment(positions, timesSec, { startSec: 9, endSec: 9.5 }).starts]).toEqual([35]);
  });
});
