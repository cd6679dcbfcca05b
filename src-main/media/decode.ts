import { availableParallelism } from 'node:os';
import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { mediaTools } from './binaries.ts';
import { frameTiming, INPUT_OPTIONS, outputSize, pictureFilters, VIDEO_STREAM, type Size } from './decode-options.ts';
import { fileUrl, startFfmpeg } from './ffmpeg-process.ts';
import { decodeFolder } from './frame-folder.ts';
import type { DecodedFrame, IndexedSource } from './media-source.ts';
import { PictureSink } from './picture-sink.ts';
import { isConvertible, YuvConverter } from './yuv-converter.ts';

/**
 * Frames that ffmpeg may decode ahead, one a thread. Its own choice, one more than cores, leaves cores idle while it waits
 * for its output to be read (docs/experiment-log.md, 2026-11-24 and 2026-11-30); more than 16 it advises against.
 */
const DECODING_THREADS = Math.min(16, 4 * availableParallelism());

export type DecodeOptions = {
  /** Longest side of the pictures; larger ones are shrunk. */
  maxSide?: number;
  /** Exact size instead, both or none. */
  width?: number;
  height?: number;
  /** Seconds without data after which the decoder counts as stuck. Default 60. */
  stallSec?: number;
  /** A picture's `rgb` is overwritten once the next one is asked for: faster, for those who keep none. Default false. */
  reuse?: boolean;
  signal?: AbortSignal;
};

/**
 * Decodes every frame of a video once, in presentation order, upright and with square pixels. Memory is bounded: the
 * decoder waits while the consumer works. Leaving the loop or aborting ends ffmpeg at once.
 * @throws AppError `decode-failed` (ffmpeg fails or hangs, or its frames are not those of the index), `aborted`
 */
export async function* decodeFrames(
  source: IndexedSource,
  options: DecodeOptions = {},
): AsyncGenerator<DecodedFrame, void, undefined> {
  const size = outputSize(source.media, options);
  const job: JobContext = options.signal ? { signal: options.signal } : {};
  const { stallSec = 60, reuse = false } = options;
  const pictures =
    source.kind === 'frames' ? decodeFolder(source, size, job) : decodeFile(source, { size, stallSec, reuse }, job);
  const { timesSec } = source.index;
  let frame = 0;
  for await (const rgb of pictures) {
    const timeSec = timesSec[frame];
    if (timeSec === undefined) throw changed(source, `more than ${timesSec.length}`);
    yield { frame, timeSec, ...size, rgb };
    frame += 1;
  }
  if (frame !== timesSec.length) throw changed(source, String(frame));
}

function changed({ path, index }: IndexedSource, found: string): AppError {
  return new AppError('decode-failed', `${path}: expected ${index.timesSec.length} frames, found ${found}.`, {
    hint: 'The file is not the one that was imported, or another ffmpeg decodes it now: import it again.',
  });
}

async function* decodeFile(
  source: IndexedSource,
  { size, stallSec, reuse }: { size: Size; stallSec: number; reuse: boolean },
  job: JobContext,
): AsyncGenerator<Uint8Array> {
  const { ffmpeg } = await mediaTools();
  const converter = isConvertible(source.media, size) ? new YuvConverter(size) : null;
  const format = converter ? 'yuv420p' : 'rgb24';
  const filters = pictureFilters(source.media, size, format);
  const sink = new PictureSink(converter?.pictureBytes ?? size.width * size.height * 3, reuse || converter !== null);
  const run = await startFfmpeg(
    {
      subject: source.path,
      failure: 'cannot be decoded',
      inputOptions: [...INPUT_OPTIONS, '-threads', String(DECODING_THREADS)],
      input: fileUrl(source.path),
      outputOptions: [...VIDEO_STREAM, ...frameTiming(ffmpeg), '-vf', filters, '-f', 'rawvideo', '-pix_fmt', format],
      output: sink,
      logLevel: 'error',
      stallSec,
    },
    job,
  );
  try {
    if (converter) yield* converted(sink.pictures(), converter, reuse);
    else yield* sink.pictures();
    await run.finished;
  } finally {
    await run.stop();
  }
}

async function* converted(
  pictures: AsyncIterable<Uint8Array>,
  converter: YuvConverter,
  reuse: boolean,
): AsyncGenerator<Uint8Array> {
  for await (const planes of pictures) {
    const rgb = converter.convert(planes);
    yield reuse ? rgb : rgb.slice();
  }
}
