/**
 * Winograd's minimal filtering F(2x2x2, 3x3x3) (Lavin and Gray, in three dimensions): output tiles of 2x2x2 from input
 * tiles of 4x4x4 by 64 products for each pair of channels instead of 216. The transforms below work on eight channels:
 * pairs of vectors, side by side, so that V8 can fuse them.
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32, V128Local } from '../assembler/values.ts';

/** Eight channels. */
export type Pair = readonly [V128Local, V128Local];
type Four = readonly [Pair, Pair, Pair, Pair];

/** Products of a tile; one small matrix product each. */
export const FREQUENCIES = 64;
/** Bytes of eight channels. */
export const PAIR_BYTES = 32;
/** Scratch of one transform: 64 pairs. */
export const TRANSFORM_SCRATCH_BYTES = FREQUENCIES * PAIR_BYTES;

const HALVES = [0, 1] as const;

const CACHE_LINE_BYTES = 64;

/**
 * Bytes from one frequency of a block to the next: an odd number of cache lines, because a transform writes all 64 in
 * turn and even distances would crowd them into few sets of the cache.
 */
export function frequencyBytes(blockTiles: number, channels: number): number {
  return (Math.ceil((blockTiles * channels * 4) / CACHE_LINE_BYTES) | 1) * CACHE_LINE_BYTES;
}

/** Geometry of Winograd tiles over an output [n,t,h,w], rounded up to whole tiles. */
export type TileGrid = {
  /** Tiles along t, h, w. */
  tiles: readonly number[];
  /** Output extents. */
  output: readonly number[];
  /** Extents of the padded input: 2·tiles + 2. */
  padded: readonly number[];
  /** Tiles in all clips. */
  count: number;
  /** Tiles of a block. */
  blockTiles: number;
};

export class WinogradTransforms {
  readonly #k: KernelBuilder;
  readonly #registers: Pair[];
  readonly #temporary: Pair[];

  constructor(k: KernelBuilder) {
    this.#k = k;
    this.#registers = Array.from({ length: 16 }, () => [k.v128(), k.v128()] as const);
    this.#temporary = Array.from({ length: 4 }, () => [k.v128(), k.v128()] as const);
  }

  /**
   * Input tile of eight channels at `from` (pixels of `c` floats in planes of `padded`) to 64 values at `to`,
   * `frequencyBytes` apart.
   */
  input(
    from: I32,
    to: I32,
    scratch: I32,
    layout: { c: number; padded: readonly number[]; frequencyBytes: number },
  ): void {
    const k = this.#k;
    const [, hPadded, wPadded] = layout.padded as [number, number, number];
    const r = this.#registers;
    const plane = k.i32(from);
    const middle = k.i32(scratch);
    k.repeat(4, () => {
      for (let h = 0; h < 4; h++)
        for (let w = 0; w < 4; w++) this.load(plane, (h * wPadded + w) * layout.c * 4, r[h * 4 + w]!);
      for (let w = 0; w < 4; w++) this.#inputAxis(pick(r, [w, 4 + w, 8 + w, 12 + w]));
      for (let h = 0; h < 4; h++) {
        this.#inputAxis(pick(r, [h * 4, h * 4 + 1, h * 4 + 2, h * 4 + 3]));
        for (let w = 0; w < 4; w++) this.store(middle, (h * 4 + w) * PAIR_BYTES, r[h * 4 + w]!);
      }
      plane.advance(hPadded * wPadded * layout.c * 4);
      middle.advance(16 * PAIR_BYTES);
    });
    for (let hw = 0; hw < 16; hw++) {
      for (let t = 0; t < 4; t++) this.load(scratch, (t * 16 + hw) * PAIR_BYTES, r[t]!);
      this.#inputAxis(pick(r, [0, 1, 2, 3]));
      for (let t = 0; t < 4; t++) this.store(to, (t * 16 + hw) * layout.frequencyBytes, r[t]!);
    }
  }

  /**
   * 64 values at `from`, `frequencyBytes` apart, to 2x2x2 outputs: `put` stores the pair of place (t, h, w). The
   * epilogue (bias, ReLU) is `put`'s.
   */
  output(
    from: I32,
    scratch: I32,
    frequencyBytes: number,
    put: (t: number, h: number, w: number, value: Pair) => void,
  ): void {
    const r = this.#registers;
    for (let hw = 0; hw < 16; hw++) {
      for (let t = 0; t < 4; t++) this.load(from, (t * 16 + hw) * frequencyBytes, r[t]!);
      this.#outputAxis(pick(r, [0, 1, 2, 3]));
      for (let t = 0; t < 2; t++) this.store(scratch, (t * 16 + hw) * PAIR_BYTES, r[t]!);
    }
    for (let t = 0; t < 2; t++) {
      for (let w = 0; w < 4; w++) {
        for (let h = 0; h < 4; h++) this.load(scratch, (t * 16 + h * 4 + w) * PAIR_BYTES, r[8 + h]!);
        this.#outputAxis(pick(r, [8, 9, 10, 11]));
        for (let h = 0; h < 2; h++) move(r[8 + h]!, r[h * 4 + w]!);
      }
      for (let h = 0; h < 2; h++) {
        this.#outputAxis(pick(r, [h * 4, h * 4 + 1, h * 4 + 2, h * 4 + 3]));
        for (let w = 0; w < 2; w++) put(t, h, w, r[h * 4 + w]!);
      }
    }
  }

