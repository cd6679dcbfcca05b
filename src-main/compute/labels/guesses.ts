/** What a semi-weak run guesses of videos, read from the scores in its last checkpoint. */
import { largestOf } from '../../contract/largest-of.ts';
import type { Moment } from '../../contract/records.ts';
import type { GuessedVideo, PseudoSegment, VideoGuesses } from '../../contract/window/guesses.ts';
import { clipPositions } from '../../data/clip-positions.ts';
import type { ClipPositions } from '../../data/clip-positions.ts';
import type { ClipVideo } from '../../data/clip-source.ts';
import { Rng } from '../../data/rng.ts';
import { readCheckpointState } from '../../store/checkpoint-files.ts';
import type { Project, ProjectVideo } from '../../store/project.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import type { VideoRef } from '../../train/bilevel-problem.ts';
import { parseLastState } from '../../train/checkpoint.ts';
import { drawPseudoLabels, guessOf, scoredLabels, segmentWeights } from '../../train/pseudo-labels/pseudo-scores.ts';
import { drawDisagreement, drawEntropy } from '../../train/pseudo-labels/teaching-value.ts';
import { ScoreTable, storedScoresSchema } from '../../train/temporal-weights/score-table.ts';
import { preparedVideos } from '../prepared-videos.ts';
import { unrejected } from './rejected-guesses.ts';
import { semiWeakRuns, type SemiWeakRun } from './semi-weak-runs.ts';

/** Names of runs that guess, newest last. */
export async function guessingRuns(project: Project): Promise<string[]> {
  const runs = await semiWeakRuns(project);
  return runs.flatMap(({ name, config }) => (guesses(config.semiWeak.method) ? [name] : []));
}

/** Videos that a run guesses on and whose moment nobody has labelled since, the most teaching first. */
export async function guessQueue(project: Project, run: string): Promise<GuessedVideo[]> {
  const scores = await scoresOfRun(project, run);
  if (scores === null) return [];
  const rejected = rejectedVideos(project);
  const videos = project.listVideos().filter((video) => !rejected.has(video.id) && isOpen(video, scores));
  const guessed = videos.flatMap((video) => guessedVideo(video, scores) ?? []);
  return guessed.sort((a, b) => b.entropy + b.disagreement - a.entropy - a.disagreement);
}

/** @returns null where the run does not guess on the video, or nothing is left to guess */
export async function videoGuesses(project: Project, run: string, videoId: string): Promise<VideoGuesses | null> {
  const scores = await scoresOfRun(project, run);
  const video = project.video(videoId);
  if (scores === null || !isOpen(video, scores)) return null;
  const { classes, config } = scores.run;
  const prepared = (await preparedVideos(project, [video], classes)).videos[0];
  if (prepared === undefined) return null;
  const positions = clipPositions(prepared, config.clipFrames);
  const ref = refOf(scores, videoId, positions);
  if (ref === null || rowLength(scores, ref) !== positions.starts.length) return null;
  const shown = { run, videoId, durationSec: video.media.durationSec };
  const segments = unrejected(segmentsOf(scores, ref, prepared), project.guesses.rejectedOf(videoId));
  return { ...shown, heat: heatOf(scores, ref, prepared), ...segments };
}

type RunScores = { run: SemiWeakRun; table: ScoreTable };

async function scoresOfRun(project: Project, name: string): Promise<RunScores | null> {
  const { dir, config, manifest } = await openRunFolder(project.runsDir, name);
  const state = await readCheckpointState(dir, 'last');
  if (state === null || config.labels !== 'semi-weak' || !guesses(config.semiWeak.method)) return null;
  const table = ScoreTable.restore(storedScoresSchema.parse(parseLastState(state).outer));
  return { run: { name, config, classes: manifest.classes }, table };
}

function guesses(method: string): boolean {
  return method === 'sampled' || method === 'arg-max';
}

/** Its moment is still to be found. */
function isOpen({ moment, label }: ProjectVideo, { run }: RunScores): boolean {
  return moment === null && (label === null || label !== run.config.semiWeak.background);
}

function rejectedVideos(project: Project): Set<string> {
  return new Set(project.labels.holding().flatMap(({ videoId, rejected }) => (rejected ? [videoId] : [])));
}

