/**
 * Products of few rows with a large matrix of weights, as dense layers have them: the weights are read once, as they lie,
 * and each thread has columns or lines of them to itself.
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type I32, type V128Local } from '../assembler/values.ts';
import { evenTiles } from './conv-geometry.ts';

/** x [rows,depth], weights [depth,columns], y [rows,columns]. `tileRows` by four vectors make a register tile. */
export type DenseParams = { rows: number; depth: number; columns: number; tileRows: number };

/** Columns of a register tile. */
export const DENSE_WIDTH = 16;
const VECTORS = DENSE_WIDTH / 4;
/** Lines of weights that are read side by side, so that each is a stream through memory. */
const BAND_LINES = 8;

/** Lines of weights that share what is read of the gradient. */
export function denseTileRows(tileVectors: 2 | 4): number {
  return tileVectors === 4 ? 6 : 3;
}

/** Adds x times weights to y. Items: blocks of columns. Args: x, weights, y. */
export function denseProduct(k: KernelBuilder, { rows, depth, columns, tileRows }: DenseParams): void {
  const [x, weights, y] = k.args(3) as [I32, I32, I32];
  const tile = new RegisterTile(k, tileRows);
  const [xAt, yAt, at] = [k.i32(), k.i32(), k.i32()];
  const addBand = (line: I32, lines: number) =>
    k.forRange(k.from, k.to, (block) => {
      at.set(weights.add(line.mul(columns).add(block.mul(DENSE_WIDTH)).mul(4)));
      xAt.set(x.add(line.mul(4)));
      yAt.set(y.add(block.mul(DENSE_WIDTH * 4)));
      for (const [height, count] of evenTiles(rows, tileRows))
        k.repeat(count, () => {
          tile.forEach(height, (sum, i, v) => sum.set(yAt.load(i * columns * 4 + v * 16)));
          for (let step = 0; step < lines; step++)
            tile.multiply(height, {
              scalar: (i) => xAt.loadSplat((i * depth + step) * 4),
              vector: (v) => at.load(step * columns * 4 + v * 16),
            });
          tile.store(height, { to: yAt, pitch: columns, block, columns });
          xAt.advance(height * depth * 4);
          yAt.advance(height * columns * 4);
        });
    });
  const bands = Math.floor(depth / BAND_LINES);
  if (bands > 0) k.forRange(0, bands, (band) => addBand(k.i32(band.mul(BAND_LINES)), BAND_LINES));
  if (depth % BAND_LINES > 0) addBand(k.i32(bands * BAND_LINES), depth % BAND_LINES);
}

/** Rows of x transposed times dy. Items: groups of `tileRows` lines. Args: x, dy [rows,columns], result [depth,columns]. */
export function denseWeightGradient(k: KernelBuilder, { rows, depth, columns, tileRows }: DenseParams): void {
  const [x, dy, result] = k.args(3) as [I32, I32, I32];
  const tile = new RegisterTile(k, tileRows);
  const [xAt, dyAt, to] = [k.i32(), k.i32(), k.i32()];
  const blocks = Math.ceil(columns / DENSE_WIDTH);
  const lines = (group: I32, height: number) =>
    k.forRange(0, blocks, (block) => {
      xAt.set(x.add(group.mul(tileRows * 4)));
      dyAt.set(dy.add(block.mul(DENSE_WIDTH * 4)));
      to.set(
        result.add(
          group
            .mul(tileRows * columns)
            .add(block.mul(DENSE_WIDTH))
            .mul(4),
        ),
      );
      tile.forEach(height, (sum) => sum.set(k.zero));
      k.repeat(rows, () => {
        tile.multiply(height, { scalar: (i) => xAt.loadSplat(i * 4), vector: (v) => dyAt.load(v * 16) });
        xAt.advance(depth * 4);
        dyAt.advance(columns * 4);
      });
      tile.store(height, { to, pitch: columns, block, columns });
    });
  k.forRange(k.from, k.to, (group) => {
    const rest = depth % tileRows;
    if (rest === 0) return lines(group, tileRows);
    k.if(
      group.equals(Math.floor(depth / tileRows)),
      () => lines(group, rest),
      () => lines(group, tileRows),
    );
  });
}

