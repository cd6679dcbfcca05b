/**
 * Filter gradient of the direct convolution. Nothing is packed: values of the padded input are splatted, vectors of dy
 * read as they lie, and a tile of the gradient stays in registers for a whole band of rows. Each chunk of bands has its
 * own partial sum, so that the order of additions does not depend on who computed it.
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';
import { accumulate } from './conv-direct.ts';
import { evenTiles, largestDivisor, TILE_ROWS } from './conv-geometry.ts';

/** `bandRows` output rows, a divisor of their number in a frame, are one item; `chunkBands` items share a partial sum. */
export type ConvDirectFilterGradParams = {
  c: number;
  o: number;
  padded: readonly number[];
  output: readonly number[];
  kernel: readonly number[];
  stride: readonly number[];
  bandRows: number;
  chunkBands: number;
};

const UNROLLS = [4, 3, 2, 1];

/** Floats of one partial sum: [taps·c][o rounded up to blocks]. */
export function partialFilterFloats(
  { c, o, kernel }: { c: number; o: number; kernel: readonly number[] },
  width: number,
) {
  return kernel[0]! * kernel[1]! * kernel[2]! * c * Math.ceil(o / width) * width;
}

/** Items: bands of rows. Args: padded input, dy [n,t,h,w,o], partial sums. */
export function convDirectFilterGrad(k: KernelBuilder, params: ConvDirectFilterGradParams): void {
  const [x, dy, partials] = k.args(3) as [I32, I32, I32];
  const { c, o, padded, output, kernel, stride, bandRows, chunkBands } = params;
  const [tPadded, hPadded, wPadded] = padded as [number, number, number];
  const [t, h, w] = output as [number, number, number];
  const [kt, kh, kw] = kernel as [number, number, number];
  const width = k.target.tileVectors * 4;
  const partialBytes = partialFilterFloats(params, width) * 4;
  const paddedColumns = Math.ceil(o / width) * width;
  const partial = k.i32(partials.add(k.from.div(chunkBands).mul(partialBytes)));
  k.clear(partial, partialBytes);
  const tile = gradientTile(k, params);
  k.forRange(k.from, k.to, (band) => {
    const row = k.i32(band.mul(bandRows));
    const plane = k.i32(row.div(h));
    const tIn = plane.div(t).mul(tPadded).add(plane.rem(t).mul(stride[0]!));
    const line = tIn.mul(hPadded).add(row.rem(h).mul(stride[1]!));
    const from = k.i32(x.add(line.mul(wPadded * c * 4)));
    const gradient = k.i32(dy.add(row.mul(w * o * 4)));
    const sum = k.i32(partial);
    k.repeat(kt, () => {
      k.repeat(kh, () => {
        for (const [rows, count] of evenTiles(kw * c, TILE_ROWS))
          k.repeat(count, () => {
            tile({ rows, from, gradient, sum });
            from.advance(rows * 4);
            sum.advance(rows * paddedColumns * 4);
          });
        from.advance((wPadded - kw) * c * 4);
      });
      from.advance((hPadded - kh) * wPadded * c * 4);
    });
  });
}

type TilePlace = { rows: number; from: I32; gradient: I32; sum: I32 };

/** Adds a band to `rows` lines of the gradient, for every block of channels. */
function gradientTile(k: KernelBuilder, params: ConvDirectFilterGradParams): (place: TilePlace) => void {
  const { c, o, padded, output, stride, bandRows } = params;
  const vectors = k.target.tileVectors;
  const width = vectors * 4;
  const w = output[2]!;
  const blocks = Math.ceil(o / width);
  const pixelFloats = stride[2]! * c;
  const unroll = largestDivisor(w, UNROLLS);
  const sums = k.vectors(TILE_ROWS * vectors);
  const columns = k.vectors(vectors);
  const value = k.v128();
  const [a, b] = [k.i32(), k.i32()];
  const multiply = (rows: number, pixel: number) => {
    columns.forEach((column, v) => column.set(b.load((pixel * o + v * 4) * 4)));
    for (let i = 0; i < rows; i++) {
      value.set(a.loadSplat((pixel * pixelFloats + i) * 4));
      columns.forEach((column, v) => accumulate(k, sums[i * vectors + v]!, value, column));
    }
  };
  return ({ rows, from, gradient, sum }) => {
    const used = sums.slice(0, rows * vectors);
    const place = (i: number) => (Math.floor(i / vectors) * blocks * width + (i % vectors) * 4) * 4;
    k.forRange(0, blocks, (block) => {
      const at = k.i32(sum.add(block.mul(width * 4)));
      used.forEach((total, i) => total.set(at.load(place(i))));
      a.set(from);
      b.set(gradient.add(block.mul(width * 4)));
      k.repeat(bandRows, () => {
        k.repeat(w / unroll, () => {
          for (let pixel = 0; pixel < unroll; pixel++) multiply(rows, pixel);
          a.advance(unroll * pixelFloats * 4);
          b.advance(unroll * o * 4);
        });
        a.advance((stride[1]! * padded[2]! - w * stride[2]!) * c * 4);
      });
      used.forEach((total, i) => k.store(at, total, place(i)));
    });
  };
}

/** `count` partial sums of `rows` lines with `columns` floats, `pitch` floats from line to line. */
export type SumPartialsParams = { rows: number; columns: number; pitch: number; count: number };

/** Adds partial sums in their order. Items: lines. Args: partial sums, result [rows,columns]. */
export function sumPartials(k: KernelBuilder, { rows, columns, pitch, count }: SumPartialsParams): void {
  const [partials, result] = k.args(2) as [I32, I32];
  const total = k.v128();
  k.forRange(k.from, k.to, (row) => {
    const from = k.i32(partials.add(row.mul(pitch * 4)));
    const to = k.i32(result.add(row.mul(columns * 4)));
    const sumQuad = (lanes: number) => {
      total.set(from.load());
      for (let i = 1; i < count; i++) total.set(total.add(from.load(i * rows * pitch * 4)));
      k.storeLanes(to, total, lanes);
    };
    if (columns >= 4)
      k.repeat(Math.floor(columns / 4), () => {
        sumQuad(4);
        from.advance(16);
        to.advance(16);
      });
    if (columns % 4 > 0) sumQuad(columns % 4);
  });
}
