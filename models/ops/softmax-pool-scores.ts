/** Softmax pooling (algorithms.md eq. 3) on stored clip scores, in plain numbers: the gamma lens needs no engine. */

/** Pooled scores [k] and the weight of each clip for each class [p][k]. */
export type PooledScores = { scores: number[]; weights: number[][] };

/**
 * Pools clip scores [p][k] with inverse temperature `gamma`; 0 is the mean, Infinity the maximum (shared among ties).
 * @throws RangeError when there is no clip
 */
export function poolScores(clipScores: readonly (readonly number[])[], gamma: number): PooledScores {
  const first = clipScores[0];
  if (first === undefined) throw new RangeError('Softmax pooling: expected at least one clip, got none.');
  const byClass = first.map((_, k) => clipScores.map((clip) => clip[k]!));
  const weightsByClass = byClass.map((scores) => softmaxWeights(scores, gamma));
  return {
    scores: byClass.map((scores, k) => scores.reduce((total, f, p) => total + weightsByClass[k]![p]! * f, 0)),
    weights: clipScores.map((_, p) => weightsByClass.map((weights) => weights[p]!)),
  };
}

/** softmax(gamma f) over the entries of `scores`. */
export function softmaxWeights(scores: readonly number[], gamma: number): number[] {
  const highest = scores.reduce((most, f) => Math.max(most, f), -Infinity);
  const powers = scores.map((f) => (f === highest ? 1 : Math.exp(gamma * (f - highest))));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
