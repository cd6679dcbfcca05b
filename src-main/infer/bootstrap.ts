import type { Interval } from '../contract/records.ts';
import type { Rng } from '../data/rng.ts';

/** One video's outcome: index of its true class, and whether the prediction was right. */
export type Outcome = { truth: number; correct: boolean; subject: string | null };

/** Counts per class: [k] of videos and of right ones. */
type Tally = { videos: Float64Array; right: Float64Array };

const RESAMPLES = 2000;

/** Intervals of WAR, UAR and the recall of each class; null where the bootstrap can tell none. */
export type RecallIntervals = { war: Interval | null; uar: Interval | null; perClass: (Interval | null)[] };

/**
 * 95 % percentile intervals of WAR, UAR and each class's recall by bootstrap. Videos of one subject rise and fall together, so whole
 * subjects are drawn where subjects are known; a video without a subject is drawn on its own.
 * UAR of a resample is over the classes that it contains, and a class's recall over the resamples that contain it.
 * One person (or one lone video) drawn anew is always the same, which tells nothing of other people: there is no interval then.
 * The videos of one person drawn one by one would give one for that person only, too narrow for anybody else.
 * Nor is there one where all came out alike, as where every video is right: all resamples are then equal, which is no certainty.
 */
export function bootstrapIntervals(outcomes: readonly Outcome[], classes: number, rng: Rng): RecallIntervals {
  const clusters = tallyBySubject(outcomes, classes);
  const war: number[] = [];
  const uar: number[] = [];
  const perClass = Array.from({ length: classes }, (): number[] => []);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const total = emptyTally(classes);
    for (let draw = 0; draw < clusters.length; draw++) add(total, clusters[rng.integer(clusters.length)]!);
    war.push(weightedRecall(total));
    uar.push(unweightedRecall(total));
    perClass.forEach((recalls, k) => total.videos[k]! > 0 && recalls.push(total.right[k]! / total.videos[k]!));
  }
  return {
    war: intervalOf(war, clusters.length),
    uar: intervalOf(uar, clusters.length),
    perClass: perClass.map((recalls, k) => intervalOf(recalls, holdersOf(clusters, k))),
  };
}

function intervalOf(resampled: number[], clusters: number): Interval | null {
  if (clusters < 2) return null;
  const interval = middle95(resampled);
  return interval.low === interval.high ? null : interval;
}

function holdersOf(clusters: readonly Tally[], k: number): number {
  return clusters.filter(({ videos }) => videos[k]! > 0).length;
}

function tallyBySubject(outcomes: readonly Outcome[], classes: number): Tally[] {
  const bySubject = new Map<string | Outcome, Tally>();
  for (const outcome of outcomes) {
    const key = outcome.subject ?? outcome;
    const tally = bySubject.get(key) ?? emptyTally(classes);
    tally.videos[outcome.truth]! += 1;
    tally.right[outcome.truth]! += outcome.correct ? 1 : 0;
    bySubject.set(key, tally);
  }
  return [...bySubject.values()];
}

function emptyTally(classes: number): Tally {
  return { videos: new Float64Array(classes), right: new Float64Array(classes) };
}

function add(total: Tally, part: Tally): void {
  for (let k = 0; k < total.videos.length; k++) {
    total.videos[k]! += part.videos[k]!;
    total.right[k]! += part.right[k]!;
  }
}

function weightedRecall({ videos, right }: Tally): number {
  return sum(right) / sum(videos);
}

function unweightedRecall({ videos, right }: Tally): number {
  const recalls = [...videos].flatMap((n, k) => (n > 0 ? [right[k]! / n] : []));
  return sum(recalls) / recalls.length;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** From the 2.5th to the 97.5th percentile, interpolated. */
export function middle95(values: number[]): Interval {
  const sorted = Float64Array.from(values).sort();
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (place - Math.floor(place)) * (sorted[Math.ceil(place)]! - below);
}
