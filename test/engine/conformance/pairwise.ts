/** Few combinations that cover all pairs: errors of an op hardly ever take more than two unusual circumstances at once. */

/** The values of each factor; a combination has one of each. */
export type Factors<T> = { readonly [K in keyof T]: readonly T[K][] };

/**
 * Combinations such that any two values of different factors meet in one of them, unless no allowed combination has
 * both. Greedy, and the same at each call.
 */
export function pairwise<T extends object>(factors: Factors<T>, isAllowed: (combination: T) => boolean): T[] {
  const rows = indexRows(Object.values(factors) as unknown[][]);
  const candidates = rows
    .map((row) => ({ pairs: pairsOf(row), combination: combinationOf(factors, row) }))
    .filter(({ combination }) => isAllowed(combination));
  const missing = new Set(candidates.flatMap(({ pairs }) => pairs));
  const chosen: T[] = [];
  while (missing.size > 0) {
    const gains = candidates.map(({ pairs }) => pairs.reduce((gain, pair) => gain + (missing.has(pair) ? 1 : 0), 0));
    const best = candidates[gains.indexOf(Math.max(...gains))]!;
    chosen.push(best.combination);
    for (const pair of best.pairs) missing.delete(pair);
  }
  return chosen;
}

/** All rows of indices, one into each list. */
function indexRows(lists: readonly (readonly unknown[])[]): number[][] {
  return lists.reduce<number[][]>((rows, list) => rows.flatMap((row) => list.map((_, index) => [...row, index])), [[]]);
}

function combinationOf<T extends object>(factors: Factors<T>, row: readonly number[]): T {
  const names = Object.keys(factors) as (keyof T)[];
  return Object.fromEntries(names.map((name, i) => [name, factors[name][row[i]!]])) as T;
}

/** A number for each pair of a factor's value and another's. */
function pairsOf(row: readonly number[]): number[] {
  const pairs: number[] = [];
  for (let i = 0; i < row.length; i++)
    for (let j = i + 1; j < row.length; j++) pairs.push(((i * 16 + j) * 64 + row[i]!) * 64 + row[j]!);
  return pairs;
}
