/**
 * A crop pack is one file of one video: face crops, people and index. The sections follow each other:
 *
 * 1. pictures: JPEG strips, each of {@link STRIP_FRAMES} crops below each other in the order of frames (the last may be
 *    shorter). Decoding a strip costs a quarter of decoding its crops one by one, and its bytes always decode to the
 *    same pixels, whichever clip asks. Frames without a face have no crop.
 * 2. table: for each strip its length in bytes and its CRC-32, u32 each
 * 3. tracks: of each person id and number of sights, u32 each, and the sights (`FaceTrack.bytes`)
 * 4. index: the JSON of {@link CropPackIndex}
 * 5. footer: {@link FOOTER_BYTES} bytes, below
 *
 * All numbers are little-endian. The footer comes last, so a file that was cut off is recognised.
 */
import { AppError } from '../contract/errors.ts';
import type { CropFrame, CropPackIndex, FaceOrigin } from '../contract/records.ts';

export const STRIP_FRAMES = 8;
export const FOOTER_BYTES = 48;

const MAGIC = 'APEXCROP';
const VERSION = 1;

/** Lengths in bytes of the sections, and the CRC-32 of table, tracks and index together. */
export type PackFooter = { pictures: number; table: number; tracks: number; index: number; crc: number };

export function encodeFooter(footer: PackFooter): Uint8Array {
  const bytes = Buffer.alloc(FOOTER_BYTES);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(footer.crc, 12);
  bytes.writeDoubleLE(footer.pictures, 16);
  bytes.writeDoubleLE(footer.table, 24);
  bytes.writeDoubleLE(footer.tracks, 32);
  bytes.writeDoubleLE(footer.index, 40);
  return bytes;
}

/**
 * @param fileBytes - length of the whole file, which the sections must add up to
 * @throws AppError `corrupt`
 */
export function decodeFooter(path: string, bytes: Buffer, fileBytes: number): PackFooter {
  if (bytes.length !== FOOTER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC)
    throw corruptPack(path, 'it does not end as a pack does; it was probably cut off');
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) throw corruptPack(path, `expected format ${VERSION}, found ${version}`);
  const footer = {
    crc: bytes.readUInt32LE(12),
    pictures: bytes.readDoubleLE(16),
    table: bytes.readDoubleLE(24),
    tracks: bytes.readDoubleLE(32),
    index: bytes.readDoubleLE(40),
  };
  const expected = footer.pictures + footer.table + footer.tracks + footer.index + FOOTER_BYTES;
  if (expected !== fileBytes) throw corruptPack(path, `expected ${expected} bytes, found ${fileBytes}`);
  return footer;
}

export function corruptPack(path: string, reason: string, cause?: unknown): AppError {
  return new AppError('corrupt', `The crop pack ${path} is damaged: ${reason}.`, {
    hint: 'Run `apexscope prepare` again; it makes this pack anew.',
    cause,
  });
}

/** An index whose frames come one by one, as a video can be long. */
export type IndexParts = { head: Omit<CropPackIndex, 'frames'>; frames: Iterable<CropFrame> };

const FRAMES_A_PIECE = 1000;

/** The JSON of an index, in pieces. */
export function* indexJson({ head, frames }: IndexParts): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"frames":[`;
  let piece: string[] = [];
  let separator = '\n';
  for (const frame of frames) {
    piece.push(JSON.stringify(frame));
    if (piece.length < FRAMES_A_PIECE) continue;
    yield separator + piece.join(',');
    separator = ',\n';
    piece = [];
  }
  if (piece.length > 0) yield separator + piece.join(',');
  yield ']}\n';
}

/**
 * Number of the crop of each frame among the stored ones; -1 for frames without.
 */
export function cropNumbers(frames: readonly { origin: FaceOrigin }[]): Int32Array {
  let next = 0;
  return Int32Array.from(frames, ({ origin }) => (origin === 'absent' ? -1 : next++));
}
