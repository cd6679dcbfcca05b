/** From the sights of a person to one aligned, smooth crop region for every frame. */
import { AlignedFrames, type AlignedFrame } from './aligned-frames.ts';
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

/** An interpolated frame counts half as sure as its neighbours. */
const INTERPOLATED_CONFIDENCE = 0.5;

/**
 * @param track - sights in the order of frames; null: nobody
 * @param timesSec - presentation time of every frame of the video
 * @returns regions with their margin, smoothed over time
 */
export function alignFrames(track: FaceTrack | null, timesSec: Float64Array, settings: AlignSettings): AlignedFrames {
  const raw = new AlignedFrames(timesSec.length);
  let last: Sight | null = null;
  for (const sight of track ?? []) {
    if (sight.frame >= raw.count || sight.frame === last?.frame) continue;
    if (last && timesSec[sight.frame]! - timesSec[last.frame]! <= settings.maxGapSec)
      for (let f = last.frame + 1; f < sight.frame; f++) raw.set(f, interpolated(last, sight, f));
    raw.set(sight.frame, alignedOf(sight));
    last = sight;
  }
  const aligned = new AlignedFrames(timesSec.length);
  for (let f = 0; f < raw.count; f++) {
    const region = smoothedRegion(raw, timesSec, { f, halfSec: settings.smoothSec });
    aligned.set(f, { ...raw.at(f), region: region && scalePose(region, 1 + 2 * settings.margin) });
  }
  return aligned;
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

type Window = { f: number; halfSec: number };

/**
 * Weighted mean over the neighbours within the window, not across absent frames. Both sides reach equally far, so that
 * there is no lag, not even at the ends of a stretch.
 */
function smoothedRegion(frames: AlignedFrames, timesSec: Float64Array, { f, halfSec }: Window): Pose | null {
  const region = frames.regionAt(f);
  if (!region) return null;
  const sum = { x: 0, y: 0, a: 0, b: 0, weight: 0 };
  addPose(sum, region, 1);
  for (let d = 1; ; d++) {
    const [before, after] = [frames.regionAt(f - d), frames.regionAt(f + d)];
    const reachSec = Math.max(timesSec[f]! - timesSec[f - d]!, timesSec[f + d]! - timesSec[f]!);
    if (!before || !after || reachSec >= halfSec) break;
    addPose(sum, before, 1 - reachSec / halfSec);
    addPose(sum, after, 1 - reachSec / halfSec);
  }
  const { x, y, a, b, weight } = sum;
  return { x: x / weight, y: y / weight, a: a / weight, b: b / weight };
}

function addPose(sum: Pose & { weight: number }, pose: Pose, weight: number): void {
  sum.x += pose.x * weight;
  sum.y += pose.y * weight;
  sum.a += pose.a * weight;
  sum.b += pose.b * weight;
  sum.weight += weight;
}
