import { classificationMetrics } from '../data/classification-metrics.ts';
import type { ClassificationMetrics } from '../data/classification-metrics.ts';

export type { ClassificationMetrics } from '../data/classification-metrics.ts';

/** Figures of decisions (class indices; null: not scored, counts as wrong) beside the true classes. */
export function figuresOf(
  decisions: readonly (number | null)[],
  truths: readonly number[],
  classes: number,
): ClassificationMetrics {
  return classificationMetrics(
    truths.map((label, i) => ({ label, predicted: decisions[i]! })),
    classes,
  );
}
