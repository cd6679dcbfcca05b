/**
 * Filter gradient of the Winograd convolution: the exact adjoint of its forward pass with respect to the transformed
 * filter. Each chunk of blocks has its own partial sum [64,c,o].
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';
import { accumulate } from './conv-direct.ts';
import { evenTiles, largestDivisor, TILE_ROWS } from './conv-geometry.ts';
import { FREQUENCIES, frequencyBytes, PAIR_BYTES, WinogradTransforms, type TileGrid } from './winograd-transforms.ts';
import { outputPlace, transformInput, winogradScratchBytes } from './winograd.ts';

export type WinogradFilterGradSumsParams = TileGrid & { c: number; o: number; chunkBlocks: number };

const UNROLLS = [4, 3, 2, 1];

/** Items: blocks of tiles. Args: padded input, dy [n,t,h,w,o], partial sums, scratch of all threads. */
export function winogradFilterGradSums(k: KernelBuilder, params: WinogradFilterGradSumsParams): void {
  const [x, dy, partials, allScratch] = k.args(4) as [I32, I32, I32, I32];
  const { c, o, blockTiles, count, chunkBlocks } = params;
  const partialBytes = FREQUENCIES * c * o * 4;
  const transforms = new WinogradTransforms(k);
  const inputs = k.i32(allScratch.add(k.worker.mul(winogradScratchBytes(params))));
  const gradients = k.i32(inputs.add(FREQUENCIES * frequencyBytes(blockTiles, c)));
  const scratch = k.i32(gradients.add(FREQUENCIES * frequencyBytes(blockTiles, o)));
  const partial = k.i32(partials.add(k.from.div(chunkBlocks).mul(partialBytes)));
  const addProducts = frequencyProducts(k, params);
  k.clear(partial, partialBytes);
  k.forRange(k.from, k.to, (block) => {
    k.forRange(0, blockTiles, (i) => {
      const tile = k.i32(block.mul(blockTiles).add(i));
      const to = k.i32(gradients.add(i.mul(o * 4)));
      k.if(
        tile.lessThan(count),
        () => transformGradient(k, transforms, params, { dy, tile, to, scratch }),
        () => clearTile(k, to, params),
      );
      k.if(tile.atLeast(count), () => tile.set(count - 1));
      transformInput(k, transforms, { ...params, x, tile, to: inputs.add(i.mul(c * 4)), scratch });
    });
    addProducts(inputs, gradients, partial);
  });
}

type GradientTile = { dy: I32; tile: I32; to: I32; scratch: I32 };

function transformGradient(
  k: KernelBuilder,
  transforms: WinogradTransforms,
  params: WinogradFilterGradSumsParams,
  { dy, tile, to, scratch }: GradientTile,
): void {
  const { o, blockTiles } = params;
  const place = outputPlace(k, tile, params);
  const from = k.i32(dy.add(place.offset));
  const target = k.i32(to);
  k.repeat(o / 8, () => {
    transforms.outputAdjoint(target, scratch, frequencyBytes(blockTiles, o), (t, h, w, into) =>
      place.ifInside(
        [t, h, w],
        () => transforms.load(from, place.bytes(t, h, w), into),
        () => into.forEach((half) => half.set(k.zero)),
      ),
    );
    from.advance(PAIR_BYTES);
    target.advance(PAIR_BYTES);
  });
}

/** A tile behind the last one adds nothing. */
function clearTile(k: KernelBuilder, to: I32, { o, blockTiles }: WinogradFilterGradSumsParams): void {
  const target = k.i32(to);
  k.repeat(FREQUENCIES, () => {
    k.clear(target, o * 4);
    target.advance(frequencyBytes(blockTiles, o));
  });
}

/** Adds the 64 products [c,blockTiles] by [blockTiles,o] of a block to the partial sum. */
function frequencyProducts(k: KernelBuilder, { c, o, blockTiles }: WinogradFilterGradSumsParams) {
  const vectors = k.target.tileVectors;
  const width = vectors * 4;
  const sums = k.vectors(TILE_ROWS * vectors);
  const columns = k.vectors(vectors);
  const value = k.v128();
  const [a, b] = [k.i32(), k.i32()];
  const unroll = largestDivisor(blockTiles, UNROLLS);
  const addTile = (rows: number, input: I32, gradient: I32, sum: I32) => {
    const used = sums.slice(0, rows * vectors);
    const place = (i: number) => (Math.floor(i / vectors) * o + (i % vectors) * 4) * 4;
    used.forEach((total, i) => total.set(sum.load(place(i))));
    a.set(input);
    b.set(gradient);
    k.repeat(blockTiles / unroll, () => {
      for (let tile = 0; tile < unroll; tile++) {
        columns.forEach((column, v) => column.set(b.load((tile * o + v * 4) * 4)));
        for (let i = 0; i < rows; i++) {
          value.set(a.loadSplat((tile * c + i) * 4));
          columns.forEach((column, v) => accumulate(k, sums[i * vectors + v]!, value, column));
        }
      }
      a.advance(unroll * c * 4);
      b.advance(unroll * o * 4);
    });
    used.forEach((total, i) => k.store(sum, total, place(i)));
  };
  return (inputs: I32, gradients: I32, partial: I32) => {
    const input = k.i32(inputs);
    const gradient = k.i32(gradients);
    const sum = k.i32(partial);
    k.repeat(FREQUENCIES, () => {
      const line = k.i32(input);
      for (const [rows, times] of evenTiles(c, TILE_ROWS))
        k.repeat(times, () => {
          k.forRange(0, o / width, (block) => {
            // Why: vectors side by side are fused only where they share one address variable.
            const to = k.i32(sum.add(block.mul(width * 4)));
            addTile(rows, line, gradient.add(block.mul(width * 4)), to);
          });
          line.advance(rows * 4);
          sum.advance(rows * o * 4);
        });
      input.advance(frequencyBytes(blockTiles, c));
      gradient.advance(frequencyBytes(blockTiles, o));
    });
  };
}

/** Floats of a partial sum. */
export function winogradPartialFloats(c: number, o: number): number {
  return FREQUENCIES * c * o;
}
