/** How well a search ranks configurations: by how far its scores agree with networks trained alone. */

/**
 * Kendall's tau-b of two lists of scores: 1 for the same order, -1 for the reverse; pairs that tie in one list count
 * for less (Kendall 1945).
 * @returns null where one list is constant or has fewer than two entries
 */
export function kendallTau(a: readonly number[], b: readonly number[]): number | null {
  let agreement = 0;
  let pairsOfA = 0;
  let pairsOfB = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const signA = compare(a[i]!, a[j]!);
      const signB = compare(b[i]!, b[j]!);
      agreement += signA * signB;
      pairsOfA += Math.abs(signA);
      pairsOfB += Math.abs(signB);
    }
  }
  return pairsOfA === 0 || pairsOfB === 0 ? null : agreement / Math.sqrt(pairsOfA * pairsOfB);
}

/** Indices by falling score; equal ones in their order. */
export function byFallingScore(scores: readonly number[]): number[] {
  return [...scores.keys()].sort((i, j) => compare(scores[j]!, scores[i]!) || i - j);
}

/** Place of an entry by falling score, from 1. */
export function rankOf(index: number, scores: readonly number[]): number {
  return 1 + byFallingScore(scores).indexOf(index);
}

/** What is lost against the best entry. */
export function regretOf(index: number, truth: readonly number[]): number {
  return truth.reduce((best, value) => Math.max(best, value), -Infinity) - truth[index]!;
}

/** The entry of largest score among some. */
export function bestOf(indices: readonly number[], scores: readonly number[]): number {
  return indices.reduce((best, index) => (scores[index]! > scores[best]! ? index : best), indices[0]!);
}

/** -1, 0 or 1; infinities of one sign are equal. */
function compare(a: number, b: number): number {
  return Number(a > b) - Number(a < b);
}
