/**
 * Damerau and Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and swaps of
 * neighbours that turn `a` into `b`.
 */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(cell(rows, row, { a, b, i, j }));
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

function cell(rows: number[][], row: number[], at: { a: string; b: string; i: number; j: number }): number {
  const { a, b, i, j } = at;
  const same = a[i - 1] === b[j - 1];
  const best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(best, rows[i - 2]![j - 2]! + 1) : best;
}

/** The candidate within `limit(candidate)` edits of `text` that is nearest; null where there is none. */
export function nearest<T extends string>(
  text: string,
  candidates: readonly T[],
  limit: (candidate: T) => number,
): T | null {
  const scored = candidates
    .map((candidate) => ({ candidate, distance: editDistance(text, candidate) }))
    .filter(({ candidate, distance }) => distance > 0 && distance <= limit(candidate))
    .sort((x, y) => x.distance - y.distance);
  return scored[0]?.candidate ?? null;
}
