import { decisionAt } from '../../src-main/infer/gamma-lens.ts';
import { figuresOf } from '../../src-main/infer/split-figures.ts';
import type { ScoredVideo } from '../../src-main/infer/gamma-curve.ts';

/** Decisions of every video of a split at one γ, and its figures. */
export type LensRow = { gamma: number; decisions: readonly (number | null)[]; war: number; uar: number };

/** What average, maximum or anything between would decide for a whole split, from stored clip scores. */
export function lensRow(videos: readonly ScoredVideo[], classes: number, gamma: number): LensRow {
  const decisions = videos.map(({ clipLogits }) => (clipLogits.length === 0 ? null : decisionAt(clipLogits, gamma)));
  const labels = videos.map(({ label }) => label);
  const known = labels.flatMap((label, i) => (label < 0 ? [] : [i]));
  const { war, uar } = figuresOf(
    known.map((i) => decisions[i]!),
    known.map((i) => labels[i]!),
    classes,
  );
  return { gamma, decisions, war, uar };
}

/** Stretches of the slider with the same decision, for the strip under it: `to` is exclusive. */
export function lensStretches(
  decisions: readonly (number | null)[],
): { decision: number | null; from: number; to: number }[] {
  const stretches: { decision: number | null; from: number; to: number }[] = [];
  decisions.forEach((decision, place) => {
    const open = stretches.at(-1);
    if (open?.decision === decision) open.to = place + 1;
    else stretches.push({ decision, from: place, to: place + 1 });
  });
  return stretches;
}
