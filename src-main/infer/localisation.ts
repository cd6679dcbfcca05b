import { largestOf } from '../contract/largest-of.ts';
import type { ClipPrediction, Localisation, Moment } from '../contract/records.ts';

/**
 * Does the weight lie where the expression is? Design.md section 4, with the weights of the prediction. A video
 * that could not be scored counts as a miss.
 */

/** The clips of one video and the moment labelled in it. */
export type LocalisedVideo = { clips: readonly ClipPrediction[]; moment: Moment };

/** Weights closer than this, relative to the largest, are equal: far above rounding, far below any meaning. */
const TIE = 1e-4;

/** `undefined` where no video has a labelled moment. */
export function scoreLocalisation(videos: readonly LocalisedVideo[]): Localisation | undefined {
  if (videos.length === 0) return undefined;
  const mean = (score: (video: LocalisedVideo) => number) =>
    videos.reduce((total, video) => total + score(video), 0) / videos.length;
  return { pointing: mean(pointingOf), mass: mean(massOf), uniform: mean(uniformOf), n: videos.length };
}

/**
 * The heaviest clip. Clip logits that are windowed maxima tie over all windows that hold the same best frame, and the
 * first of them would point half a clip too early: so the middle of the first run of tied, overlapping clips is taken.
 * Null where nothing was scored, and where all weights are equal: uniform weights point nowhere.
 */
export function heaviestClip(clips: readonly ClipPrediction[]): ClipPrediction | null {
  const tied = tiedClips(clips);
  if (tied.length === 0 || (clips.length > 1 && tied.length === clips.length)) return null;
  let plateau = 1;
  while (plateau < tied.length && follows(clips, tied[plateau - 1]!, tied[plateau]!)) plateau++;
  return clips[tied[Math.floor((plateau - 1) / 2)]!]!;
}

/** Does the centre of the clip lie inside the moment? */
export function centreInside(clip: Moment, moment: Moment): boolean {
  const centre = (clip.startSec + clip.endSec) / 2;
  return moment.startSec <= centre && centre <= moment.endSec;
}

/** Share of weight on clips whose centre lies inside the moment. */
export function massOf({ clips, moment }: LocalisedVideo): number {
  return inside(clips, moment).reduce((total, { weight }) => total + weight, 0);
}

/** 1 or 0; where all weights are equal, the expectation over them. */
function pointingOf(video: LocalisedVideo): number {
  const heaviest = heaviestClip(video.clips);
  if (heaviest === null) return uniformOf(video);
  return centreInside(heaviest, video.moment) ? 1 : 0;
}

function uniformOf({ clips, moment }: LocalisedVideo): number {
  return clips.length === 0 ? 0 : inside(clips, moment).length / clips.length;
}

function inside(clips: readonly ClipPrediction[], moment: Moment): ClipPrediction[] {
  return clips.filter((clip) => centreInside(clip, moment));
}

/** Indices of the clips that share the largest weight. */
function tiedClips(clips: readonly ClipPrediction[]): number[] {
  const largest = largestOf(clips.map(({ weight }) => weight));
  return clips.flatMap(({ weight }, p) => (weight >= largest * (1 - TIE) ? [p] : []));
}

function follows(clips: readonly ClipPrediction[], earlier: number, later: number): boolean {
  return later === earlier + 1 && clips[later]!.startSec < clips[earlier]!.endSec;
}
