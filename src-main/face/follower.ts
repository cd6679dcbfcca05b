/**
 * Follows the faces of one video through its frames, which come in order and are not kept: a strong scan of the
 * whole picture at the start, now and then, whenever a face was lost and when a quick glance sees something new; a
 * quick look near each known face every fraction of a second (an anchor); and in between linear motion that is
 * verified by the looks of the face (`between.ts`). New faces are followed backwards through the last anchors, so that
 * they are found from their first appearance on.
 */
import { boxSize, sameFace } from './boxes.ts';
import { fillBetween, pursue, sightOf, type Pursuit, type VideoFrame } from './between.ts';
import { cropRegion } from './crop.ts';
import type { DetectedFace, FaceDetector, Glimpse } from './detector.ts';
import { FaceTrack, type Sight } from './face-track.ts';
import type { Picture } from './picture.ts';
import { poseSide, scalePose } from './pose.ts';

export type FollowSettings = {
  /** Seconds between two looks at a known face. */
  anchorEverySec: number;
  /** Seconds between two quick glances over the whole picture for new faces; without any known face at every anchor. */
  glanceEverySec: number;
  /** Seconds between two scans of the whole picture while a face is followed, for those that glances miss. */
  scanEverySec: number;
  /** The same while nobody is followed. */
  searchEverySec: number;
  /** Seconds without a scan after one, whatever is lost or glimpsed. */
  scanRestSec: number;
  /** Correlation with the face at the anchors, under which a frame in between is looked at itself. */
  minSimilarity: number;
  /** Faces followed at one time; the largest are taken. */
  maxFaces: number;
};

export const FOLLOW_SETTINGS: FollowSettings = {
  anchorEverySec: 0.2,
  glanceEverySec: 1,
  scanEverySec: 9.6,
  searchEverySec: 2.4,
  scanRestSec: 0.5,
  minSimilarity: 0.7,
  maxFaces: 6,
};

/** A face from one appearance to its loss, and its best portrait (to tell people apart). */
export type Tracklet = { track: FaceTrack; portrait: Picture };

const PORTRAIT_SIZE = 150;
const PORTRAIT_REGION = 1.2;
/** A new portrait must be this much better, so that few are cut. */
const BETTER_PORTRAIT = 1.3;
/** Frame times are rounded: this much earlier is still in time. */
const EARLY_SEC = 1e-3;

type Followed = Tracklet & { last: Sight; portraitScore: number };
type Anchor = VideoFrame & { faces: Sight[] };
/** What was found at an anchor of each followed face. */
type Findings = Map<Followed, DetectedFace | null>;

export class FaceFollower {
  readonly #detector: FaceDetector;
  readonly #settings: FollowSettings;
  readonly #lost: Tracklet[] = [];
  #live: Followed[] = [];
  /** The last anchors, oldest first, as far back as new faces are followed: one search interval, or the last scan. */
  #anchors: Anchor[] = [];
  /** Frames after the last anchor. */
  #window: VideoFrame[] = [];
  #lastScanSec = -Infinity;
  #lastGlanceSec = -Infinity;

  constructor(detector: FaceDetector, settings: FollowSettings = FOLLOW_SETTINGS) {
    this.#detector = detector;
    this.#settings = settings;
  }

  /** Takes the next frame; its picture must stay as it is until a second of video later. */
  async add(frame: VideoFrame): Promise<void> {
    this.#window.push(frame);
    const anchor = this.#anchors.at(-1);
    if (!anchor || isDue(frame, anchor.timeSec, this.#settings.anchorEverySec)) await this.#makeAnchor();
  }

  /** To be called after the last frame. Poses and boxes are in pixels of the pictures that were given. */
  async finish(): Promise<Tracklet[]> {
    if (this.#window.length > 0) await this.#makeAnchor();
    return [...this.#lost, ...this.#live].map(({ track, portrait }) => ({ track: track.sorted(), portrait }));
  }

  async #makeAnchor(): Promise<void> {
    const now = this.#window.pop()!;
    const findings = await this.#lookAgain(now);
    const scanned = await this.#scanIsDue(now, findings);
    const born = scanned ? await this.#scan(now, findings) : [];
    for (const [followed, face] of findings) {
      if (face) await this.#continue(followed, face, now);
      else await this.#lose(followed);
    }
    for (const face of born) await this.#start(face, now);
    const anchor = { ...now, faces: this.#live.map(({ last }) => last) };
    const remembered = this.#anchors.filter(({ timeSec }) => now.timeSec - timeSec < this.#settings.searchEverySec);
    this.#anchors = scanned ? [anchor] : [...remembered, anchor];
    this.#window = [];
  }

  /** Where two followed faces are found at one place, the less sure one is lost. */
  async #lookAgain(now: VideoFrame): Promise<Findings> {
    const looks = this.#live.map(async (followed) => ({
      followed,
      face: await this.#detector.follow(now.picture, followed.last.pose),
    }));
    const findings: Findings = new Map();
    for (const { followed, face } of (await Promise.all(looks)).sort(bySureness)) {
      const taken = face && [...findings.values()].some((other) => other && sameFace(other.box, face.box));
      findings.set(followed, taken ? null : face);
    }
    return findings;
  }

