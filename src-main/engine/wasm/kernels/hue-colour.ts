import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type I32, type I32Local, type V128Local } from '../assembler/values.ts';

/** Clips of `t` frames of `places` RGB pixels, normalised by what stands for each channel. */
export type HueColourParams = {
  t: number;
  places: number;
  mean: readonly number[];
  deviation: readonly number[];
};

/** Pixels side by side in vectors. */
const GROUP = 4;
const CHANNELS = [0, 1, 2] as const;
const VECTOR_BYTES = 16;
const GROUP_BYTES = CHANNELS.length * VECTOR_BYTES;
/** Bytes of the colour matrix of a clip, three rows (red, green, blue, 1). */
const MATRIX_BYTES = 12 * 4;
/** Where the triangle wave of each channel starts, in sixths of the circle. */
const WAVE_OFFSETS = [5, 3, 1] as const;

/** Red, green and blue of a group, or what belongs to each. */
type Triple = [V128Local, V128Local, V128Local];

/**
 * Moves hues, changes colours by a matrix, limits to 0..1 and normalises (models/ops/hue-colour.ts). Items: frames. Args:
 * pixels [frames,places,3], hue factor [n], colour [n,3,4], result.
 */
export function hueColour(k: KernelBuilder, params: HueColourParams): void {
  const hues = new Hues(k);
  const colours = triple(k);
  k.forRange(k.from, k.to, (frame) => {
    const { factor, matrix } = clipOf(k, params, frame);
    const [x, y] = [0, 3].map((arg) => k.i32(k.arg(arg).add(frame.mul(params.places * 12)))) as [I32Local, I32Local];
    forGroups(k, params.places, (pixels) => {
      hues.read(x, factor, pixels);
      const hued = CHANNELS.map((c) => k.v128(hues.hued(c)));
      CHANNELS.forEach((row) => {
        const limited = mixed(k, matrix, hued, row).max(k.zero).min(k.constant(1));
        const centred = limited.sub(k.constant(params.mean[row]!));
        colours[row]!.set(centred.mul(k.constant(1 / params.deviation[row]!)));
      });
      storePixels(k, y, colours, pixels);
      [x, y].forEach((address) => address.advance(GROUP_BYTES));
    });
  });
}

/** Vectors of the sums for one frame: the hue, then the colour matrix in rows. */
export const HUE_COLOUR_SUMS = 13;

/**
 * Gradient of the pixels, and for each frame vectors whose lanes add up to its part of the gradients of the hue factor and
 * of the colour matrix. Where two channels are equal the first counts as the largest, the last as the smallest. Items:
 * frames. Args: pixels, hue factor [n], colour [n,3,4], dy, gradient of the pixels, sums [frames] of 13 vectors.
 */
export function hueColourGradient(k: KernelBuilder, params: HueColourParams): void {
  const hues = new Hues(k);
  const [ofPixels, dy, dhued] = [triple(k), triple(k), triple(k)];
  const sums = k.vectors(HUE_COLOUR_SUMS);
  k.forRange(k.from, k.to, (frame) => {
    const { factor, matrix } = clipOf(k, params, frame);
    const at = [0, 3, 4].map((arg) => k.i32(k.arg(arg).add(frame.mul(params.places * 12))));
    const [x, from, to] = at as [I32Local, I32Local, I32Local];
    sums.forEach((sum) => sum.set(k.zero));
    forGroups(k, params.places, (pixels) => {
      hues.read(x, factor, pixels);
      loadPixels(from, dy, pixels);
      upstream(k, { params, hues, matrix, dy, dhued, sums });
      hues.setGradient(ofPixels, { dhued, factor, sum: sums[0]! });
      storePixels(k, to, ofPixels, pixels);
      at.forEach((address) => address.advance(GROUP_BYTES));
    });
    const sumsAt = k.i32(k.arg(5).add(frame.mul(HUE_COLOUR_SUMS * VECTOR_BYTES)));
    sums.forEach((sum, i) => k.store(sumsAt, sum, i * VECTOR_BYTES));
  });
}

type Upstream = { params: HueColourParams; hues: Hues; matrix: I32; dy: Triple; dhued: Triple; sums: V128Local[] };

/** Through normalisation, limits and matrix: adds to the sums of the matrix, leaves the gradients of the hued colours. */
function upstream(k: KernelBuilder, { params, hues, matrix, dy, dhued, sums }: Upstream): void {
  const hued = CHANNELS.map((c) => k.v128(hues.hued(c)));
  dhued.forEach((gradient) => gradient.set(k.zero));
  CHANNELS.forEach((row) => {
    const colour = k.v128(mixed(k, matrix, hued, row));
    const isOutside = colour.lessThan(k.zero).or(colour.greaterThan(k.constant(1)));
    const gradient = k.v128(dy[row]!.mul(k.constant(1 / params.deviation[row]!)).andNot(isOutside));
    const ofRow = sums.slice(1 + 4 * row, 5 + 4 * row);
    CHANNELS.forEach((c) => {
      ofRow[c]!.set(k.multiplyAdd(gradient, hued[c]!, ofRow[c]!));
      dhued[c]!.set(k.multiplyAdd(gradient, entryOf(matrix, row, c), dhued[c]!));
    });
    ofRow[3]!.set(ofRow[3]!.add(gradient));
  });
}

