import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { fileUrl, startFfmpeg } from './ffmpeg-process.ts';

export type EncodeOptions = {
  /** Both even for h264. */
  width: number;
  height: number;
  fps: number;
  codec: 'h264' | 'flv' | 'mpeg4';
  /** Quality of h264, 0 (lossless) to 51. Default 20. The other codecs use a fixed high quality. */
  crf?: number;
};

export type Frames = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

type Codec = { container: string; options: (options: EncodeOptions) => string[] };

const CODECS: Record<EncodeOptions['codec'], Codec> = {
  h264: {
    container: 'mp4',
    options: ({ crf = 20 }) => [
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-crf',
      String(crf),
      '-movflags',
      '+faststart',
    ],
  },
  flv: { container: 'flv', options: () => ['-c:v', 'flv', '-q:v', '3'] },
  mpeg4: { container: 'avi', options: () => ['-c:v', 'mpeg4', '-q:v', '3'] },
};

/**
 * Encodes pictures u8 [h,w,c] (c = 3, RGB) to a video at a constant rate: h264 in mp4, flv1 in flv, mpeg4 in avi. The
 * file appears under its name only when it is complete. The same pictures give the same bytes with the same ffmpeg,
 * whatever the number of cores.
 * @throws AppError `bug` for a picture of the wrong size; `decode-failed` if ffmpeg fails; `aborted`
 */
export async function encodeVideo(
  file: string,
  options: EncodeOptions,
  frames: Frames,
  job: JobContext = {},
): Promise<void> {
  const { width, height, fps, codec } = options;
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.part`);
  const { container, options: codecOptions } = CODECS[codec];
  const run = await startFfmpeg(
    {
      subject: file,
      failure: 'cannot be written',
      inputOptions: ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', String(fps)],
      input: Readable.from(checked(frames, width * height * 3), { objectMode: false }),
      outputOptions: [...codecOptions(options), ...REPEATABLE, '-pix_fmt', 'yuv420p', '-f', container, '-y'],
      output: fileUrl(path.resolve(temporary)),
      logLevel: 'error',
    },
    job,
  );
  try {
    await run.finished;
    await syncToDisk(temporary);
    await rename(temporary, file);
  } finally {
    await run.stop();
    await rm(temporary, { force: true });
  }
}

/** x264 gives other bytes for other numbers of threads, and muxers write their version. */
const REPEATABLE: readonly string[] = ['-threads', '2', '-fflags', '+bitexact', '-flags:v', '+bitexact'];

async function* checked(frames: Frames, bytes: number): AsyncGenerator<Uint8Array> {
  let frame = 0;
  for await (const picture of frames) {
    if (picture.length !== bytes) {
      throw new AppError('bug', `Frame ${frame} to encode: expected ${bytes} bytes, got ${picture.length}.`);
    }
    yield picture;
    frame += 1;
  }
}

async function syncToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
