/**
 * Which supernet trains a configuration (algorithms.md 2.5): P[c,m] = softmax over m of T A[c,m], balanced so that every
 * supernet takes the same share of all configurations (Sinkhorn and Knopp). Everything in the log domain, with a cap on
 * the rounds, so that a large temperature can neither underflow nor hang.
 */

/** Rows are configurations, columns supernets. */
export type ScoreMatrix = readonly (readonly number[])[];

/** `corrections` are the log marginals [m] that were divided out, round by round. */
export type BalancedAssignment = { probabilities: number[][]; corrections: number[][]; converged: boolean };

/** Rounds stop where KL(marginal | uniform) is no more than this [BMS]. */
const TOLERANCE = 1e-4;
const MAX_ROUNDS = 1000;

/** Balances the assignment of all configurations at a temperature. */
export function balance(scores: ScoreMatrix, temperature: number, maxRounds = MAX_ROUNDS): BalancedAssignment {
  let logs = scores.map((row) => logSoftmax(row.map((a) => temperature * a)));
  const corrections: number[][] = [];
  let marginal = logMarginal(logs);
  while (klFromUniform(marginal) > TOLERANCE && corrections.length < maxRounds) {
    corrections.push(marginal);
    logs = logs.map((row) => corrected(row, corrections.at(-1)!));
    marginal = logMarginal(logs);
  }
  const converged = klFromUniform(marginal) <= TOLERANCE;
  return { probabilities: logs.map((row) => row.map(Math.exp)), corrections, converged };
}

/**
 * Probabilities [m] of one configuration from its present scores, with the corrections of the epoch: on unchanged scores
 * exactly the row that {@link balance} gave.
 */
export function assignmentRow(
  scores: readonly number[],
  temperature: number,
  corrections: readonly (readonly number[])[],
): number[] {
  const start = logSoftmax(scores.map((a) => temperature * a));
  return corrections.reduce(corrected, start).map(Math.exp);
}

function corrected(row: readonly number[], marginal: readonly number[]): number[] {
  return logSoftmax(row.map((log, m) => log - marginal[m]!));
}

function logMarginal(logs: readonly (readonly number[])[]): number[] {
  const supernets = logs[0]?.length ?? 0;
  return Array.from({ length: supernets }, (_, m) => logSumExp(logs.map((row) => row[m]!)) - Math.log(logs.length));
}

/** KL(marginal | uniform) of a log marginal [m]. */
function klFromUniform(marginal: readonly number[]): number {
  return marginal.reduce((sum, log) => sum + Math.exp(log) * (log + Math.log(marginal.length)), 0);
}

/** Sums of one value are exact, so that one supernet has probability 1 and no correction. */
function logSoftmax(values: readonly number[]): number[] {
  const total = logSumExp(values);
  return values.map((value) => value - total);
}

function logSumExp(values: readonly number[]): number {
  const peak = values.reduce((high, value) => Math.max(high, value), -Infinity);
  return peak + Math.log(values.reduce((sum, value) => sum + Math.exp(value - peak), 0));
}
