import type { LabelCurvePoint } from '../../src-main/contract/window/guesses.ts';

/** Runs that were told the same number of moments, and the mean of what they reach. */
export type CurveStep = { moments: number; war: number };

/** Mean accuracy for each number of moments, fewest first. */
export function curveSteps(points: readonly LabelCurvePoint[]): CurveStep[] {
  const byMoments = Map.groupBy(points, ({ moments }) => moments);
  return [...byMoments]
    .map(([moments, runs]) => ({ moments, war: runs.reduce((sum, { war }) => sum + war, 0) / runs.length }))
    .sort((a, b) => a.moments - b.moments);
}
