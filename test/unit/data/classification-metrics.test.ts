import { describe, expect, it } from 'vitest';
import { classificationMetrics } from '../../../src-main/data/classification-metrics.ts';

const judged = (pairs: [label: number, predicted: number | null][]) =>
  pairs.map(([label, predicted]) => ({ label, predicted }));

describe('classification metrics', () => {
  it('of a small example are those worked out by hand', () => {
    const pairs: [number, number | null][] = [
      [0, 0],
      [0, 0],
      [0, 1],
      [0, null],
      [1, 1],
      [1, 0],
    ];
    const { war, uar, perClass, confusion } = classificationMetrics(judged(pairs), 3);
    expect(confusion).toEqual([
      [2, 1, 0],
      [1, 1, 0],
      [0, 0, 0],
    ]);
    expect(war).toBe(3 / 6);
    expect(uar).toBe((2 / 4 + 1 / 2) / 2);
    expect(perClass[0]).toEqual({ recall: 0.5, precision: 2 / 3, f1: 4 / 7, n: 4 });
    expect(perClass[2]).toEqual({ recall: 0, precision: 0, f1: 0, n: 0 });
  });

  it('of nothing are 0', () => {
    expect(classificationMetrics([], 2)).toMatchObject({ war: 0, uar: 0 });
  });
});
