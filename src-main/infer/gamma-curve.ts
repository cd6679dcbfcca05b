import { classificationMetrics } from '../data/classification-metrics.ts';
import { decisionAt } from './gamma-lens.ts';

/** Clip logits [p][k] of a video, empty where nothing could be scored, and the index of its true class. */
export type ScoredVideo = { clipLogits: readonly (readonly number[])[]; label: number };

/** From average to maximum pooling. */
export const CURVE_GAMMAS: readonly number[] = [0, 0.1, 0.25, 0.5, 1, 2, 5, 10, 50, Infinity];

/** WAR and UAR of softmax pooling of the same clip logits at each inverse temperature. */
export function gammaCurve(
  videos: readonly ScoredVideo[],
  classes: number,
  gammas: readonly number[] = CURVE_GAMMAS,
): { gamma: number; war: number; uar: number }[] {
  return gammas.map((gamma) => {
    const judged = videos.map(({ clipLogits, label }) => ({
      label,
      predicted: clipLogits.length === 0 ? null : decisionAt(clipLogits, gamma),
    }));
    const { war, uar } = classificationMetrics(judged, classes);
    return { gamma, war, uar };
  });
}
