/**
 * From one video to its crop pack, in two passes over the decoded frames: find the people, then cut the crops of one
 * of them. Only a second of frames is held at any time.
 */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../contract/errors.ts';
import type { Box, CropFrame, FrameIndex } from '../contract/records.ts';
import { ALIGN_SETTINGS, alignFrames } from '../face/align.ts';
import { AlignedFrames } from '../face/aligned-frames.ts';
import { cropRegion } from '../face/crop.ts';
import type { FaceDetector } from '../face/detector.ts';
import { FaceFollower, FOLLOW_SETTINGS } from '../face/follower.ts';
import { gatherPeople, mainPerson, summarise, type Person } from '../face/people.ts';
import { poseSide, resizePose, uprightPose, type Pose } from '../face/pose.ts';
import { decodeFrames, type DecodeOptions } from '../media/decode.ts';
import type { DecodedFrame, IndexedSource } from '../media/media-source.ts';
import { openCropPack, readCropPackIndex, readPeople } from '../store/crop-pack-reader.ts';
import { CropPackWriter } from '../store/crop-pack-writer.ts';

/** Longest side of the pictures in which faces are sought. */
const DETECTION_SIDE = 640;
/** Crops are cut from pictures this much finer than they are, where the video is. */
const FINENESS = 1.25;

export type CropSettings = {
  faces: 'auto' | 'cropped';
  /** Side of a crop in pixels. */
  size: number;
  /** JPEG quality. */
  quality: number;
  /** The person to crop, by id; null takes the main person. */
  person: number | null;
};

/** `coverage`: share of frames that show a face. */
export type PackSummary = { frames: number; coverage: number };

export type PrepareJob = {
  videoId: string;
  source: IndexedSource;
  packPath: string;
  settings: CropSettings;
  /** Called only where faces must be found: starting it takes a second. */
  detector: () => FaceDetector;
  signal: AbortSignal;
  /** Called after every frame of each pass. `waitMs`: how long the decoder let the work on it wait. */
  onFrame: (waitMs: number) => void;
};

export function packPathOf(cropsFolder: string, videoId: string): string {
  return join(cropsFolder, `${videoId}.crops`);
}

/** Passes over the frames: one to find people, one to cut. */
export function passesOf(faces: 'auto' | 'cropped'): 1 | 2 {
  return faces === 'auto' ? 2 : 1;
}

/** What decides who is found, and what decides how they are cut; a pack is made again when either changes. */
function findingRecipe(faces: 'auto' | 'cropped'): Record<string, string | number> {
  return { version: 1, faces, ...(faces === 'auto' ? { detectionSide: DETECTION_SIDE, ...FOLLOW_SETTINGS } : {}) };
}

export function recipeOf({ faces, size, quality, person }: CropSettings): Record<string, string | number> {
  const cutting = { size, quality, ...(faces === 'auto' ? { person: person ?? 'main', ...ALIGN_SETTINGS } : {}) };
  return { ...findingRecipe(faces), ...cutting };
}

/** Of a complete, undamaged pack made with these settings; null where there is none. */
export async function preparedPack(packPath: string, settings: CropSettings): Promise<PackSummary | null> {
  try {
    const { index, pack } = await openCropPack(packPath);
    if (!isDeepStrictEqual(index.recipe, recipeOf(settings))) return null;
    await pack.verify();
    return { frames: index.frames.length, coverage: index.coverage };
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not-found' || error.code === 'corrupt')) return null;
    throw error;
  }
}

/**
 * Makes the pack of one video. A video without a face gets a pack too, with every frame `absent`.
 * @throws AppError `decode-failed`, `not-found` (no such person), `bad-input` (the pack cannot be written), `aborted`
 */
export async function prepareVideo(job: PrepareJob): Promise<PackSummary> {
  const { timesSec } = job.source.index;
  if (job.settings.faces === 'cropped') {
    const frames = croppedFrames(job.source);
    return writePack(job, frames, { people: [], chosen: null });
  }
  const people = (await knownPeople(job)) ?? (await findPeople(job));
  const chosen = choosePerson(job, people, timesSec.length);
  const track = people.find(({ id }) => id === chosen)?.track ?? null;
  return writePack(job, alignFrames(track, timesSec, ALIGN_SETTINGS), { people, chosen });
}

/** The pictures are face crops: their centre square, all detected. */
function croppedFrames({ media, index }: IndexedSource): AlignedFrames {
  const { width, height } = media;
  const side = Math.min(width, height);
  const box = { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side };
  const region = uprightPose(width / 2, height / 2, side);
  const frames = new AlignedFrames(index.timesSec.length);
  for (let f = 0; f < frames.count; f++) frames.set(f, { origin: 'detected', region, box, confidence: 1 });
  return frames;
}

