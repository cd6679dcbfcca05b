/**
 * 3x3x3 convolution of stride 1 by Winograd's F(2x2x2, 3x3x3). A block of tiles is transformed into scratch memory that
 * stays in the cache, multiplied by the transformed filter in 64 small matrix products, and transformed back.
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32, I32Local } from '../assembler/values.ts';
import { accumulate } from './conv-direct.ts';
import { evenTiles, TILE_ROWS } from './conv-geometry.ts';
import {
  FREQUENCIES,
  frequencyBytes,
  PAIR_BYTES,
  tilePlace,
  TRANSFORM_SCRATCH_BYTES,
  WinogradTransforms,
  type Pair,
  type TileGrid,
} from './winograd-transforms.ts';

/** `c` divisible by 8, `o` by the width of the register tile. */
export type WinogradParams = TileGrid & { c: number; o: number; bias: boolean; relu: boolean };

/** Scratch memory of one thread. */
export function winogradScratchBytes({ c, o, blockTiles }: { c: number; o: number; blockTiles: number }): number {
  return FREQUENCIES * (frequencyBytes(blockTiles, c) + frequencyBytes(blockTiles, o)) + TRANSFORM_SCRATCH_BYTES;
}

const UNROLL = 8;

/** Items: blocks of tiles. Args: padded input, transformed filter, output, scratch of all threads, bias. */
export function winograd(k: KernelBuilder, params: WinogradParams): void {
  const [x, filter, y, allScratch, bias] = k.args(5) as [I32, I32, I32, I32, I32];
  const { c, o, blockTiles, count } = params;
  const transforms = new WinogradTransforms(k);
  const inputs = k.i32(allScratch.add(k.worker.mul(winogradScratchBytes(params))));
  const products = k.i32(inputs.add(FREQUENCIES * frequencyBytes(blockTiles, c)));
  const scratch = k.i32(products.add(FREQUENCIES * frequencyBytes(blockTiles, o)));
  const multiply = frequencyProducts(k, params);
  k.forRange(k.from, k.to, (block) => {
    k.forRange(0, blockTiles, (i) => {
      const tile = clampedTile(k, block.mul(blockTiles).add(i), count);
      transformInput(k, transforms, { ...params, x, tile, to: inputs.add(i.mul(c * 4)), scratch });
    });
    multiply(inputs, filter, products);
    k.forRange(0, blockTiles, (i) => {
      const tile = clampedTile(k, block.mul(blockTiles).add(i), count);
      transformOutput(k, transforms, params, { y, tile, from: products.add(i.mul(o * 4)), scratch, bias });
    });
  });
}

/** The last block is filled up with repetitions of the last tile, whose results are the same. */
function clampedTile(k: KernelBuilder, tile: I32, count: number): I32Local {
  const clamped = k.i32(tile);
  k.if(clamped.atLeast(count), () => clamped.set(count - 1));
  return clamped;
}

type InputTile = {
  x: I32;
  tile: I32;
  to: I32;
  scratch: I32;
  c: number;
  padded: readonly number[];
  tiles: readonly number[];
  blockTiles: number;
};

/** Transforms all channels of one input tile; frequencies are `blockTiles` pixels apart. */
export function transformInput(k: KernelBuilder, transforms: WinogradTransforms, input: InputTile): void {
  const { x, tile, to, scratch, c, padded, tiles, blockTiles } = input;
  const place = tilePlace(k, tile, tiles);
  const plane = place.clip.mul(padded[0]!).add(place.t.mul(2));
  const line = plane.mul(padded[1]!).add(place.h.mul(2));
  const pixel = line.mul(padded[2]!).add(place.w.mul(2));
  const from = k.i32(x.add(pixel.mul(c * 4)));
  const target = k.i32(to);
  k.repeat(c / 8, () => {
    transforms.input(from, target, scratch, { c, padded, frequencyBytes: frequencyBytes(blockTiles, c) });
    from.advance(PAIR_BYTES);
    target.advance(PAIR_BYTES);
  });
}

