import { stat } from 'node:fs/promises';
import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { MediaInfo } from '../contract/records.ts';
import { fileUrl, INPUT_GUARD, runFfprobe } from './ffmpeg-process.ts';
import { frameFiles, readFrameSize } from './frame-folder.ts';
import { DEFAULT_FRAMES_FPS, type MediaSource } from './media-source.ts';
import { plainReason } from './plain-reason.ts';

type ProbedStream = {
  codec_name?: string;
  width?: number;
  height?: number;
  sample_aspect_ratio?: string;
  avg_frame_rate?: string;
  r_frame_rate?: string;
  nb_frames?: string;
  duration?: string;
  tags?: { DURATION?: string };
  side_data_list?: { rotation?: number }[];
};

type ProbedFormat = { start_time?: string; duration?: string };

/**
 * What the container says of a video, without decoding it. Frame count, duration and rate are the container's claims;
 * `examineVideo` replaces them with measured ones.
 * @throws AppError `not-found`, `unsupported-file` (no video inside), `decode-failed` (damaged), `aborted`
 */
export async function probe(source: MediaSource, job: JobContext = {}): Promise<MediaInfo> {
  return source.kind === 'frames' ? probeFolder(source, job) : probeFile(source.path, job);
}

async function probeFolder(source: MediaSource, job: JobContext): Promise<MediaInfo> {
  const files = await frameFiles(source.path, job);
  const { width, height, codec } = await readFrameSize(source.path, files[0]!);
  const averageFps = source.framesFps ?? DEFAULT_FRAMES_FPS;
  return {
    kind: 'frames',
    codec,
    width,
    height,
    rotation: 0,
    durationSec: files.length / averageFps,
    frameCount: files.length,
    averageFps,
    variableFrameRate: false,
    startSec: 0,
  };
}

async function probeFile(path: string, job: JobContext): Promise<MediaInfo> {
  await refuseWithoutContent(path);
  const printed = await runFfprobe(
    [
      ...['-v', 'error', '-of', 'json', '-show_format', '-show_streams', '-select_streams', 'V:0'],
      ...INPUT_GUARD,
      fileUrl(path),
    ],
    job,
  ).catch((error: unknown) => {
    throw refusal(path, error);
  });
  const { streams, format } = JSON.parse(printed) as { streams?: ProbedStream[]; format?: ProbedFormat };
  const stream = streams?.[0];
  if (!stream) {
    throw new AppError('unsupported-file', `${path} has no video stream.`, {
      hint: 'Sound alone cannot be used: choose the recordings with a picture.',
    });
  }
  return mediaInfoOf(path, stream, format ?? {});
}

async function refuseWithoutContent(path: string): Promise<void> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new AppError('not-found', `${path} cannot be opened: ${(cause as NodeJS.ErrnoException).code}.`, {
      hint: 'Check that the file is still there and may be read.',
      cause,
    });
  });
  if (facts.isFile() && facts.size === 0) {
    throw new AppError('unsupported-file', `${path} is empty (0 bytes).`, { hint: 'Copy it again from its source.' });
  }
}

function refusal(path: string, error: unknown): AppError {
  if (error instanceof AppError && error.code === 'aborted') return error;
  const { code, reason } = plainReason(error instanceof Error ? error.message : String(error));
  return new AppError(code, `${path} cannot be read: ${reason}`, { cause: error });
}

function mediaInfoOf(path: string, stream: ProbedStream, format: ProbedFormat): MediaInfo {
  return {
    kind: 'file',
    codec: stream.codec_name ?? 'unknown',
    ...shownPicture(path, stream),
    ...claimedTiming(stream, format),
    variableFrameRate: false,
    startSec: seconds(format.start_time) ?? 0,
  };
}

function shownPicture(path: string, stream: ProbedStream): Pick<MediaInfo, 'width' | 'height' | 'rotation'> {
  const { width, height, codec_name: codec, sample_aspect_ratio: pixelShape } = stream;
  if (!width || !height) {
    throw new AppError('decode-failed', `${path}: the size of its ${codec ?? 'unknown'} picture is not known.`);
  }
  const rotation = clockwiseRotation(stream);
  const shownWidth = Math.max(1, Math.round(width * (ratio(pixelShape, ':') || 1)));
  return rotation % 180 === 90
    ? { width: height, height: shownWidth, rotation }
    : { width: shownWidth, height, rotation };
}

function claimedTiming(
  stream: ProbedStream,
  format: ProbedFormat,
): Pick<MediaInfo, 'durationSec' | 'frameCount' | 'averageFps'> {
  const averageFps = ratio(stream.avg_frame_rate, '/') || ratio(stream.r_frame_rate, '/') || DEFAULT_FRAMES_FPS;
  const durationSec = streamDuration(stream) ?? seconds(format.duration) ?? 0;
  const frameCount = Number(stream.nb_frames ?? 0) || Math.round(durationSec * averageFps);
  return { durationSec, frameCount, averageFps };
}

/** The display matrix, which ffprobe gives in degrees counterclockwise, to the nearest quarter turn as players do. */
function clockwiseRotation(stream: ProbedStream): number {
  const counterclockwise = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  const quarters = Math.round(-counterclockwise / 90);
  return (((quarters % 4) + 4) % 4) * 90;
}

/** Matroska keeps the duration of a stream in a tag, as 00:00:01.040000000. */
function streamDuration(stream: ProbedStream): number | undefined {
  const tag = /^(\d+):(\d+):([\d.]+)$/.exec(stream.tags?.DURATION ?? '');
  if (tag) return Number(tag[1]) * 3600 + Number(tag[2]) * 60 + Number(tag[3]);
  return seconds(stream.duration);
}

function seconds(text: string | undefined): number | undefined {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) ? value : undefined;
}

/** '30000/1001' with '/' is 29.97; 0 for what is unknown, which ffprobe writes as '0/0', '0:1' or 'N/A'. */
function ratio(text: string | undefined, separator: string): number {
  const [numerator = NaN, denominator = NaN] = (text ?? '').split(separator).map(Number);
  const value = numerator / denominator;
  return Number.isFinite(value) ? value : 0;
}
