/**
 * 3x3x3 convolution of stride 1 by Winograd's minimal filtering in three dimensions. A block of tiles is transformed into
 * scratch memory that stays in the cache, multiplied by the transformed filter in a small matrix product for each
 * frequency, and transformed back.
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';
import { forChannelGroups } from './channels.ts';
import { accumulate, type TileSize } from './conv-direct.ts';
import { evenTiles, largestDivisor } from './conv-geometry.ts';
import type { Lanes } from './linear-map.ts';
import { clearTileScratch, transformInward, transformOutward, transformVectors } from './tile-transform.ts';
import { schemeOf, type Matrix, type Scheme } from './winograd-matrices.ts';
import {
  clampedTile,
  frequencyBytes,
  frequencyCount,
  frequencyStrides,
  inputPlaces,
  outputPlaces,
  placeStrides,
  transformScratchBytes,
  type TileGrid,
} from './winograd-tiles.ts';

/** `c`: channels of the input, whole vectors. `registers`: the register tile of the products. */
export type WinogradParams = TileGrid & { c: number; o: number; bias: boolean; relu: boolean; registers: TileSize };

/** Channels out, rounded up to whole register tiles. */
export function wholeTiles(o: number, { vectors }: TileSize): number {
  return Math.ceil(o / (vectors * 4)) * vectors * 4;
}

/** Scratch memory of one thread, for `c` channels in and `o` out, both of them whole tiles. */
export function winogradScratchBytes({ blockTiles, tile }: TileGrid, { c, o }: { c: number; o: number }): number {
  const blocks = frequencyBytes(blockTiles * c) + frequencyBytes(blockTiles * o);
  return frequencyCount(tile) * blocks + transformScratchBytes(tile);
}

const UNROLLS = [8, 4];

/** Items: blocks of tiles. Args: input, transformed filter, output, scratch of all threads, bias. */
export function winograd(k: KernelBuilder, params: WinogradParams): void {
  const [x, filter, y, allScratch, bias] = k.args(5) as [I32, I32, I32, I32, I32];
  const { c, blockTiles, count } = params;
  const o = wholeTiles(params.o, params.registers);
  const frequencies = frequencyCount(params.tile);
  const inputs = k.i32(allScratch.add(k.worker.mul(winogradScratchBytes(params, { c, o }))));
  const products = k.i32(inputs.add(frequencies * frequencyBytes(blockTiles * c)));
  const scratch = k.i32(products.add(frequencies * frequencyBytes(blockTiles * o)));
  const multiply = frequencyProducts(k, params);
  clearTileScratch(k, scratch);
  k.forRange(k.from, k.to, (block) => {
    k.forRange(0, blockTiles, (i) => {
      const tile = clampedTile(k, block.mul(blockTiles).add(i), count);
      transformInput(k, params, { x, tile, to: inputs.add(i.mul(c * 4)), scratch });
    });
    multiply(inputs, filter, products);
    k.forRange(0, blockTiles, (i) => {
      const tile = clampedTile(k, block.mul(blockTiles).add(i), count);
      transformOutput(k, params, { y, tile, from: products.add(i.mul(o * 4)), scratch, bias });
    });
  });
}

/** One matrix for each axis of a tile. */
export function tileMatrices(
  tile: readonly number[],
  matrixOf: (scheme: Scheme) => Matrix,
): readonly [Matrix, Matrix, Matrix] {
  return tile.map((outputs) => matrixOf(schemeOf(outputs))) as [Matrix, Matrix, Matrix];
}

type InputTile = { x: I32; tile: I32; to: I32; scratch: I32 };

/** Transforms all channels of one input tile. */
export function transformInput(
  k: KernelBuilder,
  params: TileGrid & { c: number },
  { x, tile, to, scratch }: InputTile,
): void {
  const { c, input, blockTiles } = params;
  const { offset, spans } = inputPlaces(k, tile, params);
  const from = k.i32(x.add(offset));
  const target = k.i32(to);
  const vectors = transformVectors(k.target, c);
  k.repeat(c / (vectors * 4), () => {
    transformInward(k, {
      matrices: tileMatrices(params.tile, (scheme) => scheme.input),
      ...{ vectors, scratch },
      from: { at: from, strides: placeStrides(input, c * 4), spans },
      to: { at: target, strides: frequencyStrides(params.tile, frequencyBytes(blockTiles * c)) },
    });
    from.advance(vectors * 16);
    target.advance(vectors * 16);
  });
}

