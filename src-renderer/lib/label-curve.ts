import type { LabelCurvePoint } from '../../src-main/contract/window/guesses.ts';

/** Mean accuracy of the runs of one method that were told the same number of moments. */
export type CurveStep = { moments: number; war: number };
export type MethodCurve = { method: string; steps: CurveStep[] };

/** A curve for each method, fewest moments first. */
export function methodCurves(points: readonly LabelCurvePoint[]): MethodCurve[] {
  const byMethod = Map.groupBy(points, ({ method }) => method);
  return Array.from(byMethod, ([method, own]) => ({ method, steps: stepsOf(own) }));
}

function stepsOf(points: readonly LabelCurvePoint[]): CurveStep[] {
  const byMoments = Map.groupBy(points, ({ moments }) => moments);
  const steps = Array.from(byMoments, ([moments, runs]) => {
    return { moments, war: runs.reduce((sum, { war }) => sum + war, 0) / runs.length };
  });
  return steps.sort((a, b) => a.moments - b.moments);
}

/** Places of names beside their curves, in the given order: as near to the curve as they can be without overlapping. */
export function spreadNames(places: readonly number[], gap: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
  const spread = [...places];
  for (const [rank, i] of order.entries()) {
    const above = order[rank - 1];
    if (above !== undefined) spread[i] = Math.max(places[i]!, spread[above]! + gap);
  }
  return spread;
}
