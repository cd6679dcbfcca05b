/** What semi-weak runs guess of videos without a labelled moment, and what labelling them would teach. Project process. */
import { z } from 'zod';
import type { Moment } from '../records.ts';
import { call } from '../rpc.ts';
import { nothing, runName, videoId } from './limits.ts';

/** A video that a run has guessed on. `label` is what holds of it now. */
export type GuessedVideo = {
  id: string;
  label: string | null;
  /** What the run takes it for: its label, or its likeliest class. */
  guess: string;
  /** Probability of the guess by the scores of the whole video; null where the run was told the label. */
  confidence: number | null;
  /** Of the draws, 0 (always the same segment) to 1 (all alike). */
  entropy: number;
  /** Probability that two draws share no frame or are of different classes. */
  disagreement: number;
};

/** A stretch of a video that draws took for an example of a class. Frames count from 0, both inside it. */
export type PseudoSegment = {
  firstFrame: number;
  lastFrame: number;
  startSec: number;
  endSec: number;
  label: string;
  confidence: number | null;
};

/** A guess as it was rejected, perhaps on another run. */
export type RejectedGuess = { run: string; label: string; moment: Moment };

export type VideoGuesses = {
  run: string;
  videoId: string;
  durationSec: number;
  /** Probability of each clip position to be drawn, relative to the largest; `startSec` to `endSec` is its clip. */
  heat: { startSec: number; endSec: number; shade: number }[];
  /** In the order of time, without those that somebody rejected. */
  segments: PseudoSegment[];
  /** How many segments are left out because they were rejected, and the rejections that leave them out. */
  hidden: number;
  rejections: RejectedGuess[];
};

/** How well a run does that was told so many moments and labels. */
export type LabelCurvePoint = {
  run: string;
  method: string;
  moments: number;
  labels: number;
  /** Of the best epoch, on validation. */
  war: number;
};

export type LabelCurve = {
  points: LabelCurvePoint[];
  /** Videos of the project that have a labelled moment now. */
  momentsNow: number;
};

export const guessesRoom = {
  /** Runs that guess, newest last. */
  runs: call(nothing).returns<string[]>(),
  /** Videos whose moment nobody has labelled since, that first whose label would teach most. */
  queue: call(z.strictObject({ run: runName })).returns<GuessedVideo[]>(),
  /** Null where the run does not guess on the video, or its moment is labelled by now. */
  video: call(z.strictObject({ run: runName, videoId })).returns<VideoGuesses | null>(),
  /** Fewest moments first. */
  curve: call(nothing).returns<LabelCurve>(),
};
