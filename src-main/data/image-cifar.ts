/**
 * CIFAR-10 and CIFAR-100 in their binary form (Krizhevsky 2009): records of one or two label bytes, then 32 x 32 red,
 * green and blue values, one colour after another.
 */
import { AppError } from '../contract/errors.ts';
import type { ImageSet } from './image-set.ts';

const SIDE = 32;
const PLACES = SIDE * SIDE;
const PIXEL_BYTES = 3 * PLACES;

/** `labelBytes`: those in front of a picture, of which the last is the class. */
const FORMATS = [
  { classes: 10, labelBytes: 1 },
  { classes: 100, labelBytes: 2 },
];

/**
 * @param bytes - of one file
 * @param set - what its name says it is for
 * @param name - what messages call it
 * @throws AppError `bad-input` for a file of another form
 */
export function readCifar(bytes: Uint8Array, set: 'train' | 'test' | null, name: string): ImageSet {
  const format = FORMATS.find((candidate) => fits(bytes, candidate));
  if (format === undefined)
    throw new AppError('bad-input', `${name}: ${bytes.length} bytes are not whole records of CIFAR-10 or CIFAR-100.`, {
      hint: 'Expected the binary version: records of 3073 bytes (CIFAR-10) or 3074 bytes (CIFAR-100).',
    });
  const { classes, labelBytes } = format;
  const record = labelBytes + PIXEL_BYTES;
  const count = bytes.length / record;
  const pixels = new Uint8Array(count * PIXEL_BYTES);
  const images = Array.from({ length: count }, (_, i) => {
    interleave(bytes.subarray(i * record + labelBytes, (i + 1) * record), pixels.subarray(i * PIXEL_BYTES));
    return { label: bytes[i * record + labelBytes - 1]!, set };
  });
  return { classes: Array.from({ length: classes }, (_, k) => String(k)), size: SIDE, images, pixels };
}

function fits(bytes: Uint8Array, { classes, labelBytes }: (typeof FORMATS)[number]): boolean {
  const record = labelBytes + PIXEL_BYTES;
  if (bytes.length === 0 || bytes.length % record !== 0) return false;
  for (let at = labelBytes - 1; at < bytes.length; at += record) if (bytes[at]! >= classes) return false;
  return true;
}

/** From [c,h,w] to [h,w,c]. */
function interleave(planes: Uint8Array, pixels: Uint8Array): void {
  for (let c = 0; c < 3; c++) for (let i = 0; i < PLACES; i++) pixels[3 * i + c] = planes[c * PLACES + i]!;
}
