import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { AppError, throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { readBmp } from './bmp.ts';
import type { Size } from './decode-options.ts';
import { orderFrames } from './frame-names.ts';
import type { FrameSequence } from './frame-names.ts';
import type { MediaSource } from './media-source.ts';

/** Pictures that are decoded ahead of the one that is asked for. */
const LOOKAHEAD = 4;

/**
 * The frames of a folder, in numeric order.
 * @throws AppError `not-found`, `unsupported-file` when its pictures are not one numbered sequence
 */
export async function frameSequence(folder: string, job: JobContext = {}): Promise<FrameSequence> {
  throwIfAborted(job.signal);
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new AppError('not-found', `${folder} cannot be opened: ${(cause as NodeJS.ErrnoException).code}.`, { cause });
  });
  const sequence = orderFrames(names);
  if ('reason' in sequence) throw new AppError('unsupported-file', `${folder}: ${sequence.reason}`);
  return sequence;
}

/** Size of a picture as shown (its EXIF orientation applied), and its format. */
export async function readFrameSize(folder: string, name: string): Promise<Size & { codec: string }> {
  const file = path.join(folder, name);
  return read(file, async () => {
    const { autoOrient, format } = await (await open(file)).metadata();
    return { width: autoOrient.width, height: autoOrient.height, codec: isBmp(name) ? 'bmp' : format };
  });
}

/**
 * The pictures of a folder as u8 [h,w,c] of `size`; those of another shape are fitted into it with black borders.
 * Not through ffmpeg: there one damaged picture would shift the numbers of all later frames.
 */
export async function* decodeFolder(source: MediaSource, size: Size, job: JobContext = {}): AsyncGenerator<Uint8Array> {
  const { frames: files } = await frameSequence(source.path, job);
  const pending: Promise<Uint8Array>[] = [];
  let next = 0;
  while (next < files.length || pending.length > 0) {
    throwIfAborted(job.signal);
    while (next < files.length && pending.length < LOOKAHEAD) {
      const picture = decodePicture(path.join(source.path, files[next++]!), size);
      picture.catch(() => undefined);
      pending.push(picture);
    }
    yield await pending.shift()!;
  }
}

async function decodePicture(file: string, { width, height }: Size): Promise<Uint8Array> {
  return read(file, async () =>
    (await open(file))
      .autoOrient()
      .removeAlpha()
      .toColourspace('srgb')
      .resize(width, height, { fit: 'contain', background: 'black' })
      .raw({ depth: 'uchar' })
      .toBuffer(),
  );
}

async function open(file: string): Promise<Sharp> {
  const content = await readFile(file);
  if (!isBmp(file)) return sharp(content, { failOn: 'truncated' });
  const { width, height, rgb } = readBmp(content);
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

function isBmp(name: string): boolean {
  return /\.bmp$/i.test(name);
}

async function read<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const empty = await stat(file).then(
      ({ size }) => size === 0,
      () => false,
    );
    const reason = empty ? 'it is empty (0 bytes)' : cause instanceof Error ? cause.message : String(cause);
    throw new AppError('decode-failed', `${file} cannot be read: ${reason}.`, { cause });
  }
}
