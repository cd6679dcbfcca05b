import { open, stat } from 'node:fs/promises';
import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { MediaInfo } from '../contract/records.ts';
import { fileUrl, INPUT_GUARD, runFfprobe } from './ffmpeg-process.ts';
import { frameSequence, readFrameSize } from './frame-folder.ts';
import { DEFAULT_FRAMES_FPS, type MediaSource } from './media-source.ts';
import { plainReason } from './plain-reason.ts';

type ProbedStream = {
  codec_name?: string;
  width?: number;
  height?: number;
  sample_aspect_ratio?: string;
  pix_fmt?: string;
  color_range?: string;
  color_space?: string;
  avg_frame_rate?: string;
  r_frame_rate?: string;
  nb_frames?: string;
  duration?: string;
  tags?: { DURATION?: string };
  side_data_list?: { rotation?: number }[];
};

type ProbedFormat = { format_name?: string; start_time?: string; duration?: string };

/**
 * What the container says of a video, without decoding it. Frame count, duration and rate are the container's claims;
 * `examineVideo` replaces them with measured ones.
 * @throws AppError `not-found` (the file, or an ffprobe that runs), `unsupported-file` (no video inside),
 * `decode-failed` (damaged), `aborted`
 */
export function probe(source: MediaSource, job: JobContext = {}): Promise<MediaInfo> {
  return source.kind === 'frames' ? probeFolder(source, job) : probeFile(source.path, job);
}

async function probeFolder(source: MediaSource, job: JobContext): Promise<MediaInfo> {
  const { frames, places } = await frameSequence(source.path, job);
  const { width, height, codec } = await readFrameSize(source.path, frames[0]!);
  const averageFps = source.framesFps ?? DEFAULT_FRAMES_FPS;
  return {
    kind: 'frames',
    codec,
    width,
    height,
    rotation: 0,
    durationSec: (places.at(-1)! + 1) / averageFps,
    frameCount: frames.length,
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
  ).catch(async (error: unknown) => {
    throw await refusal(path, error);
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

async function refusal(path: string, error: unknown): Promise<AppError> {
  if (error instanceof AppError && error.code !== 'decode-failed') return error;
  const complaint = error instanceof Error ? error.message : String(error);
  // ffprobe takes anything called .mp4 for an MP4 whose index is missing.
  const nonsense = /moov atom not found/.test(complaint) && !(await startsLikeMp4(path));
  const { code, reason } = plainReason(nonsense ? 'invalid data found' : complaint);
  return new AppError(code, `${path} cannot be read: ${reason}`, { cause: error });
}

async function startsLikeMp4(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return ['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot'].includes(buffer.toString('latin1', 4, 8));
  } finally {
    await file.close();
  }
}

function mediaInfoOf(path: string, stream: ProbedStream, format: ProbedFormat): MediaInfo {
  const averageFps = ratio(stream.avg_frame_rate, '/') || ratio(stream.r_frame_rate, '/') || DEFAULT_FRAMES_FPS;
  const listedFrames = Number(stream.nb_frames ?? 0);
  const startSec = seconds(format.start_time) ?? 0;
  const durationSec = claimedDuration(stream, { ...format, startSec, listedSec: listedFrames / averageFps });
  return {
    kind: 'file',
    codec: stream.codec_name ?? 'unknown',
    ...shownPicture(path, stream),
    durationSec,
    frameCount: listedFrames || Math.round(durationSec * averageFps),
    averageFps,
    variableFrameRate: false,
    startSec,
    ...(isPlainYuv(stream) && { pixels: 'yuv420p-bt601' }),
  };
}

/** What ffmpeg takes a stream for that does not say is limited range and BT.601. */
function isPlainYuv({ pix_fmt, color_range, color_space, sample_aspect_ratio }: ProbedStream): boolean {
  const isLimited = [undefined, 'unknown', 'tv'].includes(color_range);
  const isBt601 = [undefined, 'unknown', 'bt470bg', 'smpte170m'].includes(color_space);
  return pix_fmt === 'yuv420p' && isLimited && isBt601 && (ratio(sample_aspect_ratio, ':') || 1) === 1;
}

/**
 * That of the picture where it is given, else that of the whole. An AVI that was cut off gives its duration up to the
 * cut, but still lists all its frames. Matroska calls duration the time of the end, on a clock that need not start at 0.
 */
function claimedDuration(stream: ProbedStream, format: ProbedFormat & { startSec: number; listedSec: number }): number {
  const given = streamDuration(stream) ?? seconds(format.duration) ?? 0;
  if (format.format_name === 'avi') return Math.max(given, format.listedSec);
  return format.format_name?.startsWith('matroska') ? given - format.startSec : given;
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
