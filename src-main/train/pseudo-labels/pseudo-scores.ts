/**
 * Scores of the segments of videos without a labelled moment (algorithms.md 4.2, 4.5): for each class that a video may
 * show, the running score of every clip position. A video with a label has the row of its class, an unlabelled one a row
 * for each class. The same table, sampler and spread by overlap as temporal stochastic softmax.
 */
import type { ResolvedConfig } from '../../contract/config.ts';
import type { Rng } from '../../data/rng.ts';
import type { VideoDraw, VideoRef } from '../bilevel-problem.ts';
import { drawOf } from '../temporal-weights/drawn-clips.ts';
import { nearestOverlapping, temporalIoU } from '../temporal-weights/neighbourhood.ts';
import { drawDistinct, relativeWeights, ScoreTable } from '../temporal-weights/score-table.ts';

export type SemiWeakConfig = ResolvedConfig['semiWeak'];

/** The class that the scores of an unlabelled video speak for, and its probability. */
export type Guess = { label: number; confidence: number };

/** A segment that went through the network: `clipLogits` [k]. */
export type ScoredSegment = { cell: number; clipLogits: readonly number[] };

export function initialPseudoScores(videos: readonly VideoRef[]): ScoreTable {
  const weak = videos.filter(({ supervision }) => supervision !== 'moment');
  const rows = weak.flatMap((video) =>
    candidatesOf(video).map((label) => [rowOf(video, label), video.positions.starts.length] as const),
  );
  return new ScoreTable(rows);
}

/** Current scores of a video's positions [p] for a class that it may show. */
export function scoresOf(table: ScoreTable, video: Pick<VideoRef, 'id'>, label: number): Float64Array {
  return table.scores(rowOf(video, label));
}

/**
 * Draws segments in proportion to softmax(gamma S) over all that a video may show, duplicates removed: positions for a
 * video with a label, pairs of position and class for one without. With `arg-max` the largest score is taken instead,
 * one of the equals at random. Takes `segments` random numbers. A pair counts where the scores of the whole video give
 * its class enough confidence; the others are scored only. What somebody rejected is not drawn; where that is everything, it is
 * drawn to be scored only.
 */
export function drawPseudoLabels(table: ScoreTable, video: VideoRef, rng: Rng, config: SemiWeakConfig): VideoDraw[] {
  const labels = candidatesOf(video);
  const drawn = drawDistinct(segmentWeights(table, video, config), config.segments, rng);
  const probabilities = labels.length === 1 ? [1] : classProbabilities(table, video, config.gamma);
  const positions = video.positions.starts.length;
  return drawn.map((index) => {
    const candidate = Math.floor(index / positions);
    const [label, cell] = [labels[candidate]!, index % positions];
    const isSure = labels.length === 1 || probabilities[candidate]! >= config.confidence;
    const draw = drawOf({ ...video, label }, [cell]);
    return { ...draw, share: isSure && isOpen(video, label, cell) ? 1 / drawn.length : 0 };
  });
}

/**
 * How likely each segment is to be drawn, relative to all alike: positions of each class that a video may show in turn. 0 for what
 * somebody rejected, unless that is everything.
 */
export function segmentWeights(
  table: ScoreTable,
  video: VideoRef,
  { method, gamma }: Pick<SemiWeakConfig, 'method' | 'gamma'>,
): Float64Array {
  const sharpness = method === 'arg-max' ? Infinity : gamma;
  const labels = candidatesOf(video);
  const scores = Float64Array.from(labels.flatMap((label) => [...scoresOf(table, video, label)]));
  const positions = scores.length / labels.length;
  const open = [...scores.keys()].filter((i) => isOpen(video, labels[Math.floor(i / positions)]!, i % positions));
  if (open.length === 0 || open.length === scores.length) return relativeWeights(scores, sharpness);
  const weights = new Float64Array(scores.length);
  relativeWeights(
    Float64Array.from(open, (i) => scores[i]!),
    sharpness,
  ).forEach((weight, i) => {
    weights[open[i]!] = (weight * scores.length) / open.length;
  });
  return weights;
}

/** Nobody said that the clip at a position does not show the class. */
function isOpen({ rejected }: Pick<VideoRef, 'rejected'>, label: number, cell: number): boolean {
  return rejected?.get(label)?.has(cell) !== true;
}

/** The classes of which a table keeps scores for a video. */
export function scoredLabels(table: ScoreTable, { id }: Pick<VideoRef, 'id'>, classes: number): number[] {
  return Array.from({ length: classes }, (_, label) => label).filter((label) => table.has(rowOf({ id }, label)));
}

/** The likeliest class of an unlabelled video by its scores. */
export function guessOf(table: ScoreTable, video: VideoRef, { gamma }: Pick<SemiWeakConfig, 'gamma'>): Guess {
  const probabilities = classProbabilities(table, video, gamma);
  const confidence = Math.max(...probabilities);
  return { label: candidatesOf(video)[probabilities.indexOf(confidence)]!, confidence };
}

/**
 * Writes what the drawn segments of one video scored, for every class that it may show: a position takes the score of
 * the drawn segment that it overlaps most, S <- S + scoreRate IoU (score - S), and none below `minOverlap`.
 */
export function writePseudoScores(
  table: ScoreTable,
  video: VideoRef,
  drawn: readonly ScoredSegment[],
  { scoreRate, minOverlap }: Pick<SemiWeakConfig, 'scoreRate' | 'minOverlap'>,
): void {
  const cells = drawn.map(({ cell }) => cell);
  const reached = nearestOverlapping(video.positions, cells, temporalIoU).map((neighbours) =>
    neighbours
      .filter(({ share }) => share >= minOverlap)
      .map(({ cell, share }) => ({ cell, share: scoreRate * share })),
  );
  for (const label of candidatesOf(video))
    drawn.forEach(({ clipLogits }, i) => table.write(rowOf(video, label), clipLogits[label]!, reached[i]!));
}

/**
 * softmax over the candidates of the temporal softmax pooling of their scores (algorithms.md 1.2 eq. 3). What somebody rejected
 * speaks for no class.
 */
function classProbabilities(table: ScoreTable, video: VideoRef, gamma: number): number[] {
  const pooled = candidatesOf(video).map((label) => {
    const scores = scoresOf(table, video, label).filter((_, cell) => isOpen(video, label, cell));
    if (scores.length === 0) return -Infinity;
    const weights = relativeWeights(scores, gamma);
    return scores.reduce((sum, score, cell) => sum + (score * weights[cell]!) / weights.length, 0);
  });
  return Array.from(relativeWeights(Float64Array.from(pooled), 1), (weight) => weight / pooled.length);
}

/** Classes that a video may show. */
function candidatesOf({ candidates, label }: VideoRef): readonly number[] {
  return candidates ?? (label === null ? [] : [label]);
}

function rowOf({ id }: Pick<VideoRef, 'id'>, label: number): string {
  return `${id} ${label}`;
}
