import { decisionAt } from '../../src-main/infer/gamma-lens.ts';
import { figuresOf } from '../../src-main/infer/split-figures.ts';
import type { ScoredVideo } from '../../src-main/infer/gamma-curve.ts';

/** Decisions of every video of a split at one γ, and its figures. */
export type LensRow = { gamma: number; decisions: readonly (number | null)[]; war: number; uar: number };

/** What a video would be at one γ; null where nothing was scored. */
export function lensDecision({ clipLogits }: ScoredVideo, gamma: number): number | null {
  return clipLogits.length === 0 ? null : decisionAt(clipLogits, gamma);
}

/** Figures of a split at one γ, from the decisions of its videos; one without a known label does not count. */
export function lensRow(
  videos: readonly ScoredVideo[],
  classes: number,
  { gamma, decisions }: Pick<LensRow, 'gamma' | 'decisions'>,
): LensRow {
  const known = videos.flatMap(({ label }, i) => (label < 0 ? [] : [i]));
  const { war, uar } = figuresOf(
    known.map((i) => decisions[i]!),
    known.map((i) => videos[i]!.label),
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
