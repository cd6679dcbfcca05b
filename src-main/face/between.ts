import { mixBoxes } from './boxes.ts';
import type { DetectedFace, FaceDetector } from './detector.ts';
import type { FaceTrack, Sight } from './face-track.ts';
import { facePatch, similarity, type Patch } from './patch.ts';
import type { Picture } from './picture.ts';
import { mixPoses } from './pose.ts';

/** A decoded frame of a video; `timeSec` on a player's clock. */
export type VideoFrame = { frame: number; timeSec: number; picture: Picture };

/** A sight and the picture that it was made on. */
export type Seen = { sight: Sight; picture: Picture };

export type Pursuit = {
  detector: Pick<FaceDetector, 'follow'>;
  track: FaceTrack;
  /** Correlation of two patches from which on they show one face. */
  minSimilarity: number;
};

export function sightOf(face: DetectedFace, frame: number): Sight {
  return { frame, origin: 'detected', confidence: face.confidence, pose: face.pose, box: face.box };
}

/** Looks for a face frame by frame, from the place it was last seen until it is lost, and adds what it finds. */
export async function pursue(pursuit: Pursuit, from: Sight, frames: readonly VideoFrame[]): Promise<void> {
  let last = from;
  for (const { frame, picture } of frames) {
    const face = await pursuit.detector.follow(picture, last.pose);
    if (!face) return;
    last = sightOf(face, frame);
    pursuit.track.add(last);
  }
}

/**
 * Adds the frames between two sights. Those where the face, moved linearly, looks as at one of the ends count as tracked.
 * Where some do not, the middle one of them is looked at, and then the two halves; what stays doubtful is left out.
 */
export async function fillBetween(
  pursuit: Pursuit,
  ends: { first: Seen; last: Seen },
  frames: readonly VideoFrame[],
): Promise<void> {
  const { first, last } = ends;
  const between = frames.filter(({ frame }) => frame > first.sight.frame && frame < last.sight.frame);
  const guesses = guess(ends, between);
  const doubtful = guesses.filter(({ likeness }) => likeness < pursuit.minSimilarity);
  const middle = doubtful[doubtful.length >> 1];
  const face = middle && (await pursuit.detector.follow(middle.picture, middle.sight.pose));
  if (face) {
    const seen = { sight: sightOf(face, middle.sight.frame), picture: middle.picture };
    pursuit.track.add(seen.sight);
    await fillBetween(pursuit, { first, last: seen }, between);
    await fillBetween(pursuit, { first: seen, last }, between);
    return;
  }
  for (const { sight, likeness } of guesses)
    if (likeness >= pursuit.minSimilarity) pursuit.track.add({ ...sight, confidence: sight.confidence * likeness });
}

type Guess = Seen & { likeness: number };

function guess({ first, last }: { first: Seen; last: Seen }, frames: readonly VideoFrame[]): Guess[] {
  if (frames.length === 0) return [];
  const looks = [facePatch(first.picture, first.sight.pose), facePatch(last.picture, last.sight.pose)];
  return frames.map(({ frame, picture }) => {
    const sight = mixSights(first.sight, last.sight, frame);
    return { sight, picture, likeness: bestLikeness(facePatch(picture, sight.pose), looks) };
  });
}

function bestLikeness(patch: Patch, looks: readonly Patch[]): number {
  return Math.max(...looks.map((look) => similarity(patch, look)));
}

/** What linear motion expects at a frame between two sights. */
function mixSights(first: Sight, last: Sight, frame: number): Sight {
  const share = (frame - first.frame) / (last.frame - first.frame);
  return {
    frame,
    origin: 'tracked',
    confidence: first.confidence + (last.confidence - first.confidence) * share,
    pose: mixPoses(first.pose, last.pose, share),
    box: mixBoxes(first.box, last.box, share),
  };
}
