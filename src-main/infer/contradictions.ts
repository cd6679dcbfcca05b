import type { Moment, VideoPrediction } from '../contract/records.ts';
import { momentInVideo } from '../data/moment-in-video.ts';
import { classProbabilities, largest } from './gamma-lens.ts';
import { centreInside, heaviestClip, massOf } from './localisation.ts';

/** A prediction beside what people said of the video; null where they said nothing. */
export type JudgedVideo = { prediction: VideoPrediction; truth: string | null; moment: Moment | null };

/**
 * A video whose heaviest moment speaks against its label: the clip alone shows another expression, or it lies outside
 * the labelled moment. Either the model or the label is wrong; a person should look.
 */
export type Contradiction = {
  videoId: string;
  /** The heaviest clip's span. */
  heaviest: Moment;
  /** What that clip alone shows, and how likely, by softmax over its logits. */
  shows: string;
  probability: number;
  reason: 'other-expression' | 'outside-moment';
  /** 0 to 1: how much likelier the other expression is than the label, or the share of weight outside the moment. */
  severity: number;
};

/** The queue for a person to look at, worst first. `classes` names the logits in order. */
export function findContradictions(videos: readonly JudgedVideo[], classes: readonly string[]): Contradiction[] {
  return videos
    .flatMap((video) => contradictionOf(video, classes) ?? [])
    .sort((a, b) => b.severity - a.severity || a.videoId.localeCompare(b.videoId));
}

function contradictionOf(video: JudgedVideo, classes: readonly string[]): Contradiction | null {
  const clip = heaviestClip(video.prediction.clips);
  if (clip === null || video.truth === null) return null;
  const probabilities = classProbabilities(clip.logits);
  const shown = largest(probabilities);
  const found = {
    videoId: video.prediction.videoId,
    heaviest: { startSec: clip.startSec, endSec: clip.endSec },
    shows: classes[shown]!,
    probability: probabilities[shown]!,
  };
  if (found.shows !== video.truth) {
    const likelihoodOfTruth = probabilities[classes.indexOf(video.truth)] ?? 0;
    return { ...found, reason: 'other-expression', severity: found.probability - likelihoodOfTruth };
  }
  const { clips, durationSec } = video.prediction;
  const moment = video.moment === null ? null : momentInVideo(video.moment, durationSec);
  if (moment === null || centreInside(clip, moment)) return null;
  return { ...found, reason: 'outside-moment', severity: 1 - massOf({ clips, moment }) };
}
