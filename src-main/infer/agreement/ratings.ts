/**
 * What several raters said of the same units, as categories 0 to k-1; null where a rater said nothing. `times` says how
 * often a unit counts: equal units are kept once, and a bootstrap changes only the counts.
 */
export type RatedUnit = { ratings: readonly (number | null)[]; times: number };

/** How often each category was given to a unit. [k] */
export function categoryCounts(ratings: readonly (number | null)[], k: number): Float64Array {
  const counts = new Float64Array(k);
  for (const rating of ratings) if (rating !== null) counts[rating]! += 1;
  return counts;
}

/** Equal units as one. */
export function groupedUnits(units: readonly (readonly (number | null)[])[]): RatedUnit[] {
  const byRatings = Map.groupBy(units, (ratings) => ratings.join());
  return [...byRatings.values()].map((same) => ({ ratings: same[0]!, times: same.length }));
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Agreement beyond chance. 1 where all agree and chance could not differ; NaN where there is nothing to compare. */
export function beyondChance(observed: number, expected: number): number {
  if (expected === 1) return observed === 1 ? 1 : NaN;
  return (observed - expected) / (1 - expected);
}
