import { beyondChance } from './ratings.ts';
import type { RatedUnit } from './ratings.ts';

/**
 * Cohen's κ of two raters, over the units that both rated: (p_o − p_e) / (1 − p_e), with p_e from each rater's own
 * shares of the categories. Cohen 1960, A coefficient of agreement for nominal scales.
 * @param raters - places of the two in `ratings`
 * @returns NaN where no unit was rated by both
 */
export function cohenKappa(units: readonly RatedUnit[], k: number, [a, b]: readonly [number, number]): number {
  const byA = new Float64Array(k);
  const byB = new Float64Array(k);
  let [n, agreed] = [0, 0];
  for (const { ratings, times } of units) {
    const [one, other] = [ratings[a] ?? null, ratings[b] ?? null];
    if (one === null || other === null) continue;
    n += times;
    byA[one]! += times;
    byB[other]! += times;
    if (one === other) agreed += times;
  }
  const expected = byA.reduce((total, count, c) => total + (count / n) * (byB[c]! / n), 0);
  return beyondChance(agreed / n, expected);
}