/** The video as the run saw it; null where it keeps no scores of it. */
function refOf({ run, table }: RunScores, id: string, positions: ClipPositions): VideoRef | null {
  const candidates = scoredLabels(table, { id }, run.classes.length);
  if (candidates.length === 0) return null;
  const wasLabelled = candidates.length === 1;
  return { id, positions, label: wasLabelled ? candidates[0]! : null, ...(!wasLabelled && { candidates }) };
}

const NOWHERE: ClipPositions = {
  ...{ clipFrames: 0, realFrames: 0, runs: [], starts: new Int32Array(), runOf: new Int32Array() },
};

function guessedVideo({ id, label }: ProjectVideo, scores: RunScores): GuessedVideo | null {
  const ref = refOf(scores, id, NOWHERE);
  if (ref === null) return null;
  const { run, table } = scores;
  const { label: guess, confidence } = guessOf(table, ref, run.config.semiWeak);
  const probabilities = probabilitiesOf(scores, ref);
  const shape = { positions: rowLength(scores, ref), clipFrames: run.config.clipFrames };
  return {
    ...{ id, label, guess: run.classes[guess]!, confidence: ref.candidates ? confidence : null },
    ...{ entropy: drawEntropy(probabilities), disagreement: drawDisagreement(probabilities, shape) },
  };
}

/** softmax(gamma S), of `arg-max` too: of each segment, positions of each class in turn. */
function probabilitiesOf({ run, table }: RunScores, ref: VideoRef): Float64Array {
  const weights = segmentWeights(table, ref, { method: 'sampled', gamma: run.config.semiWeak.gamma });
  return weights.map((weight) => weight / weights.length);
}

function rowLength(scores: RunScores, ref: VideoRef): number {
  return probabilitiesOf(scores, ref).length / (ref.candidates?.length ?? 1);
}

function heatOf(scores: RunScores, ref: VideoRef, video: ClipVideo): VideoGuesses['heat'] {
  const { starts } = ref.positions;
  const sums = new Float64Array(starts.length);
  probabilitiesOf(scores, ref).forEach((p, i) => (sums[i % starts.length]! += p));
  const largest = largestOf(sums);
  return Array.from(sums, (sum, cell) => ({ ...clipMoment(ref.positions, cell, video), shade: sum / largest }));
}

/** Draws as training would; clips of a class that share frames are one segment. The same draws each time it is asked. */
function segmentsOf({ run, table }: RunScores, ref: VideoRef, video: ClipVideo): PseudoSegment[] {
  const { classes, config } = run;
  const rng = new Rng(config.seed).fork(`guesses of ${ref.id}`);
  const guess = ref.candidates && guessOf(table, ref, config.semiWeak);
  const drawn = drawPseudoLabels(table, ref, rng, config.semiWeak).map(({ video: { label }, cells }) => ({
    ...framesOf(ref.positions, cells[0]!),
    label: classes[label]!,
    confidence: guess?.label === label ? guess.confidence : null,
  }));
  const inTime = drawn.sort((a, b) => a.label.localeCompare(b.label) || a.firstFrame - b.firstFrame);
  const joined: typeof drawn = [];
  for (const one of inTime) {
    const last = joined.at(-1);
    if (last?.label === one.label && one.firstFrame <= last.lastFrame + 1) last.lastFrame = one.lastFrame;
    else joined.push({ ...one });
  }
  const timed = joined.map((segment) => ({ ...segment, ...momentOf(video, segment) }));
  return timed.sort((a, b) => a.firstFrame - b.firstFrame);
}

function framesOf({ starts, realFrames }: ClipPositions, cell: number) {
  return { firstFrame: starts[cell]!, lastFrame: starts[cell]! + realFrames - 1 };
}

function clipMoment(positions: ClipPositions, cell: number, video: ClipVideo): Moment {
  return momentOf(video, framesOf(positions, cell));
}

function momentOf(
  { timesSec, durationSec }: ClipVideo,
  { firstFrame, lastFrame }: { firstFrame: number; lastFrame: number },
): Moment {
  return { startSec: timesSec[firstFrame]!, endSec: timesSec[lastFrame + 1] ?? durationSec };
}
