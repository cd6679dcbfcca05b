import type { ResolvedConfig } from '../contract/config.ts';
import { largestOf } from '../contract/largest-of.ts';
import type { ClipPrediction, VideoPrediction } from '../contract/records.ts';
import type { ClipVideo } from '../data/clip-source.ts';
import type { ScoredClips } from '../data/score-video.ts';
import { classProbabilities, inferenceRule, largest, poolClips } from './gamma-lens.ts';
import { heaviestClip } from './localisation.ts';

/** What turns clip logits into a decision. `classes` names the k logits in order. */
export type DecisionRule = { classes: readonly string[] } & Pick<ResolvedConfig, 'pooling' | 'gamma' | 'clipFrames'>;

/**
 * Pools the clip logits of a video into probabilities and says how much each clip weighed for the predicted class, with
 * `joint-softmax` for all classes together.
 * A video in which nothing could be scored has label null, no clips, and a note that says why; a video shorter than a
 * clip is scored on what it has, and the note says that too.
 */
export function predictVideo(video: ClipVideo, scores: ScoredClips, rule: DecisionRule): VideoPrediction {
  const base = {
    videoId: video.id,
    path: video.path,
    durationSec: video.durationSec,
    faceCoverage: video.faceCoverage,
  };
  if (scores.starts.length === 0)
    return { ...base, label: null, probabilities: {}, clips: [], heaviest: null, note: whyUnscored(video) };
  const pooled = poolClips(scores.logits, inferenceRule(rule));
  const predicted = largest(pooled.logits);
  const probabilities = classProbabilities(pooled.logits);
  const note = shortNote(video, rule.clipFrames);
  const clips = scores.starts.map((startFrame, p) => ({
    ...clipSpan(video, startFrame, rule.clipFrames),
    weight: pooled.weights[p]![predicted]!,
    logits: [...scores.logits[p]!],
  }));
  return {
    ...base,
    label: rule.classes[predicted]!,
    probabilities: Object.fromEntries(rule.classes.map((name, k) => [name, probabilities[k]!])),
    clips,
    heaviest: heaviestSpan(clips),
    ...(note === null ? {} : { note }),
  };
}

function heaviestSpan(clips: readonly ClipPrediction[]): VideoPrediction['heaviest'] {
  const heaviest = heaviestClip(clips);
  if (heaviest === null) return null;
  const { startSec, endSec, weight } = heaviest;
  return { startSec, endSec, weight };
}

/** From the first frame's time to the end of the last frame that the clip really shows (padding is not shown). */
function clipSpan(
  video: ClipVideo,
  startFrame: number,
  clipFrames: number,
): Pick<ClipPrediction, 'startFrame' | 'startSec' | 'endSec'> {
  const run = video.runs.find(({ start, end }) => start <= startFrame && startFrame < end);
  const limit = run?.end ?? video.timesSec.length;
  const lastFrame = Math.min(startFrame + clipFrames, limit) - 1;
  return { startFrame, startSec: video.timesSec[startFrame]!, endSec: endOfFrame(video, lastFrame) };
}

/** A frame lasts until the next one; the last one as long as the one before it, or the whole of a one-frame video. */
function endOfFrame({ timesSec, durationSec }: ClipVideo, frame: number): number {
  const time = timesSec[frame]!;
  const next = timesSec[frame + 1];
  if (next !== undefined) return next;
  const previous = timesSec[frame - 1];
  return previous === undefined ? Math.max(time, durationSec) : time + (time - previous);
}

function whyUnscored(video: ClipVideo): string {
  if (video.timesSec.length === 0) return 'The video has no frames, so there was nothing to score.';
  if (video.runs.length === 0) return 'No face was found in the video, so there was nothing to score.';
  return 'No clip of the video could be scored.';
}

function shortNote(video: ClipVideo, clipFrames: number): string | null {
  const longest = largestOf(video.runs.map(({ start, end }) => end - start));
  if (longest >= clipFrames) return null;
  const padded = `a clip has ${clipFrames}, so the rest of it was padded with black.`;
  if (video.timesSec.length === 1) return `The video is a single frame; ${padded}`;
  if (video.timesSec.length < clipFrames) return `The video has only ${video.timesSec.length} frames; ${padded}`;
  return `The longest stretch with a face has only ${longest} frames; ${padded}`;
}
