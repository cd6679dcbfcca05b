import { createReadStream } from 'node:fs';
import { open, truncate, type FileHandle } from 'node:fs/promises';
import { AppError } from '../contract/errors.ts';

/** A file of JSON records, one a line, that grows at its end. */
export class JsonLinesFile {
  readonly path: string;
  #handle: FileHandle | null = null;

  constructor(path: string) {
    this.path = path;
  }

  async append(records: readonly unknown[]): Promise<void> {
    if (records.length === 0) return;
    const handle = await this.#open();
    await handle.appendFile(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  }

  /** Flushes to disk. @returns the size in bytes */
  async sync(): Promise<number> {
    const handle = await this.#open();
    await handle.sync();
    return (await handle.stat()).size;
  }

  /**
   * Drops everything after a size that {@link sync} returned.
   * @throws AppError `corrupt` when the file is shorter
   */
  async rewind(bytes: number): Promise<void> {
    const size = await (await this.#open()).stat().then((stats) => stats.size);
    if (size < bytes)
      throw new AppError(
        'corrupt',
        `${this.path}: expected at least ${bytes} bytes, found ${size}: records are missing.`,
      );
    await truncate(this.path, bytes);
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  async #open(): Promise<FileHandle> {
    this.#handle ??= await open(this.path, 'a');
    return this.#handle;
  }
}

/**
 * Records of JSON lines; a last line that was cut off while it was written is left out.
 * @param file - name for messages
 * @throws AppError `corrupt` naming the line
 */
export function parseJsonLines(text: string, file: string): unknown[] {
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  return lines.map((line, i) => {
    try {
      return JSON.parse(line) as unknown;
    } catch (error) {
      throw new AppError('corrupt', `${file}, line ${i + 1}: not JSON.`, { cause: error });
    }
  });
}

/** Lines of a file one by one, without their ends; a last line that has no end yet is left out. */
export async function* wholeLines(file: string): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}
