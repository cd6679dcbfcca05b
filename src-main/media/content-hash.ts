import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { AppError, throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import { frameSequence } from './frame-folder.ts';
import type { MediaSource } from './media-source.ts';

const READ_BYTES = 2 ** 20;

/**
 * SHA-256 of a video's content, 64 hexadecimal digits: of the bytes of a file, or of the hashes of a folder's frames
 * in their order, with their names. The path plays no part.
 * @throws AppError `not-found`, `aborted`
 */
export async function contentHash(source: MediaSource, job: JobContext = {}): Promise<string> {
  if (source.kind === 'file') return hashFile(source.path, job);
  const hash = createHash('sha256');
  for (const name of (await frameSequence(source.path, job)).frames) {
    hash.update(`${JSON.stringify(name)} ${await hashFile(path.join(source.path, name), job)}\n`);
  }
  return hash.digest('hex');
}

async function hashFile(file: string, job: JobContext): Promise<string> {
  const hash: Hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) {
      throwIfAborted(job.signal);
      hash.update(chunk as Buffer);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('not-found', `${file} cannot be read: ${(cause as NodeJS.ErrnoException).code}.`, { cause });
  }
  return hash.digest('hex');
}