/** The 64 products of a block: [blockTiles,c] by [c,o] each. */
function frequencyProducts(k: KernelBuilder, { c, o, blockTiles }: WinogradParams) {
  const vectors = k.target.tileVectors;
  const width = vectors * 4;
  const sums = k.vectors(TILE_ROWS * vectors);
  const columns = k.vectors(vectors);
  const value = k.v128();
  const [a, b] = [k.i32(), k.i32()];
  const multiplyTile = (rows: number, from: I32, filter: I32, to: I32) => {
    const used = sums.slice(0, rows * vectors);
    used.forEach((sum) => sum.set(k.zero));
    a.set(from);
    b.set(filter);
    k.repeat(c / UNROLL, () => {
      for (let step = 0; step < UNROLL; step++) {
        columns.forEach((column, v) => column.set(b.load((step * vectors + v) * 16)));
        for (let i = 0; i < rows; i++) {
          value.set(a.loadSplat((i * c + step) * 4));
          columns.forEach((column, v) => accumulate(k, sums[i * vectors + v]!, value, column));
        }
      }
      a.advance(UNROLL * 4);
      b.advance(UNROLL * width * 4);
    });
    used.forEach((sum, i) => k.store(to, sum, (Math.floor(i / vectors) * o + (i % vectors) * 4) * 4));
  };
  return (inputs: I32, transformedFilter: I32, products: I32) => {
    const input = k.i32(inputs);
    const filter = k.i32(transformedFilter);
    const product = k.i32(products);
    k.repeat(FREQUENCIES, () => {
      k.forRange(0, o / width, (block) => {
        const from = k.i32(input);
        const to = k.i32(product.add(block.mul(width * 4)));
        for (const [rows, times] of evenTiles(blockTiles, TILE_ROWS))
          k.repeat(times, () => {
            multiplyTile(rows, from, filter, to);
            from.advance(rows * c * 4);
            to.advance(rows * o * 4);
          });
        filter.advance(c * width * 4);
      });
      input.advance(frequencyBytes(blockTiles, c));
      product.advance(frequencyBytes(blockTiles, o));
    });
  };
}

type OutputTile = { y: I32; tile: I32; from: I32; scratch: I32; bias: I32 };

function transformOutput(
  k: KernelBuilder,
  transforms: WinogradTransforms,
  params: WinogradParams,
  { y, tile, from, scratch, bias }: OutputTile,
): void {
  const { o, blockTiles } = params;
  const place = outputPlace(k, tile, params);
  const to = k.i32(y.add(place.offset));
  const source = k.i32(from);
  const biasAt = k.i32(bias);
  const epilogue = (value: Pair) => {
    if (params.bias) value.forEach((half, i) => half.set(half.add(biasAt.load(i * 16))));
    if (params.relu) value.forEach((half) => half.set(half.max(k.zero)));
  };
  k.repeat(o / 8, () => {
    transforms.output(source, scratch, frequencyBytes(blockTiles, o), (t, h, w, value) => {
      epilogue(value);
      place.ifInside([t, h, w], () => transforms.store(to, place.bytes(t, h, w), value));
    });
    source.advance(PAIR_BYTES);
    to.advance(PAIR_BYTES);
    if (params.bias) biasAt.advance(PAIR_BYTES);
  });
}

/**
 * Where the 2x2x2 outputs of a tile lie in [n,t,h,w,o]; places beyond odd extents are outside and left out.
 */
export function outputPlace(k: KernelBuilder, tile: I32, { o, output, tiles }: TileGrid & { o: number }) {
  const place = tilePlace(k, tile, tiles);
  const [t, h, w] = output as [number, number, number];
  const line = place.clip.mul(t).add(place.t.mul(2)).mul(h).add(place.h.mul(2));
  const offset = line
    .mul(w)
    .add(place.w.mul(2))
    .mul(o * 4);
  const edges = [place.t, place.h, place.w].map((at, axis) =>
    output[axis]! % 2 === 0 ? null : k.i32(at.lessThan(tiles[axis]! - 1)),
  );
  return {
    offset,
    bytes: (dt: number, dh: number, dw: number) => ((dt * h + dh) * w + dw) * o * 4,
    /** Runs `then` where the place is inside; `otherwise` where it is not. */
    ifInside(corner: readonly number[], then: () => void, otherwise?: () => void): void {
      const needed = edges.filter((edge, axis) => edge !== null && corner[axis] === 1) as I32[];
      if (needed.length === 0) return then();
      k.if(
        needed.reduce((all, edge) => all.and(edge)),
        then,
        otherwise,
      );
    },
  };
}
