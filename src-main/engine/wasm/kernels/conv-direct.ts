/**
 * Direct 3D convolution without im2col: for each (kt, kh) the kw·c values under the filter lie side by side in the
 * padded input, so a register tile of 6 output places by one block of channels runs along them.
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32, V128Local } from '../assembler/values.ts';
import { evenTiles, largestDivisor } from './conv-geometry.ts';

/** Input [n,t',h',w',c] is padded; output [n,t,h,w,o]. */
export type ConvDirectParams = {
  c: number;
  o: number;
  padded: readonly number[];
  output: readonly number[];
  kernel: readonly number[];
  stride: readonly number[];
  bias: boolean;
  relu: boolean;
  tile: TileSize;
};

/** A register tile: output places by vectors of channels. */
export type TileSize = { rows: number; vectors: number };

/**
 * The register tile for `o` channels: 6 rows of two vectors fill 16 registers (pairs that V8 fuses count as one); few
 * channels take more rows of a single vector.
 */
export function tileFor(o: number, tileVectors: number): TileSize {
  if (o <= 4) return { rows: 12, vectors: 1 };
  return { rows: 6, vectors: o <= 8 ? 2 : tileVectors };
}

const UNROLLS = [8, 6, 4, 3, 2, 1];

/** Items: rows n·t·h of the output. Args: padded input, packed filter, output, bias (padded to blocks). */
export function convDirect(k: KernelBuilder, params: ConvDirectParams): void {
  const [x, packed, y, bias] = k.args(4) as [I32, I32, I32, I32];
  const { c, o, padded, output, kernel } = params;
  const [, hPadded, wPadded] = padded as [number, number, number];
  const [t, h, w] = output as [number, number, number];
  const width = params.tile.vectors * 4;
  const blocks = Math.ceil(o / width);
  const blockFloats = kernel[0]! * kernel[1]! * kernel[2]! * c * width;
  const tile = registerTile(k, params);
  const stride = params.stride as [number, number, number];
  k.forRange(0, blocks, (block) => {
    const filter = k.i32(packed.add(block.mul(blockFloats * 4)));
    const blockBias = k.i32(bias.add(block.mul(width * 4)));
    k.forRange(k.from, k.to, (row) => {
      const plane = k.i32(row.div(h));
      const tIn = plane.div(t).mul(padded[0]!).add(plane.rem(t).mul(stride[0]));
      const line = tIn.mul(hPadded).add(row.rem(h).mul(stride[1]));
      const from = k.i32(x.add(line.mul(wPadded * c * 4)));
      const to = k.i32(y.add(row.mul(w * o * 4)).add(block.mul(width * 4)));
      for (const [rows, count] of evenTiles(w, params.tile.rows))
        k.repeat(count, () => {
          tile({ rows, from, filter, bias: blockBias, to, isLast: block.equals(blocks - 1) });
          from.advance(rows * stride[2] * c * 4);
          to.advance(rows * o * 4);
        });
    });
  });
}

type TilePlace = { rows: number; from: I32; filter: I32; bias: I32; to: I32; isLast: I32 };

/** The code of one register tile: `rows` neighbouring output places by one block of channels. */
function registerTile(k: KernelBuilder, params: ConvDirectParams): (place: TilePlace) => void {
  const { c, o, padded, kernel, stride } = params;
  const { vectors } = params.tile;
  const [kt, kh, kw] = kernel as [number, number, number];
  const sums = k.vectors(params.tile.rows * vectors);
  const columns = k.vectors(vectors);
  const value = k.v128();
  const [a, b] = [k.i32(), k.i32()];
  const unroll = largestDivisor(kw * c, UNROLLS);
  const multiply = (rows: number, step: number) => {
    columns.forEach((column, v) => column.set(b.load((step * vectors + v) * 16)));
    for (let i = 0; i < rows; i++) {
      value.set(a.loadSplat((i * stride[2]! * c + step) * 4));
      columns.forEach((column, v) => accumulate(k, sums[i * vectors + v]!, value, column));
    }
  };
  return ({ rows, from, filter, bias, to, isLast }) => {
    const used = sums.slice(0, rows * vectors);
    used.forEach((sum, i) => sum.set(params.bias ? bias.load((i % vectors) * 16) : k.zero));
    a.set(from);
    b.set(filter);
    k.repeat(kt, () => {
      k.repeat(kh, () => {
        k.repeat((kw * c) / unroll, () => {
          for (let step = 0; step < unroll; step++) multiply(rows, step);
          a.advance(unroll * 4);
          b.advance(unroll * vectors * 16);
        });
        a.advance((padded[2]! - kw) * c * 4);
      });
      a.advance((padded[1]! - kh) * padded[2]! * c * 4);
    });
    if (params.relu) used.forEach((sum) => sum.set(sum.max(k.zero)));
    storeTile(k, used, { to, o, vectors, isLast });
  };
}

export function accumulate(k: KernelBuilder, sum: V128Local, a: V128Local, b: V128Local): void {
  sum.set(k.multiplyAdd(a, b, sum));
}

/** Stores rows of a tile at a distance of `o` floats; of the last block only the channels that exist. */
function storeTile(
  k: KernelBuilder,
  sums: readonly V128Local[],
  { to, o, vectors, isLast }: { to: I32; o: number; vectors: number; isLast: I32 },
): void {
  const store = (channels: number) =>
    sums.forEach((sum, i) => {
      const first = (i % vectors) * 4;
      const lanes = Math.min(4, channels - first);
      if (lanes > 0) k.storeLanes(to, sum, lanes, (Math.floor(i / vectors) * o + first) * 4);
    });
  const rest = o % (vectors * 4);
  if (rest === 0) store(vectors * 4);
  else
    k.if(
      isLast,
      () => store(rest),
      () => store(vectors * 4),
    );
}
