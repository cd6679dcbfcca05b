import { beyondChance, categoryCounts, sum } from './ratings.ts';
import type { RatedUnit } from './ratings.ts';

/**
 * Krippendorff's α for nominal data; raters may miss units. Each unit with m ≥ 2 ratings brings its ordered pairs with
 * weight 1 / (m − 1) into the matrix of coincidences; α = 1 − D_o / D_e. Krippendorff 2011, Computing Krippendorff's
 * alpha-reliability.
 * @returns NaN where no unit was rated twice
 */
export function krippendorffAlpha(units: readonly RatedUnit[], k: number): number {
  const values = new Float64Array(k);
  let agreeing = 0;
  for (const { ratings, times } of units) {
    const counts = categoryCounts(ratings, k);
    const m = sum(counts);
    if (m < 2) continue;
    agreeing += (times * sum(counts.map((count) => count * (count - 1)))) / (m - 1);
    counts.forEach((count, c) => (values[c]! += times * count));
  }
  const n = sum(values);
  const expected = sum(values.map((count) => count * (count - 1))) / (n * (n - 1));
  return beyondChance(agreeing / n, expected);
}
