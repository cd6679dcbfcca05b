import type { ClassMetrics } from '../contract/records.ts';

/** A judged video: class indices. `predicted` is null where nothing could be scored, which counts as wrong. */
export type Judgement = { label: number; predicted: number | null };

export type ClassificationMetrics = {
  /** Weighted average recall: share of videos that are right. */
  war: number;
  /** Unweighted average recall: mean over the classes that have videos. */
  uar: number;
  /** In the order of classes. */
  perClass: ClassMetrics[];
  /** `confusion[true][predicted]`; videos without a prediction are in no column. */
  confusion: number[][];
};

/** Figures over judged videos; those with nothing to divide by (no video, no prediction of a class) are 0. */
export function classificationMetrics(judged: readonly Judgement[], classes: number): ClassificationMetrics {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const n = new Array<number>(classes).fill(0);
  for (const { label, predicted } of judged) {
    n[label]!++;
    if (predicted !== null) confusion[label]![predicted]!++;
  }
  const perClass = n.map((count, k) => metricsOfClass(confusion, k, count));
  const present = perClass.filter((metrics) => metrics.n > 0);
  const right = confusion.reduce((sum, row, k) => sum + row[k]!, 0);
  return {
    war: ratio(right, judged.length),
    uar: ratio(
      present.reduce((sum, { recall }) => sum + recall, 0),
      present.length,
    ),
    perClass,
    confusion,
  };
}

function metricsOfClass(confusion: readonly number[][], k: number, n: number): ClassMetrics {
  const right = confusion[k]![k]!;
  const predicted = confusion.reduce((sum, row) => sum + row[k]!, 0);
  return { recall: ratio(right, n), precision: ratio(right, predicted), f1: ratio(2 * right, n + predicted), n };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