/** Four pixels in the terms of their hue. */
class Hues {
  readonly #k: KernelBuilder;
  readonly #rgb: Triple;
  readonly #isLargest: Triple;
  readonly #isSmallest: Triple;
  readonly #value: V128Local;
  readonly #chroma: V128Local;
  /** All bits where the pixel is not grey. */
  readonly #coloured: V128Local;
  /** Signed distance of the hue from the middle of the part of the circle in which its channel is the largest, in sixths. */
  readonly #distance: V128Local;
  /** Hue before the change, 0..6. */
  readonly #sixths: V128Local;
  /** Place of each channel on its wave, 0..6. */
  readonly #places: Triple;

  constructor(k: KernelBuilder) {
    this.#k = k;
    [this.#rgb, this.#isLargest, this.#isSmallest, this.#places] = [triple(k), triple(k), triple(k), triple(k)];
    const [value, chroma, coloured, distance, sixths] = k.vectors(5);
    [this.#value, this.#chroma, this.#coloured] = [value!, chroma!, coloured!];
    [this.#distance, this.#sixths] = [distance!, sixths!];
  }

  /** Reads the pixels at an address; their hues are multiplied by `factor`. */
  read(address: I32, factor: V128, pixels: number): void {
    const k = this.#k;
    loadPixels(address, this.#rgb, pixels);
    const [red, green, blue] = this.#rgb;
    this.#value.set(red.max(green).max(blue));
    this.#chroma.set(this.#value.sub(red.min(green).min(blue)));
    this.#coloured.set(this.#chroma.greaterThan(k.zero));
    this.#setLargest();
    const isLargest = this.#isLargest;
    const difference = k.v128(green.sub(blue).and(isLargest[0]));
    difference.set(difference.or(blue.sub(red).and(isLargest[1])).or(red.sub(green).and(isLargest[2])));
    this.#distance.set(difference.div(this.#chroma).and(this.#coloured));
    const isBelow = this.#distance.lessThan(k.zero);
    const start = k.constant(6).and(isLargest[0]).and(isBelow);
    const middle = start.or(k.constant(2).and(isLargest[1])).or(k.constant(4).and(isLargest[2]));
    this.#sixths.set(this.#distance.add(middle.and(this.#coloured)));
    const shifted = k.v128(this.#sixths.mul(factor));
    CHANNELS.forEach((c) => {
      const place = k.v128(shifted.add(k.constant(WAVE_OFFSETS[c])));
      const turns = place.mul(k.constant(1 / 6)).floor();
      this.#places[c].set(place.sub(turns.mul(k.constant(6))));
    });
  }

  /** Channel `c` behind the change of hue. */
  hued(c: 0 | 1 | 2): V128 {
    return this.#value.sub(this.#chroma.mul(this.#wave(c)));
  }

  /** Gradients of the pixels from those of the hued colours; adds that of the hue factor to the sum. */
  setGradient(ofPixels: Triple, { dhued, factor, sum }: { dhued: Triple; factor: V128; sum: V128Local }): void {
    const k = this.#k;
    const [dvalue, dchroma, dshifted] = k.vectors(3) as Triple;
    dvalue.set(dhued[0].add(dhued[1]).add(dhued[2]));
    dchroma.set(k.zero);
    dshifted.set(k.zero);
    CHANNELS.forEach((c) => {
      dchroma.set(k.subtractProduct(dhued[c], this.#wave(c), dchroma));
      dshifted.set(k.subtractProduct(dhued[c], this.#slope(c), dshifted));
    });
    // Why at the end: the chroma of the wave and the one that the hue was divided by cancel.
    const dsixths = k.v128(dshifted.mul(factor).and(this.#coloured));
    sum.set(k.multiplyAdd(dshifted.mul(this.#chroma), this.#sixths, sum));
    dchroma.set(k.subtractProduct(dsixths, this.#distance, dchroma));
    dvalue.set(dvalue.add(dchroma));
    CHANNELS.forEach((c) => {
      const [below, above] = [this.#isLargest[(c + 2) % 3]!, this.#isLargest[(c + 1) % 3]!];
      const ofHue = dsixths.and(below).sub(dsixths.and(above));
      ofPixels[c].set(dvalue.and(this.#isLargest[c]).sub(dchroma.and(this.#isSmallest[c])).add(ofHue));
    });
  }

  #setLargest(): void {
    const [red, green, blue] = this.#rgb;
    const all = V128.bits([-1, -1, -1, -1]);
    const [first, second, third] = this.#isLargest;
    first.set(all.andNot(red.lessThan(green).or(red.lessThan(blue))));
    second.set(all.andNot(green.lessThan(blue).or(first)));
    third.set(all.andNot(first.or(second)));
    const [sFirst, sSecond, sThird] = this.#isSmallest;
    sThird.set(all.andNot(blue.greaterThan(red).or(blue.greaterThan(green))));
    sSecond.set(all.andNot(green.greaterThan(red).or(sThird)));
    sFirst.set(all.andNot(sSecond.or(sThird)));
  }

  /** The triangle wave: min(k, 4 - k) within 0..1. */
  #wave(c: 0 | 1 | 2): V128 {
    const place = this.#places[c];
    const rising = place.min(this.#k.constant(4).sub(place));
    return rising.max(this.#k.zero).min(this.#k.constant(1));
  }

  /** 1 where the wave rises, -1 where it falls. */
  #slope(c: 0 | 1 | 2): V128 {
    const k = this.#k;
    const place = this.#places[c];
    const rises = place.greaterThan(k.zero).and(place.lessThan(k.constant(1)));
    const falls = place.greaterThan(k.constant(3)).and(place.lessThan(k.constant(4)));
    return k.constant(1).and(rises).or(k.constant(-1).and(falls));
  }
}

/** Hue factor in all lanes and address of the colour matrix of the clip that a frame is of. */
function clipOf(k: KernelBuilder, { t }: HueColourParams, frame: I32): { factor: V128; matrix: I32 } {
  const clip = k.i32(frame.div(t));
  return {
    factor: k.v128(k.arg(1).add(clip.mul(4)).loadSplat()),
    matrix: k.i32(k.arg(2).add(clip.mul(MATRIX_BYTES))),
  };
}

/** Runs the body at each group of pixels of a frame, the last of which may be fewer. */
function forGroups(k: KernelBuilder, places: number, body: (pixels: number) => void): void {
  const groups = Math.floor(places / GROUP);
  if (groups > 0) k.repeat(groups, () => body(GROUP));
  if (places % GROUP > 0) body(places % GROUP);
}

function entryOf(matrix: I32, row: number, column: number): V128 {
  return matrix.loadSplat((row * 4 + column) * 4);
}

/** Row of the colour matrix times colours. */
function mixed(k: KernelBuilder, matrix: I32, colours: readonly V128[], row: number): V128 {
  return colours.reduce<V128>(
    (sum, colour, c) => k.multiplyAdd(colour, entryOf(matrix, row, c), sum),
    entryOf(matrix, row, CHANNELS.length),
  );
}

function triple(k: KernelBuilder): Triple {
  return k.vectors(CHANNELS.length) as Triple;
}

/** Three vectors of r g b r, g b r g, b r g b to red, green and blue of four pixels; black behind the first `pixels`. */
function loadPixels(address: I32, [red, green, blue]: Triple, pixels: number): void {
  const [first, second, third] = CHANNELS.map((v) => address.load(v * VECTOR_BYTES)) as [V128, V128, V128];
  red.set(first.shuffle(second, [0, 3, 6, 6]).shuffle(third, [0, 1, 2, 5]));
  green.set(first.shuffle(second, [1, 4, 7, 7]).shuffle(third, [0, 1, 2, 6]));
  blue.set(first.shuffle(second, [2, 5, 5, 5]).shuffle(third, [0, 1, 4, 7]));
  if (pixels === GROUP) return;
  const isPixel = V128.bits([0, 1, 2, 3].map((lane) => (lane < pixels ? -1 : 0)));
  [red, green, blue].forEach((channel) => channel.set(channel.and(isPixel)));
}

/** Undoes {@link loadPixels}, for the first `pixels` of four. */
function storePixels(k: KernelBuilder, address: I32, [red, green, blue]: Triple, pixels: number): void {
  const vectors = [
    red.shuffle(green, [0, 4, 1, 5]).shuffle(blue, [0, 1, 4, 2]),
    green.shuffle(blue, [1, 5, 2, 6]).shuffle(red, [0, 1, 6, 2]),
    blue.shuffle(red, [2, 7, 3, 3]).shuffle(green, [0, 1, 7, 2]),
  ];
  vectors.forEach((vector, v) => {
    const lanes = Math.min(4, pixels * 3 - v * 4);
    if (lanes > 0) k.storeLanes(address, k.v128(vector), lanes, v * VECTOR_BYTES);
  });
}
