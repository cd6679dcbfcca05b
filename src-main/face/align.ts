/** From the sights of a person to one aligned, smooth crop region for every frame. */
import type { Box, FaceOrigin } from '../contract/records.ts';
import { mixBoxes } from './boxes.ts';
import type { FaceTrack, Sight } from './face-track.ts';
import { mixPoses, scalePose, type Pose } from './pose.ts';

export type AlignSettings = {
  /** Frames without a face are interpolated when the face is back within this time; seconds. */
  maxGapSec: number;
  /** Half width of the triangular window that smooths the motion of the crop; seconds. */
  smoothSec: number;
  /** Added to the tight square on each side, as a share of its side. */
  margin: number;
};

export const ALIGN_SETTINGS: AlignSettings = { maxGapSec: 0.4, smoothSec: 0.2, margin: 0.15 };

/** What is known of one frame; `region` is null where no face is. */
export type AlignedFrame = { origin: FaceOrigin; region: Pose | null; box: Box | null; confidence: number };

const ABSENT: AlignedFrame = { origin: 'absent', region: null, box: null, confidence: 0 };
/** An interpolated frame counts half as sure as its neighbours. */
const INTERPOLATED_CONFIDENCE = 0.5;

/**
 * @param track - sights in the order of frames; null: nobody
 * @param timesSec - presentation time of every frame of the video
 * @returns one entry a frame
 */
export function alignFrames(track: FaceTrack | null, timesSec: Float64Array, settings: AlignSettings): AlignedFrame[] {
  const frames = new Array<AlignedFrame>(timesSec.length).fill(ABSENT);
  let last: Sight | null = null;
  for (const sight of track ?? []) {
    if (sight.frame >= frames.length || sight.frame === last?.frame) continue;
    if (last && timesSec[sight.frame]! - timesSec[last.frame]! <= settings.maxGapSec)
      for (let f = last.frame + 1; f < sight.frame; f++) frames[f] = interpolated(last, sight, f);
    frames[sight.frame] = alignedOf(sight);
    last = sight;
  }
  return withMargin(smoothed(frames, timesSec, settings.smoothSec), settings.margin);
}

function alignedOf({ origin, pose, box, confidence }: Sight): AlignedFrame {
  return { origin, region: pose, box, confidence };
}

function interpolated(before: Sight, after: Sight, frame: number): AlignedFrame {
  const share = (frame - before.frame) / (after.frame - before.frame);
  return {
    origin: 'interpolated',
    region: mixPoses(before.pose, after.pose, share),
    box: mixBoxes(before.box, after.box, share),
    confidence: INTERPOLATED_CONFIDENCE * Math.min(before.confidence, after.confidence),
  };
}

/** Weighted mean over the neighbours within the window, both ways (no lag), not across absent frames. */
function smoothed(frames: readonly AlignedFrame[], timesSec: Float64Array, halfSec: number): AlignedFrame[] {
  return frames.map((aligned, f) => {
    if (!aligned.region) return aligned;
    const sum = { x: 0, y: 0, a: 0, b: 0, weight: 0 };
    addPose(sum, aligned.region, 1);
    // Both sides reach equally far, so that the ends of a stretch do not lag behind.
    for (let d = 1; ; d++) {
      const before = neighbour(frames, timesSec, { f, at: f - d, halfSec });
      const after = neighbour(frames, timesSec, { f, at: f + d, halfSec });
      if (!before || !after) break;
      const weight = Math.min(before.weight, after.weight);
      addPose(sum, before.region, weight);
      addPose(sum, after.region, weight);
    }
    const { x, y, a, b, weight } = sum;
    return { ...aligned, region: { x: x / weight, y: y / weight, a: a / weight, b: b / weight } };
  });
}

function addPose(sum: Pose & { weight: number }, pose: Pose, weight: number): void {
  sum.x += pose.x * weight;
  sum.y += pose.y * weight;
  sum.a += pose.a * weight;
  sum.b += pose.b * weight;
  sum.weight += weight;
}

type Place = { f: number; at: number; halfSec: number };

function neighbour(frames: readonly AlignedFrame[], timesSec: Float64Array, { f, at, halfSec }: Place) {
  const region = frames[at]?.region;
  const weight = region ? 1 - Math.abs(timesSec[at]! - timesSec[f]!) / halfSec : 0;
  return region && weight > 0 ? { region, weight } : null;
}

function withMargin(frames: AlignedFrame[], margin: number): AlignedFrame[] {
  return frames.map((frame) => (frame.region ? { ...frame, region: scalePose(frame.region, 1 + 2 * margin) } : frame));
}

/** Share of frames whose crop shows a face. */
export function coverageOf(origins: readonly { origin: FaceOrigin }[]): number {
  const seen = origins.filter(({ origin }) => origin !== 'absent').length;
  return origins.length === 0 ? 0 : seen / origins.length;
}
