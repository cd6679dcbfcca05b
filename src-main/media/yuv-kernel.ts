import type { KernelBuilder } from '../engine/wasm/assembler/kernel-builder.ts';
import {
  addI16,
  constantI16,
  loadWideBytes,
  multiplyHighI16,
  narrowToBytes,
  shiftLeftI16,
  shuffleBytes,
  subI16,
} from '../engine/wasm/assembler/integer-lanes.ts';
import type { I32, I32Local, V128, V128Local } from '../engine/wasm/assembler/values.ts';
import type { Size } from './decode-options.ts';

/** Pixels of a row that are converted at a time; the width of a picture is a multiple of it. */
export const PIXELS_AT_ONCE = 16;

/**
 * ITU-R BT.601, limited range, in the fixed point of ffmpeg's swscale, whose pictures these are to the bit: samples times 8,
 * factors times 8192, and the upper half of the product.
 */
const LUMA = { offset: 8 * 16, factor: 9539 };
const CHROMA_OFFSET = 8 * 128;
const RED_OF_V = 13075;
const GREEN_OF_U = -3209;
const GREEN_OF_V = -6660;
const BLUE_OF_U = 16525;

const FIRST_TWICE = [0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7];
const LAST_TWICE = FIRST_TWICE.map((place) => place + 8);

/**
 * Turns a 4:2:0 picture (planes Y, U and V, one behind the other) into rgb24. The width is a multiple of
 * {@link PIXELS_AT_ONCE}, the height is even. Items: pairs of rows. Args: address of the planes, of the result.
 */
export function yuvToRgb(k: KernelBuilder, { width, height }: Size): void {
  const [planes, rgb] = [k.arg(0), k.arg(1)];
  const factors = factorVectors(k);
  const [uPlane, vPlane] = [width * height, (width * height * 5) / 4];
  k.forRange(k.from, k.to, (pair) => {
    const y = k.i32(planes.add(pair.mul(2 * width)));
    const u = k.i32(planes.add(pair.mul(width / 2)).add(uPlane));
    const to = k.i32(rgb.add(pair.mul(2 * width * 3)));
    k.repeat(width / PIXELS_AT_ONCE, () => {
      const shifts = chromaShifts(k, factors, { u, toV: vPlane - uPlane });
      for (const row of [0, 1]) convertRow(k, factors, { y, to, row, width, shifts });
      y.advance(PIXELS_AT_ONCE);
      u.advance(PIXELS_AT_ONCE / 2);
      to.advance(PIXELS_AT_ONCE * 3);
    });
  });
}

/** Made once: inner loops use them. */
function factorVectors(k: KernelBuilder) {
  const all = (value: number) => k.v128(constantI16(value));
  return {
    luma: all(LUMA.factor),
    lumaOffset: all(LUMA.offset),
    chromaOffset: all(CHROMA_OFFSET),
    redOfV: all(RED_OF_V),
    greenOfU: all(GREEN_OF_U),
    greenOfV: all(GREEN_OF_V),
    blueOfU: all(BLUE_OF_U),
  };
}

type Factors = ReturnType<typeof factorVectors>;

/** What chroma adds to red, green and blue of 16 pixels: eight and eight. */
type Shifts = readonly (readonly [V128Local, V128Local])[];

function chromaShifts(k: KernelBuilder, factors: Factors, { u, toV }: { u: I32; toV: number }): Shifts {
  const centred = (offset: number) => k.v128(subI16(shiftLeftI16(loadWideBytes(u, offset), 3), factors.chromaOffset));
  const [blueness, redness] = [centred(0), centred(toV)];
  const sums = [
    multiplyHighI16(redness, factors.redOfV),
    addI16(multiplyHighI16(blueness, factors.greenOfU), multiplyHighI16(redness, factors.greenOfV)),
    multiplyHighI16(blueness, factors.blueOfU),
  ];
  return sums.map((sum) => {
    const each = k.v128(sum);
    return [k.v128(shuffleBytes(each, each, FIRST_TWICE)), k.v128(shuffleBytes(each, each, LAST_TWICE))] as const;
  });
}

type Row = { y: I32; to: I32Local; row: number; width: number; shifts: Shifts };

function convertRow(k: KernelBuilder, factors: Factors, { y, to, row, width, shifts }: Row): void {
  const luma = [0, 8].map((pixel) => {
    const centred = subI16(shiftLeftI16(loadWideBytes(y, row * width + pixel), 3), factors.lumaOffset);
    return k.v128(multiplyHighI16(centred, factors.luma));
  });
  const channels = shifts.map(([first, last]) =>
    k.v128(narrowToBytes(addI16(luma[0]!, first), addI16(luma[1]!, last))),
  );
  for (const part of [0, 1, 2]) k.store(to, interleaved(channels, part), row * width * 3 + part * 16);
}

/** Bytes 16·part to 16·part + 15 of r0 g0 b0 r1 g1 b1 … */
function interleaved([red, green, blue]: readonly V128[], part: number): V128 {
  const bytes = Array.from({ length: 16 }, (_, i) => 16 * part + i);
  const pixelOf = (byte: number) => Math.floor(byte / 3);
  const redAndGreen = bytes.map((byte) => (byte % 3 === 1 ? 16 : 0) + pixelOf(byte));
  const withBlue = bytes.map((byte, i) => (byte % 3 === 2 ? 16 + pixelOf(byte) : i));
  return shuffleBytes(shuffleBytes(red!, green!, redAndGreen), blue!, withBlue);
}
