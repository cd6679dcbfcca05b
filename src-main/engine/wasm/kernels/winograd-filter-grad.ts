/**
 * Filter gradient of the Winograd convolution: the exact adjoint of its forward pass with respect to the transformed
 * filter. Each chunk of blocks has its own partial sum [frequencies,c,o].
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';
import { accumulate, type TileSize } from './conv-direct.ts';
import { evenTiles, largestDivisor, TILE_ROWS } from './conv-geometry.ts';
import { clearTileScratch, transformInward, transformVectors } from './tile-transform.ts';
import { transformedFilterBytes } from './winograd-filter.ts';
import { transpose } from './winograd-matrices.ts';
import {
  clampedTile,
  frequencyBytes,
  frequencyCount,
  frequencyStrides,
  outputPlaces,
  placeStrides,
  type TileGrid,
} from './winograd-tiles.ts';
import { tileMatrices, transformInput, winogradScratchBytes } from './winograd.ts';

/** `c` is whole vectors, `o` whole register tiles. */
export type WinogradFilterGradSumsParams = TileGrid & {
  c: number;
  o: number;
  chunkBlocks: number;
  registers: TileSize;
};

/** The largest register tile that `o` channels, whole vectors, fill. */
export function gradientTileFor(o: number, tileVectors: number): TileSize {
  const vectors = [tileVectors, 2, 1].find((candidate) => o % (candidate * 4) === 0)!;
  return { rows: vectors === 1 ? 2 * TILE_ROWS : TILE_ROWS, vectors };
}

const UNROLLS = [4, 3, 2, 1];

/** Items: blocks of tiles. Args: input, dy [n,t,h,w,o], partial sums, scratch of all threads. */
export function winogradFilterGradSums(k: KernelBuilder, params: WinogradFilterGradSumsParams): void {
  const [x, dy, partials, allScratch] = k.args(4) as [I32, I32, I32, I32];
  const { c, o, blockTiles, count, chunkBlocks } = params;
  const frequencies = frequencyCount(params.tile);
  const inputs = k.i32(allScratch.add(k.worker.mul(winogradScratchBytes(params, params))));
  const gradients = k.i32(inputs.add(frequencies * frequencyBytes(blockTiles * c)));
  const scratch = k.i32(gradients.add(frequencies * frequencyBytes(blockTiles * o)));
  const partial = k.i32(partials.add(k.from.div(chunkBlocks).mul(transformedFilterBytes(params))));
  const addProducts = frequencyProducts(k, params);
  clearTileScratch(k, scratch);
  k.clear(partial, transformedFilterBytes(params));
  k.forRange(k.from, k.to, (block) => {
    k.forRange(0, blockTiles, (i) => {
      const tile = k.i32(block.mul(blockTiles).add(i));
      const to = k.i32(gradients.add(i.mul(o * 4)));
      k.if(
        tile.lessThan(count),
        () => transformGradient(k, params, { dy, tile, to, scratch }),
        () => clearTile(k, to, params),
      );
      transformInput(k, params, { x, tile: clampedTile(k, tile, count), to: inputs.add(i.mul(c * 4)), scratch });
    });
    addProducts(inputs, gradients, partial);
  });
}

type GradientTile = { dy: I32; tile: I32; to: I32; scratch: I32 };

/** The adjoint of the output transform. */
function transformGradient(
  k: KernelBuilder,
  params: WinogradFilterGradSumsParams,
  { dy, tile, to, scratch }: GradientTile,
): void {
  const { o, blockTiles, output } = params;
  const vectors = transformVectors(k.target, o);
  const { offset, spans } = outputPlaces(k, tile, params);
  const from = k.i32(dy.add(offset));
  const target = k.i32(to);
  k.repeat(o / (vectors * 4), () => {
    transformInward(k, {
      matrices: tileMatrices(params.tile, (scheme) => transpose(scheme.output)),
      ...{ vectors, scratch },
      from: { at: from, strides: placeStrides(output, o * 4), spans },
      to: { at: target, strides: frequencyStrides(params.tile, frequencyBytes(blockTiles * o)) },
    });
    from.advance(vectors * 16);
    target.advance(vectors * 16);
  });
}

/** A tile behind the last one adds nothing. */
function clearTile(k: KernelBuilder, to: I32, { o, tile, blockTiles }: WinogradFilterGradSumsParams): void {
  const target = k.i32(to);
  k.repeat(frequencyCount(tile), () => {
    k.clear(target, o * 4);
    target.advance(frequencyBytes(blockTiles * o));
  });
}

/** Adds the products [c,blockTiles] by [blockTiles,o] of a block to the partial sum of each frequency. */
function frequencyProducts(k: KernelBuilder, { c, o, tile, blockTiles, registers }: WinogradFilterGradSumsParams) {
  const { vectors } = registers;
  const width = vectors * 4;
  const sums = k.vectors(registers.rows * vectors);
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
      for (let step = 0; step < unroll; step++) {
        columns.forEach((column, v) => column.set(b.load((step * o + v * 4) * 4)));
        for (let i = 0; i < rows; i++) {
          value.set(a.loadSplat((step * c + i) * 4));
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
    const frequencySum = k.i32(partial);
    k.repeat(frequencyCount(tile), () => {
      const line = k.i32(input);
      const sum = k.i32(frequencySum);
      for (const [rows, times] of evenTiles(c, registers.rows))
        k.repeat(times, () => {
          k.forRange(0, o / width, (block) => {
            // Why: vectors side by side are fused only where they share one address variable.
            const to = k.i32(sum.add(block.mul(width * 4)));
            addTile(rows, line, gradient.add(block.mul(width * 4)), to);
          });
          line.advance(rows * 4);
          sum.advance(rows * o * 4);
        });
      input.advance(frequencyBytes(blockTiles * c));
      gradient.advance(frequencyBytes(blockTiles * o));
      frequencySum.advance(frequencyBytes(c * o));
    });
  };
}
