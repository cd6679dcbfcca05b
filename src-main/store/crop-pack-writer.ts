import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { AppError } from '../contract/errors.ts';
import type { CropFrame } from '../contract/records.ts';
import type { Person } from '../face/people.ts';
import { flushFolder, writeError } from './atomic-write.ts';
import { encodeFooter, FOOTER_BYTES, indexJson, STRIP_FRAMES, type IndexParts } from './crop-pack-format.ts';

/** Ending of packs that are being written; what a killed process leaves behind has it. */
export const UNFINISHED = '.part';

/** Strips that may be encoded at one time. */
const STRIPS_IN_FLIGHT = 4;

type PackOptions = { path: string; size: number; quality: number };

/**
 * Writes a crop pack in one pass and bounded memory. The file appears under its name only when it is complete:
 * {@link CropPackWriter.finish} or {@link CropPackWriter.discard} must be called.
 */
export class CropPackWriter {
  readonly #options: PackOptions;
  readonly #file: FileHandle;
  readonly #table: number[] = [];
  #encoding: Promise<Buffer>[] = [];
  #strip: Uint8Array[] = [];
  #crops = 0;
  #picturesBytes = 0;
  #crc = 0;

  private constructor(options: PackOptions, file: FileHandle) {
    this.#options = options;
    this.#file = file;
  }

  /** @throws AppError `bad-input` when the place cannot be written to */
  static async create(options: PackOptions): Promise<CropPackWriter> {
    const opened = open(options.path + UNFINISHED, 'w');
    const file = await opened.catch((error: unknown) => {
      throw writeError(options.path, error);
    });
    return new CropPackWriter(options, file);
  }

  /** @param crop - u8 [size,size,c], c = 3, of the next frame that shows a face; kept, not copied */
  async add(crop: Uint8Array): Promise<void> {
    const expected = this.#options.size ** 2 * 3;
    if (crop.length !== expected)
      throw new AppError('bug', `Crop of ${this.#options.path}: expected ${expected} bytes, got ${crop.length}.`);
    this.#crops++;
    this.#strip.push(crop);
    if (this.#strip.length === STRIP_FRAMES) await this.#encodeStrip();
  }

  /**
   * Completes the file: writes people and index, syncs to disk, renames.
   * @param index - frames other than `absent` must be as many as crops were added
   * @returns the size of the file in bytes
   * @throws AppError `bad-input` when the disk is full
   */
  async finish(index: IndexParts, people: readonly Person[]): Promise<number> {
    if (this.#strip.length > 0) await this.#encodeStrip();
    while (this.#encoding.length > 0) await this.#writeStrip();
    const table = await this.#section([Buffer.from(Uint32Array.from(this.#table).buffer)]);
    const tracks = await this.#section(tracksOf(people));
    const counted = new CropCounter(index.frames);
    const indexBytes = await this.#section(indexJson({ head: index.head, frames: counted }));
    if (counted.crops !== this.#crops)
      throw new AppError('bug', `Index of ${this.#options.path}: expected ${this.#crops} crops, got ${counted.crops}.`);
    const sections = { pictures: this.#picturesBytes, table, tracks, index: indexBytes, crc: this.#crc };
    await this.#write(encodeFooter(sections));
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#options.path + UNFINISHED, this.#options.path);
    await flushFolder(dirname(this.#options.path));
    return sections.pictures + table + tracks + indexBytes + FOOTER_BYTES;
  }

  /** Removes what was written so far. */
  async discard(): Promise<void> {
    await Promise.allSettled(this.#encoding);
    await this.#file.close();
    await rm(this.#options.path + UNFINISHED, { force: true });
  }

  async #encodeStrip(): Promise<void> {
    const { size, quality } = this.#options;
    const raw = { width: size, height: size * this.#strip.length, channels: 3 } as const;
    const jpeg = sharp(Buffer.concat(this.#strip), { raw }).jpeg({ quality }).toBuffer();
    jpeg.catch(() => undefined);
    this.#encoding.push(jpeg);
    this.#strip = [];
    if (this.#encoding.length >= STRIPS_IN_FLIGHT) await this.#writeStrip();
  }

  async #writeStrip(): Promise<void> {
    const strip = await this.#encoding.shift()!;
    this.#table.push(strip.length, crc32(strip));
    this.#picturesBytes += strip.length;
    await this.#write(strip);
  }

  async #section(pieces: Iterable<string | Uint8Array>): Promise<number> {
    let length = 0;
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      this.#crc = crc32(bytes, this.#crc);
      length += bytes.length;
      await this.#write(bytes);
    }
    return length;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.write(bytes);
    } catch (error) {
      throw writeError(this.#options.path, error);
    }
  }
}

/** Passes frames on and counts those with a crop. */
class CropCounter implements Iterable<CropFrame> {
  readonly #frames: Iterable<CropFrame>;
  crops = 0;

  constructor(frames: Iterable<CropFrame>) {
    this.#frames = frames;
  }

  *[Symbol.iterator](): Generator<CropFrame> {
    for (const frame of this.#frames) {
      if (frame.origin !== 'absent') this.crops++;
      yield frame;
    }
  }
}

function* tracksOf(people: readonly Person[]): Generator<Uint8Array> {
  for (const { id, track } of people) {
    yield Buffer.from(Uint32Array.of(id, track.count).buffer);
    yield track.bytes();
  }
}