  async #scanIsDue(now: VideoFrame, findings: Findings): Promise<boolean> {
    const { scanEverySec, searchEverySec, glanceEverySec, scanRestSec } = this.#settings;
    const alone = findings.size === 0;
    if (isDue(now, this.#lastScanSec, alone ? searchEverySec : scanEverySec)) return true;
    if (!isDue(now, this.#lastScanSec, scanRestSec)) return false;
    const faces = [...findings.values()];
    if (faces.includes(null)) return true;
    if (!alone && !isDue(now, Math.max(this.#lastScanSec, this.#lastGlanceSec), glanceEverySec)) return false;
    this.#lastGlanceSec = now.timeSec;
    const glimpses = await this.#detector.glance(now.picture);
    return glimpses.some((glimpse) => !faces.some((face) => face && isAt(glimpse, face)));
  }

  /** Gives lost faces what the scan sees at their place. @returns the faces that are new, the largest first */
  async #scan(now: VideoFrame, findings: Findings): Promise<DetectedFace[]> {
    const faces = await this.#detector.scan(now.picture);
    this.#lastScanSec = now.timeSec;
    const born: DetectedFace[] = [];
    for (const face of faces.sort((one, other) => boxSize(other.box) - boxSize(one.box))) {
      const known = [...findings.values(), ...born].some((other) => other && sameFace(other.box, face.box));
      if (known) continue;
      const lost = [...findings].find(([followed, found]) => !found && sameFace(followed.last.box, face.box));
      if (lost) findings.set(lost[0], face);
      else born.push(face);
    }
    const alive = [...findings.values()].filter((face) => face !== null).length;
    return born.slice(0, Math.max(0, this.#settings.maxFaces - alive));
  }

  #pursuit(track: FaceTrack): Pursuit {
    return { detector: this.#detector, track, minSimilarity: this.#settings.minSimilarity };
  }

  async #continue(followed: Followed, face: DetectedFace, now: VideoFrame): Promise<void> {
    const sight = sightOf(face, now.frame);
    const first = { sight: followed.last, picture: this.#anchors.at(-1)!.picture };
    followed.track.add(sight);
    await fillBetween(this.#pursuit(followed.track), { first, last: { sight, picture: now.picture } }, this.#window);
    followed.last = sight;
    if (portraitScore(sight) < followed.portraitScore * BETTER_PORTRAIT) return;
    followed.portrait = portraitOf(now.picture, sight);
    followed.portraitScore = portraitScore(sight);
  }

  async #lose(followed: Followed): Promise<void> {
    await pursue(this.#pursuit(followed.track), followed.last, this.#window);
    this.#lost.push(followed);
    this.#live = this.#live.filter((other) => other !== followed);
  }

  async #start(face: DetectedFace, now: VideoFrame): Promise<void> {
    const sight = sightOf(face, now.frame);
    const track = new FaceTrack();
    track.add(sight);
    const portrait = portraitOf(now.picture, sight);
    this.#live.push({ track, portrait, portraitScore: portraitScore(sight), last: sight });
    await this.#followBackwards(track, { sight, picture: now.picture });
  }

  /** Through the frames since the last anchor, then from anchor to anchor until the last scan. */
  async #followBackwards(track: FaceTrack, start: { sight: Sight; picture: Picture }): Promise<void> {
    const [nearest, ...older] = this.#anchors.toReversed();
    let sight = nearest && (await this.#seeAt(nearest, start.sight));
    if (!sight) return pursue(this.#pursuit(track), start.sight, this.#window.toReversed());
    track.add(sight);
    await fillBetween(this.#pursuit(track), { first: { sight, picture: nearest!.picture }, last: start }, this.#window);
    for (const anchor of older) {
      sight = await this.#seeAt(anchor, sight);
      if (!sight) return;
      track.add(sight);
    }
  }

  /** The face at an earlier anchor, unless another one that is already followed is there. */
  async #seeAt(anchor: Anchor, later: Sight): Promise<Sight | undefined> {
    const face = await this.#detector.follow(anchor.picture, later.pose);
    if (!face || anchor.faces.some((other) => sameFace(other.box, face.box))) return undefined;
    return sightOf(face, anchor.frame);
  }
}

function isDue(now: VideoFrame, lastSec: number, everySec: number): boolean {
  return now.timeSec - lastSec >= everySec - EARLY_SEC;
}

/** Whether a glimpse is of a face that is known; the quick detector's boxes are loose. */
function isAt({ x, y }: Glimpse, { pose }: DetectedFace): boolean {
  return Math.hypot(x - pose.x, y - pose.y) < 0.7 * poseSide(pose);
}

function bySureness(one: { face: DetectedFace | null }, other: { face: DetectedFace | null }): number {
  return (other.face?.confidence ?? 0) - (one.face?.confidence ?? 0);
}

function portraitOf(picture: Picture, { pose }: Sight): Picture {
  const rgb = cropRegion(picture, scalePose(pose, PORTRAIT_REGION), PORTRAIT_SIZE);
  return { width: PORTRAIT_SIZE, height: PORTRAIT_SIZE, rgb };
}

function portraitScore({ pose, confidence }: Sight): number {
  return Math.min(poseSide(pose), PORTRAIT_SIZE) * confidence;
}
