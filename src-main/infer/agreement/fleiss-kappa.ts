import { beyondChance, categoryCounts, sum } from './ratings.ts';
import type { RatedUnit } from './ratings.ts';

/**
 * Fleiss' κ over the units that every rater rated: mean share of agreeing pairs against the sum of squared shares of the
 * categories. Fleiss 1971, Measuring nominal scale agreement among many raters.
 * @returns NaN for fewer than two raters, or without a unit that all rated
 */
export function fleissKappa(units: readonly RatedUnit[], k: number): number {
  const shares = new Float64Array(k);
  let [n, agreeing] = [0, 0];
  for (const { ratings, times } of units) {
    if (ratings.includes(null)) continue;
    const counts = categoryCounts(ratings, k);
    const raters = ratings.length;
    agreeing += (times * sum(counts.map((count) => count * (count - 1)))) / (raters * (raters - 1));
    counts.forEach((count, c) => (shares[c]! += (times * count) / raters));
    n += times;
  }
  const expected = sum(shares.map((share) => (share / n) ** 2));
  return beyondChance(agreeing / n, expected);
}
