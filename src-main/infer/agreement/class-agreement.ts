import { categoryCounts, sum } from './ratings.ts';
import type { RatedUnit } from './ratings.ts';

/**
 * Specific agreement of each category [k]: where one rater gives it, the chance that another rater of that unit gives it
 * too. Cicchetti and Feinstein 1990, for any number of raters. NaN where nobody else rated such a unit.
 */
export function classAgreement(units: readonly RatedUnit[], k: number): Float64Array {
  const agreeing = new Float64Array(k);
  const possible = new Float64Array(k);
  for (const { ratings, times } of units) {
    const counts = categoryCounts(ratings, k);
    const m = sum(counts);
    counts.forEach((count, c) => {
      agreeing[c]! += times * count * (count - 1);
      possible[c]! += times * count * (m - 1);
    });
  }
  return agreeing.map((pairs, c) => pairs / possible[c]!);
}

/** Share of pairs of raters that differ on a unit; null for fewer than two ratings. */
export function disagreement(ratings: readonly (number | null)[], k: number): number | null {
  const counts = categoryCounts(ratings, k);
  const m = sum(counts);
  return m < 2 ? null : 1 - sum(counts.map((count) => count * (count - 1))) / (m * (m - 1));
}