  /** Adjoint of {@link output}: 2x2x2 values, each loaded by `get`, to 64 at `to`. */
  outputAdjoint(
    to: I32,
    scratch: I32,
    frequencyBytes: number,
    get: (t: number, h: number, w: number, into: Pair) => void,
  ): void {
    const r = this.#registers;
    for (let t = 0; t < 2; t++) {
      for (let h = 0; h < 2; h++) for (let w = 0; w < 2; w++) get(t, h, w, r[h * 2 + w]!);
      this.#outputAxisAdjoint(r[0]!, r[1]!, pick(r, [8, 9, 10, 11]));
      this.#outputAxisAdjoint(r[2]!, r[3]!, pick(r, [12, 13, 14, 15]));
      for (let w = 0; w < 4; w++) {
        this.#outputAxisAdjoint(r[8 + w]!, r[12 + w]!, pick(r, [0, 1, 2, 3]));
        for (let h = 0; h < 4; h++) this.store(scratch, (t * 16 + h * 4 + w) * PAIR_BYTES, r[h]!);
      }
    }
    for (let hw = 0; hw < 16; hw++) {
      this.load(scratch, hw * PAIR_BYTES, r[4]!);
      this.load(scratch, (16 + hw) * PAIR_BYTES, r[5]!);
      this.#outputAxisAdjoint(r[4]!, r[5]!, pick(r, [0, 1, 2, 3]));
      for (let t = 0; t < 4; t++) this.store(to, (t * 16 + hw) * frequencyBytes, r[t]!);
    }
  }

  load(address: I32, offset: number, into: Pair): void {
    for (const half of HALVES) into[half].set(address.load(offset + half * 16));
  }

  store(address: I32, offset: number, value: Pair): void {
    for (const half of HALVES) this.#k.store(address, value[half], offset + half * 16);
  }

  /** (x0 - x2, x1 + x2, x2 - x1, x1 - x3), in place. */
  #inputAxis([x0, x1, x2, x3]: Four): void {
    const [a, b, c] = this.#temporary as [Pair, Pair, Pair];
    for (const i of HALVES) a[i].set(x0[i].sub(x2[i]));
    for (const i of HALVES) b[i].set(x1[i].add(x2[i]));
    for (const i of HALVES) c[i].set(x2[i].sub(x1[i]));
    for (const i of HALVES) x3[i].set(x1[i].sub(x3[i]));
    move(a, x0);
    move(b, x1);
    move(c, x2);
  }

  /** (m0 + m1 + m2, m1 - m2 - m3), in the places of m0 and m1. */
  #outputAxis([m0, m1, m2, m3]: Four): void {
    const [sum, difference] = this.#temporary as [Pair, Pair];
    for (const i of HALVES) sum[i].set(m1[i].add(m2[i]));
    for (const i of HALVES) difference[i].set(m1[i].sub(m2[i]));
    for (const i of HALVES) m0[i].set(m0[i].add(sum[i]));
    for (const i of HALVES) m1[i].set(difference[i].sub(m3[i]));
  }

  /** (y0, y0 + y1, y0 - y1, -y1). */
  #outputAxisAdjoint(y0: Pair, y1: Pair, [a, b, c, d]: Four): void {
    for (const i of HALVES) b[i].set(y0[i].add(y1[i]));
    for (const i of HALVES) c[i].set(y0[i].sub(y1[i]));
    for (const i of HALVES) d[i].set(this.#k.zero.sub(y1[i]));
    move(y0, a);
  }
}

function pick(registers: readonly Pair[], indices: readonly [number, number, number, number]): Four {
  const [a, b, c, d] = indices;
  return [registers[a]!, registers[b]!, registers[c]!, registers[d]!];
}

function move(from: Pair, to: Pair): void {
  for (const half of HALVES) to[half].set(from[half]);
}

/** Place of tile number `tile`: clip, and tile coordinates along t, h, w. */
export function tilePlace(k: KernelBuilder, tile: I32, [tTiles, hTiles, wTiles]: readonly number[]) {
  const plane = k.i32(tile.div(hTiles! * wTiles!));
  return {
    clip: plane.div(tTiles!),
    t: plane.rem(tTiles!),
    h: tile.div(wTiles!).rem(hTiles!),
    w: tile.rem(wTiles!),
  };
}
