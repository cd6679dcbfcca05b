import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src-main/data/rng.ts';
import { drawDisagreement, drawEntropy } from '../../../src-main/train/pseudo-labels/teaching-value.ts';

const normalised = (values: readonly number[]) => {
  const total = values.reduce((sum, value) => sum + value, 0);
  return Float64Array.from(values, (value) => value / total);
};

describe('what labelling would teach', () => {
  it('is nothing where one segment is always drawn, and most where all are alike', () => {
    const sure = Float64Array.from([0, 0, 1, 0]);
    const open = normalised([1, 1, 1, 1]);
    expect([drawEntropy(sure), drawEntropy(open)]).toEqual([0, 1]);
    expect(drawDisagreement(sure, { positions: 4, clipFrames: 1 })).toBe(0);
    expect(drawDisagreement(open, { positions: 4, clipFrames: 1 })).toBeCloseTo(0.75, 12);
  });

  it('is nothing in a video of one segment', () => {
    expect(drawEntropy(Float64Array.from([1]))).toBe(0);
    expect(drawDisagreement(Float64Array.from([1]), { positions: 1, clipFrames: 16 })).toBe(0);
  });

  it('counts draws as agreeing that share a frame and a class, as pair by pair', () => {
    const rng = new Rng(1);
    const [positions, classes, clipFrames] = [11, 3, 4];
    const p = normalised(Array.from({ length: positions * classes }, () => rng.next()));
    let agreeing = 0;
    for (const [i, one] of p.entries())
      for (const [j, other] of p.entries()) {
        const isSameClass = Math.floor(i / positions) === Math.floor(j / positions);
        if (isSameClass && Math.abs(i - j) < clipFrames) agreeing += one * other;
      }
    expect(drawDisagreement(p, { positions, clipFrames })).toBeCloseTo(1 - agreeing, 12);
  });

  it('is no disagreement where all clips share a frame, however uncertain the place', () => {
    expect(drawDisagreement(normalised([1, 2, 1]), { positions: 3, clipFrames: 16 })).toBeCloseTo(0, 12);
  });
});
