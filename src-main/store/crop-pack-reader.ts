import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { AppError } from '../contract/errors.ts';
import type { CropPackIndex } from '../contract/records.ts';
import { FaceTrack } from '../face/face-track.ts';
import type { Person } from '../face/people.ts';
import { corruptPack, cropNumbers, decodeFooter, FOOTER_BYTES, STRIP_FRAMES } from './crop-pack-format.ts';
import { resizeCrops } from './resize-crops.ts';

/** Strips decoded at one time, so that long requests need bounded memory. */
const STRIPS_AT_ONCE = 16;

// Crops are small and read once: libvips' cache and its threads for each picture only cost time.
sharp.cache(false);
sharp.concurrency(1);

type StripPlace = { offset: number; length: number; crc: number };

/** The pictures of a crop pack, without its index: what stays in memory for training. */
export class CropPack {
  readonly path: string;
  /** Side of a stored crop in pixels. */
  readonly size: number;
  readonly frameCount: number;
  readonly #cropOfFrame: Int32Array;
  readonly #cropCount: number;
  readonly #strips: StripPlace[];

  constructor(path: string, index: CropPackIndex, table: Buffer) {
    this.path = path;
    this.size = index.size;
    this.frameCount = index.frames.length;
    this.#cropOfFrame = cropNumbers(index.frames);
    this.#cropCount = index.frames.filter(({ origin }) => origin !== 'absent').length;
    this.#strips = placesOf(table);
    const expected = Math.ceil(this.#cropCount / STRIP_FRAMES);
    if (this.#strips.length !== expected)
      throw corruptPack(path, `expected ${expected} strips, found ${this.#strips.length}`);
  }

  get stripCount(): number {
    return this.#strips.length;
  }

  /**
   * Where the crop of a frame is: strip, and its place in it.
   * @throws AppError `no-face` for a frame without a crop, `bug` for one that the video does not have
   */
  placeOf(frame: number): { strip: number; row: number } {
    const crop = this.#cropOfFrame[frame];
    if (crop === undefined)
      throw new AppError('bug', `${this.path}: asked for frame ${frame} of ${this.frameCount} frames.`);
    if (crop < 0) throw new AppError('no-face', `${this.path}: no face is known in frame ${frame}.`);
    return { strip: Math.floor(crop / STRIP_FRAMES), row: crop % STRIP_FRAMES };
  }

  /**
   * Crops of the given frames, resized to `size` (default: as stored).
   * @returns u8 [t,h,w,c] with t as many as frames, c = 3 (RGB)
   * @throws AppError `corrupt`, `no-face`, `bug`
   */
  async readCrops(frames: readonly number[], size = this.size): Promise<Uint8Array> {
    const bytes = size * size * 3;
    const out = new Uint8Array(frames.length * bytes);
    const places = frames.map((frame) => this.placeOf(frame));
    const wanted = [...new Set(places.map(({ strip }) => strip))];
    for (let first = 0; first < wanted.length; first += STRIPS_AT_ONCE) {
      const group = wanted.slice(first, first + STRIPS_AT_ONCE);
      const strips = await this.readStrips(group, size);
      places.forEach(({ strip, row }, i) => {
        const pixels = strips[group.indexOf(strip)];
        if (pixels) out.set(pixels.subarray(row * bytes, (row + 1) * bytes), i * bytes);
      });
    }
    return out;
  }

  /** Whole strips, each u8 [t,h,w,c] with t up to {@link STRIP_FRAMES}. @throws AppError `corrupt` */
  async readStrips(strips: readonly number[], size = this.size): Promise<Uint8Array[]> {
    const file = await openPack(this.path);
    try {
      return await Promise.all(strips.map((strip) => this.#readStrip(file, strip, size)));
    } finally {
      await file.close();
    }
  }

  /** Reads every picture and compares its checksum. @throws AppError `corrupt` */
  async verify(): Promise<void> {
    const file = await openPack(this.path);
    try {
      for (const [strip, place] of this.#strips.entries()) await this.#readJpeg(file, strip, place);
    } finally {
      await file.close();
    }
  }

  async #readStrip(file: FileHandle, strip: number, size: number): Promise<Uint8Array> {
    const jpeg = await this.#readJpeg(file, strip, this.#strips[strip]!);
    const count = Math.min(STRIP_FRAMES, this.#cropCount - strip * STRIP_FRAMES);
    const pixels = await sharp(jpeg)
      .raw()
      .toBuffer()
      .catch((error: unknown) => {
        throw corruptPack(this.path, `strip ${strip} cannot be decoded`, error);
      });
    if (pixels.length !== count * this.size ** 2 * 3)
      throw corruptPack(this.path, `strip ${strip} has ${pixels.length} bytes of pixels`);
    return size === this.size ? pixels : resizeCrops(pixels, { count, from: this.size, to: size });
  }

  async #readJpeg(file: FileHandle, strip: number, { offset, length, crc }: StripPlace): Promise<Buffer> {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset);
    if (bytesRead !== length || crc32(buffer) !== crc)
      throw corruptPack(this.path, `the checksum of picture strip ${strip} does not match`);
    return buffer;
  }
}

function placesOf(table: Buffer): StripPlace[] {
  let offset = 0;
  return Array.from({ length: table.length / 8 }, (_, strip) => {
    const length = table.readUInt32LE(strip * 8);
    const place = { offset, length, crc: table.readUInt32LE(strip * 8 + 4) };
    offset += length;
    return place;
  });
}

/**
 * Opens a pack: index and where its pictures are.
 * @throws AppError `not-found` where there is none, `corrupt`
 */
export async function openCropPack(path: string): Promise<{ index: CropPackIndex; pack: CropPack }> {
  const { index, table } = await readSections(path);
  const parsed = JSON.parse(index.toString()) as CropPackIndex;
  return { index: parsed, pack: new CropPack(path, parsed, table) };
}

/** What was found, frame by frame. @throws AppError `not-found`, `corrupt` */
export async function readCropPackIndex(path: string): Promise<CropPackIndex> {
  return (await openCropPack(path)).index;
}

/** All people of a video with their sights, in pixels of its upright picture. @throws AppError `not-found`, `corrupt` */
export async function readPeople(path: string): Promise<Person[]> {
  const { tracks } = await readSections(path);
  const people: Person[] = [];
  for (let at = 0; at < tracks.length;) {
    const end = at + 8 + tracks.readUInt32LE(at + 4) * FaceTrack.BYTES_A_SIGHT;
    people.push({ id: tracks.readUInt32LE(at), track: FaceTrack.fromBytes(tracks.subarray(at + 8, end)) });
    at = end;
  }
  return people;
}

async function readSections(path: string): Promise<{ table: Buffer; tracks: Buffer; index: Buffer }> {
  const file = await openPack(path);
  try {
    const { size } = await file.stat();
    const footer = decodeFooter(path, await readAt(file, Math.max(0, size - FOOTER_BYTES), FOOTER_BYTES), size);
    const bytes = await readAt(file, footer.pictures, footer.table + footer.tracks + footer.index);
    if (crc32(bytes) !== footer.crc) throw corruptPack(path, 'the checksum of its index does not match');
    const tracksEnd = footer.table + footer.tracks;
    return {
      table: bytes.subarray(0, footer.table),
      tracks: bytes.subarray(footer.table, tracksEnd),
      index: bytes.subarray(tracksEnd),
    };
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

async function openPack(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new AppError('not-found', `There is no crop pack ${path}.`, {
      hint: 'Run `apexscope prepare` first.',
      cause: error,
    });
  }
}
