/**
 * How much the label of a video would teach, from the distribution of its pseudo-labels: what is uncertain teaches most.
 */

/** Entropy of the draws relative to that of uniform draws: 0 where one segment is always drawn, 1 where all are alike. */
export function drawEntropy(probabilities: Float64Array): number {
  if (probabilities.length < 2) return 0;
  const entropy = probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  return entropy / Math.log(probabilities.length);
}

/**
 * Probability that two draws disagree: that their clips share no frame, or are of different classes.
 * @param probabilities - positions, one frame apart, of each class in turn
 */
export function drawDisagreement(
  probabilities: Float64Array,
  { positions, clipFrames }: { positions: number; clipFrames: number },
): number {
  let agreement = 0;
  for (let from = 0; from < probabilities.length; from += positions)
    agreement += overlapOfDraws(probabilities.subarray(from, from + positions), clipFrames);
  return Math.max(0, 1 - agreement);
}

/** Probability that two draws are both of this class and share a frame. */
function overlapOfDraws(row: Float64Array, clipFrames: number): number {
  const upTo = new Float64Array(row.length + 1);
  row.forEach((p, cell) => (upTo[cell + 1] = upTo[cell]! + p));
  return row.reduce((sum, p, cell) => {
    const near = upTo[Math.min(row.length, cell + clipFrames)]! - upTo[Math.max(0, cell - clipFrames + 1)]!;
    return sum + p * near;
  }, 0);
}
