/**
 * A pack of small JPEG pictures in one file (`.jpegs`): the number of pictures as u32, for each its label as u8 and its
 * size in bytes as u16, all little-endian, then the pictures one after another.
 */
import { AppError } from '../contract/errors.ts';

const COUNT_BYTES = 4;
const ENTRY_BYTES = 3;

export type PackedImage = { label: number; jpeg: Uint8Array };

/** @param name - what messages call it. @throws AppError `corrupt` where sizes do not add up */
export function readImagePack(bytes: Uint8Array, name: string): PackedImage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length < COUNT_BYTES ? 0 : view.getUint32(0, true);
  let offset = COUNT_BYTES + ENTRY_BYTES * count;
  if (count === 0 || offset > bytes.length) throw corrupt(name, `an index of ${count} pictures does not fit`);
  const images = Array.from({ length: count }, (_, i) => {
    const entry = COUNT_BYTES + ENTRY_BYTES * i;
    const size = view.getUint16(entry + 1, true);
    offset += size;
    return { label: view.getUint8(entry), jpeg: bytes.subarray(offset - size, offset) };
  });
  if (offset !== bytes.length) throw corrupt(name, `its index tells of ${offset} bytes, it has ${bytes.length}`);
  return images;
}

function corrupt(name: string, why: string): AppError {
  return new AppError('corrupt', `${name} is not a whole pack of pictures: ${why}.`, {
    hint: 'Copy or make the file again.',
  });
}
