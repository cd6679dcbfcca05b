/** A Gaussian with a diagonal covariance for each class, fitted to features (algorithms.md 3.6 Bayesian DA, minimal). */
import { z } from 'zod';
import type { Rng } from '../../data/rng.ts';

const numbers = z.array(z.number());

export const classSumsSchema = z.strictObject({ count: z.number(), sums: numbers, squares: numbers });
/** What a Gaussian is fitted to: number, sums and sums of squares of the features of a class. */
export type ClassSums = z.infer<typeof classSumsSchema>;

export type Gaussian = { mean: number[]; deviation: number[] };

export function noSums(features: number): ClassSums {
  const zeros = () => new Array<number>(features).fill(0);
  return { count: 0, sums: zeros(), squares: zeros() };
}

/** The sums with one more sample. */
export function withSample({ count, sums, squares }: ClassSums, features: readonly number[]): ClassSums {
  return {
    count: count + 1,
    sums: sums.map((sum, i) => sum + features[i]!),
    squares: squares.map((square, i) => square + features[i]! ** 2),
  };
}

/** The Gaussian of most likelihood; null for a class without samples. */
export function fitted({ count, sums, squares }: ClassSums): Gaussian | null {
  if (count === 0) return null;
  const mean = sums.map((sum) => sum / count);
  const deviation = squares.map((square, i) => Math.sqrt(Math.max(0, square / count - mean[i]! ** 2)));
  return { mean, deviation };
}

export function drawFrom({ mean, deviation }: Gaussian, rng: Rng): number[] {
  return mean.map((value, i) => value + deviation[i]! * rng.normal());
}
