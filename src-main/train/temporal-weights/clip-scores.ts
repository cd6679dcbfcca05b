/**
 * The outer state of the methods that sample by score: a table of the true class's logit for every clip position, and
 * the positions that exploration has visited (algorithms.md 1.3).
 */
import { z } from 'zod';
import type { TrainConfig } from '../../contract/config.ts';
import type { Rng } from '../../data/rng.ts';
import type { ClipChoice, DrawRequest, Seen, VideoDraw, VideoRef } from '../bilevel-problem.ts';
import { drawByWeight, drawOf, uniformDraw } from './drawn-clips.ts';
import { explorationCells, explorationRadius } from './exploration.ts';
import { overlapping, withinRadius } from './neighbourhood.ts';
import { phaseOf, type PhaseConfig } from './phases.ts';
import { relativeWeights, ScoreTable, storedScoresSchema, type Neighbour } from './score-table.ts';

export type ClipScores = {
  table: ScoreTable;
  /** Positions of each video that exploration has visited in its present round. */
  visited: Map<string, readonly number[]>;
};

export type ClipScoresConfig = PhaseConfig & Pick<TrainConfig, 'clipsPerVideo'>;

/** How the softmax phase draws from a video whose relative weights N y are given. */
export type SoftmaxDraw = (video: VideoRef, relative: Float64Array, rng: Rng) => VideoDraw;

export const storedClipScoresSchema = z.strictObject({
  scores: storedScoresSchema,
  visited: z.record(z.string(), z.array(z.number().int())),
});

export function initialClipScores(videos: readonly VideoRef[]): ClipScores {
  return {
    table: new ScoreTable(videos.map(({ id, positions }) => [id, positions.starts.length])),
    visited: new Map(),
  };
}

export function serializeClipScores({ table, visited }: ClipScores): z.infer<typeof storedClipScoresSchema> {
  return { scores: table.serialize(), visited: Object.fromEntries(Array.from(visited, ([id, at]) => [id, [...at]])) };
}

export function restoreClipScores(stored: unknown): ClipScores {
  const { scores, visited } = storedClipScoresSchema.parse(stored);
  return { table: ScoreTable.restore(scores), visited: new Map(Object.entries(visited)) };
}

/** Draws K clips of each video as its phase says: uniform, evenly spaced and not yet visited, or by `softmaxDraw`. */
export function drawByPhase(
  outer: ClipScores,
  { epoch, videos }: DrawRequest,
  rng: Rng,
  { config, softmaxDraw }: { config: ClipScoresConfig; softmaxDraw: SoftmaxDraw },
): ClipChoice {
  const phase = phaseOf(epoch, config);
  const draw = (video: VideoRef) => {
    if (phase === 'exploration') return drawUnvisited(outer, video, rng, config);
    if (phase === 'softmax') return softmaxDraw(video, videoWeights(outer, video, config.gamma), rng);
    return uniformDraw(video, config.clipsPerVideo, rng);
  };
  return { epoch, draws: videos.map(draw) };
}

/** Importance sampling: clips in proportion to their weights. */
export function drawImportance({ clipsPerVideo }: ClipScoresConfig): SoftmaxDraw {
  return (video, relative, rng) => drawByWeight(video, relative, clipsPerVideo, rng);
}

/** Weights of a video's positions relative to uniform, N softmax(gamma q). */
export function videoWeights({ table }: ClipScores, { id }: VideoRef, gamma: number): Float64Array {
  return relativeWeights(table.scores(id), gamma);
}

/** Writes what the drawn clips scored: exploration to all positions around, later to overlapping ones by their share. */
export function updateClipScores(outer: ClipScores, seen: Seen<ClipChoice>, config: ClipScoresConfig): ClipScores {
  const phase = phaseOf(seen.choice.epoch, config);
  if (phase === 'warm-up') return outer;
  forEachDrawn(seen, ({ video }, cell, { score }) => {
    outer.table.write(video.id, score, reach(video, cell, phase === 'exploration' ? config : null));
  });
  if (phase === 'exploration') markVisited(outer, seen.choice, config);
  return outer;
}

/** Positions that take a new score; `exploration` is given in that phase only. */
export function reach({ positions }: VideoRef, cell: number, exploration: ClipScoresConfig | null): Neighbour[] {
  if (exploration === null) return overlapping(positions, cell);
  const radius = explorationRadius(positions.starts.length, visitsOf(exploration));
  return withinRadius(positions, cell, radius);
}

/** Calls back for each drawn clip with the logit of its true class and the loss of its video. */
export function forEachDrawn(
  { choice, clipLogits, losses }: Seen<ClipChoice>,
  use: (draw: VideoDraw, cell: number, result: { score: number; loss: number }) => void,
): void {
  choice.draws.forEach((draw, n) => {
    draw.cells.forEach((cell, i) => {
      use(draw, cell, { score: clipLogits[n]![i]![draw.video.label]!, loss: losses[n]! });
    });
  });
}

/** X epochs of K clips visit X K positions. */
function visitsOf({ clipsPerVideo, stochasticSoftmax }: ClipScoresConfig): number {
  return clipsPerVideo * stochasticSoftmax.explorationEpochs;
}

function drawUnvisited({ visited }: ClipScores, video: VideoRef, rng: Rng, config: ClipScoresConfig): VideoDraw {
  const all = explorationCells(video.positions.starts.length, visitsOf(config));
  let done = visited.get(video.id) ?? [];
  const cells: number[] = [];
  while (cells.length < config.clipsPerVideo) {
    const left = all.filter((cell) => !done.includes(cell));
    const cell = rng.pick(left);
    cells.push(cell);
    done = roundAfter(done, cell, all);
  }
  return drawOf(video, cells);
}

function markVisited({ visited }: ClipScores, { draws }: ClipChoice, config: ClipScoresConfig): void {
  for (const { video, cells } of draws) {
    const all = explorationCells(video.positions.starts.length, visitsOf(config));
    const done = cells.reduce((sofar, cell) => roundAfter(sofar, cell, all), visited.get(video.id) ?? []);
    visited.set(video.id, done);
  }
}

/**
 * Visits so far; a completed round starts anew. A video that comes twice in a step may be drawn the same position twice, which
 * is one visit.
 */
function roundAfter(done: readonly number[], cell: number, all: readonly number[]): readonly number[] {
  if (done.includes(cell)) return done;
  return done.length + 1 >= all.length ? [] : [...done, cell];
}
