import { describe, expect, it } from 'vitest';
import { attentionCells, hopMarks } from '../../../src-renderer/lib/attention-cells.ts';

/** Two hops over 2 rows of 3 places: one looks at the last place of the first row, the other at the last of the second. */
const MAP = {
  ...{ hops: 2, rows: 2, columns: 3 },
  weights: Float32Array.of(0, 0, 1, 0, 0, 0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.5),
};

describe('cells of an attention map', () => {
  it('tile the face row by row', () => {
    const cells = attentionCells(MAP);
    expect(cells.map(({ x, y }) => [x, y])).toEqual([
      ...[0, 1 / 3, 2 / 3].map((x) => [x, 0]),
      ...[0, 1 / 3, 2 / 3].map((x) => [x, 0.5]),
    ]);
    expect(cells.reduce((area, { width, height }) => area + width * height, 0)).toBeCloseTo(1, 12);
  });

  it('are as strong as the mean of all hops exceeds even weights', () => {
    const strengths = attentionCells(MAP).map(({ strength }) => strength);
    expect(strengths[2]).toBe(1);
    expect(strengths[5]).toBeCloseTo((0.25 - 1 / 6) / (0.55 - 1 / 6), 5);
    expect(strengths.filter((_, i) => i !== 2 && i !== 5)).toEqual([0, 0, 0, 0]);
  });

  it('show nothing where all places weigh the same', () => {
    const even = { hops: 1, rows: 1, columns: 4, weights: Float32Array.of(0.25, 0.25, 0.25, 0.25) };
    expect(attentionCells(even).map(({ strength }) => strength)).toEqual([0, 0, 0, 0]);
  });
});

it('marks lie in the middle of the heaviest place of each hop', () => {
  expect(hopMarks(MAP)).toEqual([
    { hop: 1, x: 2.5 / 3, y: 0.25 },
    { hop: 2, x: 2.5 / 3, y: 0.75 },
  ]);
});