/** The people of a pack that is there, if they were found with the same settings; only the crops change then. */
async function knownPeople({ packPath, settings }: PrepareJob): Promise<Person[] | null> {
  try {
    const { recipe } = await readCropPackIndex(packPath);
    const wanted = Object.entries(findingRecipe(settings.faces));
    return wanted.every(([key, value]) => recipe[key] === value) ? await readPeople(packPath) : null;
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not-found' || error.code === 'corrupt')) return null;
    throw error;
  }
}

/** First pass. Tracks are in pixels of the upright picture at its full size. */
async function findPeople(job: PrepareJob): Promise<Person[]> {
  const { source, detector } = job;
  const finder = detector();
  const follower = new FaceFollower(finder);
  let factor = 1;
  for await (const decoded of framesOf(job, { maxSide: DETECTION_SIDE })) {
    factor = source.media.width / decoded.width;
    await follower.add({ frame: decoded.frame, timeSec: decoded.timeSec, picture: decoded });
  }
  const tracklets = await follower.finish();
  const people = await gatherPeople(tracklets, source.index.timesSec, (face) => finder.describe(face));
  return people.map(({ id, track }) => ({ id, track: track.scaled(factor) }));
}

function choosePerson({ source, settings }: PrepareJob, people: readonly Person[], frameCount: number): number | null {
  if (settings.person === null) return mainPerson(people.map((person) => summarise(person, frameCount)));
  const ids = people.map(({ id }) => id);
  if (ids.includes(settings.person)) return settings.person;
  throw new AppError('not-found', `${source.path}: there is no person ${settings.person}.`, {
    hint: ids.length > 0 ? `The people found are ${ids.join(', ')}.` : 'Nobody was found in this video.',
  });
}

type Cast = { people: Person[]; chosen: number | null };

/** Second pass. */
async function writePack(job: PrepareJob, frames: AlignedFrames, cast: Cast): Promise<PackSummary> {
  const { packPath, settings, source } = job;
  const writer = await CropPackWriter.create({ path: packPath, size: settings.size, quality: settings.quality });
  try {
    for await (const decoded of framesOf(job, { ...decodeLimit(source, frames, settings), reuse: true })) {
      const crop = cropOf(decoded, frames.regionAt(decoded.frame), { source, size: settings.size });
      if (crop) await writer.add(crop);
    }
    await writer.finish({ head: headOf(job, frames, cast), frames: cropFrames(frames, source.index) }, cast.people);
    return { frames: frames.count, coverage: frames.coverage };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** The decoded frames; tells the job of each when it is done with it. */
async function* framesOf({ source, signal, onFrame }: PrepareJob, options: DecodeOptions) {
  let askedMs = performance.now();
  for await (const decoded of decodeFrames(source, { ...options, signal })) {
    const waitMs = performance.now() - askedMs;
    yield decoded;
    onFrame(waitMs);
    askedMs = performance.now();
  }
}

/** Decodes no finer than the smallest face needs. */
function decodeLimit({ media }: IndexedSource, frames: AlignedFrames, { size }: CropSettings) {
  let smallest = Infinity;
  for (let f = 0; f < frames.count; f++) {
    const region = frames.regionAt(f);
    if (region) smallest = Math.min(smallest, poseSide(region));
  }
  const scale = (FINENESS * size) / smallest;
  return scale > 0 && scale < 1 ? { maxSide: Math.ceil(Math.max(media.width, media.height) * scale) } : {};
}

function cropOf(
  picture: DecodedFrame,
  region: Pose | null,
  { source, size }: { source: IndexedSource; size: number },
): Uint8Array | null {
  if (!region) return null;
  return cropRegion(picture, resizePose(region, picture.width / source.media.width), size);
}

function headOf({ videoId, source, settings }: PrepareJob, frames: AlignedFrames, { people, chosen }: Cast) {
  return {
    version: 1,
    videoId,
    size: settings.size,
    recipe: recipeOf(settings),
    faces: settings.faces,
    people: people.map((person) => summarise(person, frames.count)),
    mainPerson: chosen,
    coverage: frames.coverage,
    durationSec: source.media.durationSec,
  } as const;
}

function* cropFrames(frames: AlignedFrames, { timesSec }: FrameIndex): Generator<CropFrame> {
  let frame = 0;
  for (const { origin, box, confidence } of frames) {
    const place = box && roundedBox(box);
    yield { frame, timeSec: timesSec[frame]!, origin, box: place, confidence: rounded(confidence, 1000) };
    frame++;
  }
}

function roundedBox({ x, y, width, height }: Box): Box {
  return { x: rounded(x, 10), y: rounded(y, 10), width: rounded(width, 10), height: rounded(height, 10) };
}

function rounded(value: number, perUnit: number): number {
  return Math.round(value * perUnit) / perUnit;
}