/** The products of a block: [blockTiles,c] by [c,o] for each frequency. */
function frequencyProducts(k: KernelBuilder, { c, tile, blockTiles, registers, ...params }: WinogradParams) {
  const { vectors } = registers;
  const width = vectors * 4;
  const o = wholeTiles(params.o, registers);
  const sums = k.vectors(registers.rows * vectors);
  const columns = k.vectors(vectors);
  const value = k.v128();
  const [a, b] = [k.i32(), k.i32()];
  const unroll = largestDivisor(c, UNROLLS);
  const multiplyTile = (rows: number, from: I32, filter: I32, to: I32) => {
    const used = sums.slice(0, rows * vectors);
    used.forEach((sum) => sum.set(k.zero));
    a.set(from);
    b.set(filter);
    k.repeat(c / unroll, () => {
      for (let step = 0; step < unroll; step++) {
        columns.forEach((column, v) => column.set(b.load((step * vectors + v) * 16)));
        for (let i = 0; i < rows; i++) {
          value.set(a.loadSplat((i * c + step) * 4));
          columns.forEach((column, v) => accumulate(k, sums[i * vectors + v]!, value, column));
        }
      }
      a.advance(unroll * 4);
      b.advance(unroll * width * 4);
    });
    used.forEach((sum, i) => k.store(to, sum, (Math.floor(i / vectors) * o + (i % vectors) * 4) * 4));
  };
  return (inputs: I32, transformedFilter: I32, products: I32) => {
    const input = k.i32(inputs);
    const filter = k.i32(transformedFilter);
    const product = k.i32(products);
    k.repeat(frequencyCount(tile), () => {
      const columnBlock = k.i32(filter);
      k.forRange(0, o / width, (block) => {
        const from = k.i32(input);
        const to = k.i32(product.add(block.mul(width * 4)));
        for (const [rows, times] of evenTiles(blockTiles, registers.rows))
          k.repeat(times, () => {
            multiplyTile(rows, from, columnBlock, to);
            from.advance(rows * c * 4);
            to.advance(rows * o * 4);
          });
        columnBlock.advance(c * width * 4);
      });
      filter.advance(frequencyBytes(c * o));
      input.advance(frequencyBytes(blockTiles * c));
      product.advance(frequencyBytes(blockTiles * o));
    });
  };
}

type OutputTile = { y: I32; tile: I32; from: I32; scratch: I32; bias: I32 };

function transformOutput(k: KernelBuilder, params: WinogradParams, { y, tile, from, scratch, bias }: OutputTile): void {
  const { o, blockTiles, output, registers } = params;
  const columns = wholeTiles(o, registers);
  const vectors = transformVectors(k.target, columns);
  const { offset, spans } = outputPlaces(k, tile, params);
  const to = k.i32(y.add(offset));
  const source = k.i32(from);
  const biasAt = k.i32(bias);
  const finish = (value: Lanes): Lanes =>
    value.map((vector, v) => {
      const sum = params.bias ? vector.add(biasAt.load(v * 16)) : vector;
      return k.v128(params.relu ? sum.max(k.zero) : sum);
    });
  forChannelGroups(
    k,
    { channels: o, width: vectors * 4 },
    (floats) =>
      transformOutward(k, {
        matrices: tileMatrices(params.tile, (scheme) => scheme.output),
        ...{ vectors, scratch },
        from: { at: source, strides: frequencyStrides(params.tile, frequencyBytes(blockTiles * columns)) },
        to: { at: to, strides: placeStrides(output, o * 4), spans, finish, floats },
      }),
    (bytes) => [source, to, biasAt].forEach((address) => address.advance(bytes)),
  );
}
