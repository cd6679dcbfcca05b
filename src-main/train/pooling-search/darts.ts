/**
 * Differentiable search (DARTS, Liu et al. 2019, first order; algorithms.md 2.4): every unit computes all scales and
 * mixes them; the weights of the mixture follow the gradient of the loss on validation data.
 */
import { z } from 'zod';
import type { SearchSpace } from './search-space.ts';
import type { RelaxedMethod } from './search-method.ts';

const matrix = z.array(z.array(z.number()));
const adamSchema = z.strictObject({ alpha: matrix, first: matrix, second: matrix, steps: z.number().int() });
export type DartsState = z.infer<typeof adamSchema>;

/** Adam with weight decay in the gradient, as [BMS] has it. */
const ADAM = { rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-3 };
/** Step and floor of the exponentiated gradient [GAEA]. */
const GAEA = { rate: 0.1, floor: 1e-5 };

/** Softmax of logits alpha, which start at 1 and are stepped by Adam. */
export function darts(): RelaxedMethod<DartsState> {
  return {
    kind: 'relaxed',
    initial: (units, scales) => ({
      alpha: filled(units, scales, 1),
      first: filled(units, scales, 0),
      second: filled(units, scales, 0),
      steps: 0,
    }),
    mixture: ({ alpha }) => alpha.map(softmax),
    update: adamStep,
    restore: (stored) => adamSchema.parse(stored),
  };
}

/** GAEA (Li et al. 2021): the weights themselves, multiplied by exp(-rate gradient) and brought back to sum 1. */
export function dartsGaea(): RelaxedMethod<number[][]> {
  return {
    kind: 'relaxed',
    initial: (units, scales) => filled(units, scales, 1 / scales),
    mixture: (state) => state,
    update: (state, gradient) => state.map((row, u) => exponentiatedStep(row, gradient[u]!)),
    restore: (stored) => matrix.parse(stored),
  };
}

/**
 * The log probability of each configuration [c] under the mixture: the sum over units of the log weight of the scale that
 * the configuration gives the unit. The scales of largest weight, unit by unit, need not be a configuration of the space;
 * that of the largest log probability is the nearest.
 * @param scaleOf - index of the scale of a unit in a configuration
 */
export function logProbabilities(
  { configurations }: SearchSpace,
  mixture: readonly (readonly number[])[],
  scaleOf: (configuration: number, unit: number) => number,
): number[] {
  return configurations.map((_, c) => mixture.reduce((sum, row, unit) => sum + Math.log(row[scaleOf(c, unit)]!), 0));
}

function adamStep({ alpha, first, second, steps }: DartsState, gradient: readonly (readonly number[])[]): DartsState {
  const { rate, beta1, beta2, epsilon, weightDecay } = ADAM;
  const slopes = softmaxBackward(alpha.map(softmax), gradient).map((row, u) =>
    row.map((g, s) => g + weightDecay * alpha[u]![s]!),
  );
  const m = average(first, slopes, beta1);
  const v = average(
    second,
    slopes.map((row) => row.map((g) => g * g)),
    beta2,
  );
  const t = steps + 1;
  const next = alpha.map((row, u) =>
    row.map((a, s) => {
      const mean = m[u]![s]! / (1 - beta1 ** t);
      return a - (rate * mean) / (Math.sqrt(v[u]![s]! / (1 - beta2 ** t)) + epsilon);
    }),
  );
  return { alpha: next, first: m, second: v, steps: t };
}

/** From the gradient with respect to softmax(alpha) to that with respect to alpha. */
function softmaxBackward(weights: readonly number[][], gradient: readonly (readonly number[])[]): number[][] {
  return weights.map((row, u) => {
    const mean = row.reduce((sum, y, s) => sum + y * gradient[u]![s]!, 0);
    return row.map((y, s) => y * (gradient[u]![s]! - mean));
  });
}

function average(old: readonly number[][], values: readonly number[][], beta: number): number[][] {
  return old.map((row, u) => row.map((value, s) => beta * value + (1 - beta) * values[u]![s]!));
}

function exponentiatedStep(row: readonly number[], gradient: readonly number[]): number[] {
  const least = Math.min(...gradient);
  const powers = row.map((weight, s) => Math.max(weight, GAEA.floor) * Math.exp(-GAEA.rate * (gradient[s]! - least)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function softmax(row: readonly number[]): number[] {
  const peak = Math.max(...row);
  const powers = row.map((a) => Math.exp(a - peak));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function filled(rows: number, columns: number, value: number): number[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => value));
}
