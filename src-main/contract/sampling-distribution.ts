/** How clips are drawn from stored scores: algorithms.md 1.2 eq. 7. Shared by the report and the window. */
import { largestOf } from './largest-of.ts';

/**
 * softmax(gamma q) over clip positions; uniform where no scores are kept.
 * @throws RangeError for scores of other positions
 */
export function samplingDistribution(scores: readonly number[], positions: number, gamma: number): number[] {
  if (scores.length > 0 && scores.length !== positions)
    throw new RangeError(
      `Sampling distribution: expected scores of ${positions} clip positions, got ${scores.length}.`,
    );
  const known = scores.length > 0 ? scores : new Array<number>(positions).fill(0);
  const highest = largestOf(known);
  const powers = known.map((score) => Math.exp(gamma * (score - highest)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** Perplexity of a distribution: how many clips it really chooses from. */
export function effectiveClips(probabilities: readonly number[]): number {
  return Math.exp(-probabilities.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0));
}

/** Shades 0 to 1 relative to the largest of all rows; the root makes small differences visible. */
export function heatShades(rows: readonly (readonly number[])[]): number[][] {
  const largest = largestOf(rows.map(largestOf));
  return rows.map((row) => row.map((p) => Math.sqrt(p / largest)));
}
