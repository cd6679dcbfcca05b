/** The job that makes the crop packs of a project. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { PrepareSummary } from '../contract/api.ts';
import type { AppError, ErrorCode } from '../contract/errors.ts';
import { throwIfAborted, toAppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { FrameIndex, QuarantineRecord, VideoRecord } from '../contract/records.ts';
import { openFaceDetector, type FaceDetector } from '../face/detector.ts';
import { writeError } from '../store/atomic-write.ts';
import { UNFINISHED } from '../store/crop-pack-writer.ts';
import { PrepareProgress } from './prepare-progress.ts';
import { reasonOf } from './reason-of.ts';
import { packPathOf, preparedPack, prepareVideo, type CropSettings, type PackSummary } from './prepare-video.ts';

export const DEFAULT_CROP_SIZE = 128;
export const DEFAULT_QUALITY = 95;

/** Videos prepared at one time, whatever the number of cores: each decoder takes memory. */
const MOST_AT_ONCE = 8;
/** Not the fault of one video: stopped, the crops folder cannot be written, the detector is broken. */
const FAILS_FOR_ALL: readonly ErrorCode[] = ['aborted', 'bad-input', 'bug'];

export type VideoToPrepare = VideoRecord & { faces: 'auto' | 'cropped' };

export type PrepareRequest<V extends VideoToPrepare = VideoToPrepare> = {
  videos: readonly V[];
  /** Absolute path of the file or folder of a video. */
  resolvePath: (video: V) => string;
  /** Presentation times of its frames. */
  frameIndex: (video: V) => FrameIndex | Promise<FrameIndex>;
  cropsFolder: string;
  /** Side of a crop in pixels. Default 128. */
  size?: number;
  /** JPEG quality. Default 95. */
  quality?: number;
  /** Person to crop by video id, where it is not to be the main person. */
  persons?: ReadonlyMap<string, number>;
  /** Told for each frame of each pass how long the work on it waited for the decoder, milliseconds. */
  onDecodeWait?: (ms: number) => void;
};

export type PrepareResult = Omit<PrepareSummary, 'project' | 'severalPeople'>;

/**
 * Decodes videos, finds faces and writes a crop pack of each. Packs that are there with the same settings are kept, so
 * a job that was stopped or killed continues where it was. A video that fails is reported under `quarantined` and the
 * others go on; coverage counts only videos with a pack.
 * @throws AppError `aborted`; `bad-input` when the crops folder cannot be written (disk full); `bug`
 */
export async function prepareVideos<V extends VideoToPrepare>(
  request: PrepareRequest<V>,
  job: JobContext = {},
): Promise<PrepareResult> {
  const startMs = performance.now();
  throwIfAborted(job.signal);
  await openFolder(request.cropsFolder);
  const stop = new AbortController();
  const signal = job.signal ? AbortSignal.any([job.signal, stop.signal]) : stop.signal;
  const atOnce = Math.max(1, Math.min(availableParallelism(), request.videos.length, MOST_AT_ONCE));
  let opened: FaceDetector | null = null;
  const detector = () => (opened ??= openFaceDetector({ threads: atOnce, signal }));
  const run = { request, signal, detector, progress: new PrepareProgress(request.videos, job) };
  const tally = new Tally();
  try {
    const queue = request.videos.values();
    const workers = Array.from({ length: atOnce }, () => work(queue, run, tally));
    await allOrFirstFailure(workers, () => stop.abort());
  } finally {
    await (opened as FaceDetector | null)?.close();
  }
  return tally.result((performance.now() - startMs) / 1000);
}

/** Waits for all, also when one fails, so that nothing is left behind at work; the first to fail stops the others. */
async function allOrFirstFailure(workers: readonly Promise<void>[], stop: () => void): Promise<void> {
  let failure: unknown = null;
  const stopAll = (error: unknown) => {
    failure ??= error;
    stop();
  };
  await Promise.all(workers.map((worker) => worker.catch(stopAll)));
  if (failure) throw failure;
}

/** Makes the folder, and removes what a killed job left behind. */
async function openFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) if (name.endsWith(UNFINISHED)) await rm(join(folder, name));
  } catch (error) {
    throw writeError(folder, error);
  }
}

type Run<V extends VideoToPrepare> = {
  request: PrepareRequest<V>;
  signal: AbortSignal;
  detector: () => FaceDetector;
  progress: PrepareProgress;
};

/** Takes one video after the other from the queue that all workers share. */
async function work<V extends VideoToPrepare>(queue: Iterable<V>, run: Run<V>, tally: Tally): Promise<void> {
  for (const video of queue) {
    throwIfAborted(run.signal);
    try {
      tally.add(video, ...(await prepareOne(video, run)));
    } catch (thrown) {
      const error = toAppError(thrown);
      if (FAILS_FOR_ALL.includes(error.code)) throw error;
      tally.quarantine(video, error, run.request.resolvePath(video));
    }
    run.progress.videoDone(video);
  }
}

async function prepareOne<V extends VideoToPrepare>(
  video: V,
  { request, signal, detector, progress }: Run<V>,
): Promise<[PackSummary, 'made' | 'kept']> {
  const { size = DEFAULT_CROP_SIZE, quality = DEFAULT_QUALITY, persons } = request;
  const settings: CropSettings = { faces: video.faces, size, quality, person: persons?.get(video.id) ?? null };
  const packPath = packPathOf(request.cropsFolder, video.id);
  const known = await preparedPack(packPath, settings);
  if (known) return [known, 'kept'];
  const source = {
    path: request.resolvePath(video),
    kind: video.kind,
    media: video.media,
    index: await request.frameIndex(video),
  };
  const onFrame = (waitMs: number) => {
    request.onDecodeWait?.(waitMs);
    progress.frameDone(video);
  };
  return [await prepareVideo({ videoId: video.id, source, packPath, settings, detector, signal, onFrame }), 'made'];
}

/** Sums up what happened to the videos. */
class Tally {
  readonly #sums = { prepared: 0, alreadyPrepared: 0, frames: 0, coverage: 0 };
  readonly #withoutFace: string[] = [];
  readonly #quarantined: QuarantineRecord[] = [];

  add(video: VideoToPrepare, { frames, coverage }: PackSummary, how: 'made' | 'kept'): void {
    this.#sums[how === 'made' ? 'prepared' : 'alreadyPrepared']++;
    if (how === 'made') this.#sums.frames += frames;
    this.#sums.coverage += coverage;
    if (coverage === 0) this.#withoutFace.push(video.path);
  }

  quarantine(video: VideoToPrepare, error: AppError, place: string): void {
    this.#quarantined.push({ path: video.path, code: error.code, reason: reasonOf(error, place) });
  }

  result(seconds: number): PrepareResult {
    const { coverage, ...counts } = this.#sums;
    const packs = counts.prepared + counts.alreadyPrepared;
    return {
      ...counts,
      withoutFace: this.#withoutFace.toSorted(),
      quarantined: this.#quarantined.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
      meanCoverage: packs === 0 ? 0 : coverage / packs,
      seconds,
    };
  }
}
