import type { ClipVideo, FrameRun } from './clip-source.ts';

/**
 * The candidate clips of a video: every start frame whose clip stays inside one run of faces, N = frames - L + 1 of
 * them in a run (algorithms.md 1.3e). A video without a run of L frames has one position, its longest run, whose clip
 * ends in black frames.
 */
export type ClipPositions = {
  /** L, frames of a clip. */
  clipFrames: number;
  /** Frames of each clip that are real; fewer than `clipFrames` only in a video too short for a clip. */
  realFrames: number;
  /** The runs that hold positions, in order. */
  runs: readonly FrameRun[];
  /** First frame of each position, ascending. */
  starts: Int32Array;
  /** Index into `runs` of each position. */
  runOf: Int32Array;
};

/**
 * @param stride - frames between positions; the last position of a run is always among them
 * @returns no position at all for a video without runs
 */
export function clipPositions(video: Pick<ClipVideo, 'runs'>, clipFrames: number, stride = 1): ClipPositions {
  const long = video.runs.filter((run) => lengthOf(run) >= clipFrames);
  const runs = long.length > 0 ? long : longestRun(video.runs);
  const startsOfRuns = runs.map((run) => startsIn(run, clipFrames, stride));
  return {
    clipFrames,
    realFrames: long.length > 0 ? clipFrames : runs.reduce((_, run) => lengthOf(run), 0),
    runs,
    starts: Int32Array.from(startsOfRuns.flat()),
    runOf: Int32Array.from(startsOfRuns.flatMap((starts, run) => starts.map(() => run))),
  };
}

/**
 * Only the positions whose clip has its centre in the moment; the nearest one where there is none.
 * @param timesSec - presentation time of each frame
 */
export function positionsInMoment(
  positions: ClipPositions,
  timesSec: Float64Array,
  moment: { startSec: number; endSec: number },
): ClipPositions {
  const inside = cellsInMoment(positions, timesSec, moment);
  if (inside.length > 0) return selectPositions(positions, inside);
  const distances = distancesFrom(positions, timesSec, moment);
  const nearest = distances.reduce((least, distance) => Math.min(least, distance), Infinity);
  return positions.starts.length === 0 ? positions : selectPositions(positions, [distances.indexOf(nearest)]);
}

/**
 * The positions whose clip has its centre in the moment; there may be none.
 * @param timesSec - presentation time of each frame
 */
export function cellsInMoment(
  positions: ClipPositions,
  timesSec: Float64Array,
  moment: { startSec: number; endSec: number },
): number[] {
  return distancesFrom(positions, timesSec, moment).flatMap((distance, cell) => (distance === 0 ? [cell] : []));
}

/** Seconds from the centre of each position's clip to the moment, 0 inside it. */
function distancesFrom(
  { starts, realFrames }: ClipPositions,
  timesSec: Float64Array,
  moment: { startSec: number; endSec: number },
): number[] {
  return Array.from(starts, (start) => {
    const centre = timesSec[start + Math.floor((realFrames - 1) / 2)]!;
    return Math.max(moment.startSec - centre, centre - moment.endSec, 0);
  });
}

/** First frame of every candidate clip, and the time of its centre. */
export function clipCentres(
  video: Pick<ClipVideo, 'runs' | 'timesSec'>,
  clipFrames: number,
): { startFrame: number; centreSec: number }[] {
  const { starts, realFrames } = clipPositions(video, clipFrames);
  return Array.from(starts, (startFrame) => {
    const last = Math.min(startFrame + realFrames, video.timesSec.length) - 1;
    return { startFrame, centreSec: ((video.timesSec[startFrame] ?? 0) + (video.timesSec[last] ?? 0)) / 2 };
  });
}

/** The positions `cells`, ascending, and the runs that hold them. */
function selectPositions(positions: ClipPositions, cells: readonly number[]): ClipPositions {
  const used = [...new Set(cells.map((p) => positions.runOf[p]!))];
  return {
    ...positions,
    runs: used.map((run) => positions.runs[run]!),
    starts: Int32Array.from(cells, (p) => positions.starts[p]!),
    runOf: Int32Array.from(cells, (p) => used.indexOf(positions.runOf[p]!)),
  };
}

export function lengthOf({ start, end }: FrameRun): number {
  return end - start;
}

/** As a list of one; empty when there is no run. */
function longestRun(runs: readonly FrameRun[]): FrameRun[] {
  return runs.length === 0 ? [] : [runs.reduce((best, run) => (lengthOf(run) > lengthOf(best) ? run : best))];
}

function startsIn(run: FrameRun, clipFrames: number, stride: number): number[] {
  const count = Math.max(1, lengthOf(run) - clipFrames + 1);
  const starts = Array.from({ length: Math.ceil(count / stride) }, (_, i) => run.start + i * stride);
  const last = run.start + count - 1;
  return starts.at(-1) === last ? starts : [...starts, last];
}
