import type { JobContext } from '../contract/progress.ts';
import type { FrameIndex, MediaInfo } from '../contract/records.ts';
import { mediaTools } from './binaries.ts';
import { INPUT_OPTIONS, frameTiming, VIDEO_STREAM } from './decode-options.ts';
import { fileUrl, startFfmpeg } from './ffmpeg-process.ts';
import { repairTimes } from './frame-times.ts';
import { decodeFolder, frameSequence } from './frame-folder.ts';
import type { MediaSource } from './media-source.ts';

/**
 * `repairedTimes`: frames whose own time was missing or not later than the one before. `missingFrames`: gaps in the
 * numbers of a folder. `complaints`: ffmpeg's.
 */
export type MeasuredIndex = FrameIndex & { repairedTimes: number; missingFrames: number; complaints: string[] };

/** Shows the times of frames without the cost of showing (it sums up all pixels): of one corner, cut without a copy. */
const SHOW_TIMES = 'crop=min(iw\\,16):min(ih\\,16):0:0,showinfo';

const STALL_SEC = 60;
const FRAMES_BETWEEN_PROGRESS = 250;

/**
 * Decodes a whole video once and notes the presentation time of every frame that comes out, relative to the start of
 * the container. It runs the same ffmpeg with the same options as `decodeFrames`, so both agree frame by frame;
 * anything read from the container alone would not (edit lists, leading frames that cannot be decoded, damage).
 * @throws AppError `decode-failed`, `aborted`
 */
export async function buildFrameIndex(
  source: MediaSource,
  media: MediaInfo,
  job: JobContext = {},
): Promise<MeasuredIndex> {
  if (source.kind === 'frames') return indexFolder(source, media, job);
  const times: number[] = [];
  const read = timeReader(times);
  const { ffmpeg } = await mediaTools();
  const run = await startFfmpeg(
    {
      subject: source.path,
      failure: 'cannot be decoded',
      inputOptions: INPUT_OPTIONS,
      input: fileUrl(source.path),
      outputOptions: [...VIDEO_STREAM, ...frameTiming(ffmpeg), '-vf', SHOW_TIMES, '-f', 'null'],
      output: '-',
      logLevel: 'info',
      stallSec: STALL_SEC,
      onLine: (line) => {
        if (read(line) && times.length % FRAMES_BETWEEN_PROGRESS === 0) reportProgress(times.length, media, job);
      },
    },
    job,
  );
  try {
    await run.finished;
  } finally {
    await run.stop();
  }
  reportProgress(times.length, media, job);
  const { timesSec, repaired } = repairTimes(times, 1 / media.averageFps);
  return { timesSec, repairedTimes: repaired, missingFrames: 0, complaints: run.complaints };
}

/** Frames of a folder are evenly spaced but for gaps; all are decoded, small, so that a damaged one is found here. */
async function indexFolder(source: MediaSource, media: MediaInfo, job: JobContext): Promise<MeasuredIndex> {
  const { places } = await frameSequence(source.path, job);
  const pictures = decodeFolder(source, { width: 16, height: 16 }, job);
  let decoded = 0;
  while (!(await pictures.next()).done) {
    decoded += 1;
    if (decoded % FRAMES_BETWEEN_PROGRESS === 0) reportProgress(decoded, media, job);
  }
  const timesSec = Float64Array.from(places, (place) => place / media.averageFps);
  return { timesSec, repairedTimes: 0, missingFrames: places.at(-1)! + 1 - places.length, complaints: [] };
}

function reportProgress(done: number, media: MediaInfo, job: JobContext): void {
  job.onProgress?.({ stage: 'index', done, total: Math.max(media.frameCount, done) });
}

/**
 * Reads log lines of the filter `showinfo`: the time base, printed again whenever the picture changes its size, and
 * the time of each frame as an exact count of it (the seconds beside it are rounded to six digits). True at a frame.
 */
function timeReader(times: number[]): (line: string) => boolean {
  let timeBase = NaN;
  return (line) => {
    const base = /showinfo.*config in time_base: (\d+)\/(\d+)/.exec(line);
    if (base) timeBase = Number(base[1]) / Number(base[2]);
    const frame = /showinfo.* n: *\d+ pts: *(-?\d+|NOPTS) /.exec(line);
    if (frame) times.push(Number(frame[1]) * timeBase);
    return frame !== null;
  };
}
