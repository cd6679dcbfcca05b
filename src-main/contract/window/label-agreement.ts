import type { Interval } from '../records.ts';

/** A coefficient over `n` videos; null where there was nothing to compare. */
export type AgreementFigure = { value: number | null; interval: Interval | null; n: number };

/** Cohen's κ of two raters. */
export type RaterPair = { a: string; b: string } & AgreementFigure;

export type AgreementReport = {
  /** With the number of videos that each labelled. */
  raters: { name: string; n: number }[];
  pairs: RaterPair[];
  /** Fleiss' κ, over the videos that all of them labelled. */
  fleiss: AgreementFigure;
  /** Krippendorff's α, over the videos that at least two of them labelled. */
  alpha: AgreementFigure;
  /** Where one rater gives a label, the chance that another gives it too. */
  perClass: { name: string; agreement: number | null }[];
  /** Videos on which they differ, most first; `disagreement` is the share of pairs of raters that differ. */
  worst: { videoId: string; path: string; disagreement: number; opinions: { who: string; label: string }[] }[];
};