/** Rows of dy times weights transposed. Items: lines of weights. Args: dy [rows,columns], weights, result [rows,depth]. */
export function denseInputGradient(k: KernelBuilder, { rows, depth, columns }: DenseParams): void {
  const [dy, weights, result] = k.args(3) as [I32, I32, I32];
  const sums = k.vectors(INPUT_GRADIENT_ROWS * 2);
  const [vectors, masked] = [k.vectors(2), k.v128()];
  const [at, dyAt, from, to] = [k.i32(), k.i32(), k.i32(), k.i32()];
  const multiply = (height: number, floats: number) => {
    const used = vectors.slice(0, Math.ceil(floats / 4));
    used.forEach((vector, v) => vector.set(firstLanes(at.load(v * 16), floats - v * 4)));
    for (let i = 0; i < height; i++)
      used.forEach((vector, v) => {
        masked.set(firstLanes(from.load(i * columns * 4 + v * 16), floats - v * 4));
        sums[i * 2 + v]!.set(k.multiplyAdd(vector, masked, sums[i * 2 + v]!));
      });
    for (const address of [at, from]) address.advance(floats * 4);
  };
  k.forRange(k.from, k.to, (line) => {
    dyAt.set(dy);
    to.set(result.add(line.mul(4)));
    for (const [height, count] of evenTiles(rows, INPUT_GRADIENT_ROWS))
      k.repeat(count, () => {
        at.set(weights.add(line.mul(columns * 4)));
        from.set(dyAt);
        for (const sum of sums.slice(0, height * 2)) sum.set(k.zero);
        if (columns >= 8) k.repeat(Math.floor(columns / 8), () => multiply(height, 8));
        if (columns % 8 > 0) multiply(height, columns % 8);
        for (let i = 0; i < height; i++) {
          const sum = sums[i * 2]!;
          sum.set(sum.add(sums[i * 2 + 1]!));
          k.storeF32(
            to,
            sum
              .lane(0)
              .add(sum.lane(1))
              .add(sum.lane(2).add(sum.lane(3))),
            i * depth * 4,
          );
        }
        dyAt.advance(height * columns * 4);
        to.advance(height * depth * 4);
      });
  });
}

const INPUT_GRADIENT_ROWS = 6;

/** A vector of which `count` lanes hold numbers, the others zero. */
function firstLanes(vector: V128, count: number): V128 {
  return count >= 4 ? vector : vector.and(V128.bits([0, 1, 2, 3].map((lane) => (lane < count ? -1 : 0))));
}

/** Sums of some rows by four vectors of columns. */
class RegisterTile {
  readonly #k: KernelBuilder;
  readonly #sums: V128Local[];
  readonly #columns: V128Local[];
  readonly #value: V128Local;

  constructor(k: KernelBuilder, rows: number) {
    this.#k = k;
    this.#sums = k.vectors(rows * VECTORS);
    this.#columns = k.vectors(VECTORS);
    this.#value = k.v128();
  }

  /** Calls `visit(sum, row, vector)` for the sums of the first `height` rows. */
  forEach(height: number, visit: (sum: V128Local, i: number, v: number) => void): void {
    this.#sums.slice(0, height * VECTORS).forEach((sum, at) => visit(sum, Math.floor(at / VECTORS), at % VECTORS));
  }

  /** Adds products of a number for each row with four vectors. */
  multiply(height: number, from: { scalar: (i: number) => V128; vector: (v: number) => V128 }): void {
    this.#columns.forEach((column, v) => column.set(from.vector(v)));
    this.forEach(height, (sum, i, v) => {
      if (v === 0) this.#value.set(from.scalar(i));
      sum.set(this.#k.multiplyAdd(this.#value, this.#columns[v]!, sum));
    });
  }

  /** Stores rows `pitch` floats apart; of the last block only the columns that exist. */
  store(height: number, { to, pitch, block, columns }: { to: I32; pitch: number; block: I32; columns: number }): void {
    const store = (floats: number) =>
      this.forEach(height, (sum, i, v) => {
        const lanes = Math.min(4, floats - v * 4);
        if (lanes > 0) this.#k.storeLanes(to, sum, lanes, (i * pitch + v * 4) * 4);
      });
    const rest = columns % DENSE_WIDTH;
    if (rest === 0) return store(DENSE_WIDTH);
    this.#k.if(
      block.equals(Math.floor(columns / DENSE_WIDTH)),
      () => store(rest),
      () => store(DENSE_WIDTH),
    );
  }
}
