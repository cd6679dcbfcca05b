/** The tiles of a Winograd convolution: their sizes, where they lie, and how a block of them lies in scratch memory. */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { I32, type I32Local } from '../assembler/values.ts';
import { map3, product3, type Axes3, type ConvGeometry } from './conv-geometry.ts';
import { tileScratchBytes, type Span } from './tile-transform.ts';
import { frequenciesOf, TILE_OUTPUTS } from './winograd-matrices.ts';

/** Tiles over an output [n,t,h,w], rounded up to whole tiles. */
export type TileGrid = {
  /** Outputs of a tile along t, h, w. */
  tile: readonly number[];
  /** Tiles along t, h, w. */
  tiles: readonly number[];
  /** Output extents. */
  output: readonly number[];
  /** Input extents, and zeros before each axis. */
  input: readonly number[];
  front: readonly number[];
  /** Tiles in all clips. */
  count: number;
  /** Tiles of a block. */
  blockTiles: number;
};

/**
 * Transforming a filter and its gradient costs about as much as the products of this many tiles: small outputs get small
 * tiles, which have fewer frequencies.
 */
const FILTER_COST_TILES = 40;
/** Transformed filters beyond fall out of every cache and fill the memory: only the smallest tiles may make such. */
const LARGEST_FILTER_BYTES = 64 * 1024 * 1024;

const SMALLEST_TILE: Axes3 = [2, 2, 2];
const TILES = TILE_OUTPUTS.flatMap((t) => TILE_OUTPUTS.flatMap((h) => TILE_OUTPUTS.map((w): Axes3 => [t, h, w])));

/** The tile [t,h,w] with the least work. */
export function cheapestTile(g: ConvGeometry): Axes3 {
  const cost = (tile: Axes3) => (g.n * product3(tilesAlong(g, tile)) + FILTER_COST_TILES) * frequencyCount(tile);
  const isSmall = (tile: Axes3) => frequencyCount(tile) * g.c * g.o * 4 <= LARGEST_FILTER_BYTES;
  return TILES.filter(isSmall).reduce((best, tile) => (cost(tile) < cost(best) ? tile : best), SMALLEST_TILE);
}

/** Tiles along t, h, w, the last ones cut by the edge where they do not fit. */
function tilesAlong({ output }: ConvGeometry, tile: Axes3): Axes3 {
  return map3((i) => Math.ceil(output[i] / tile[i]));
}

/** Transforms cost about as much as products do. */
const COST_WITH_TRANSFORMS = 2;

/** Whether a convolution is one of 3x3x3 and stride 1 for which Winograd's products and transforms are less work. */
export function winogradPays(g: ConvGeometry): boolean {
  if (![...g.kernel.map((taps) => taps / 3), ...g.stride].every((ratio) => ratio === 1)) return false;
  const tile = cheapestTile(g);
  const [c, o] = [wholeVectors(g.c), wholeVectors(g.o)];
  const work = COST_WITH_TRANSFORMS * product3(tilesAlong(g, tile)) * frequencyCount(tile) * c * o;
  return work < product3(g.kernel) * product3(g.output) * g.c * g.o;
}

/** Channels rounded up to whole vectors. */
export function wholeVectors(channels: number): number {
  return Math.ceil(channels / 4) * 4;
}

/** Tiles over the output, in blocks of the size that wastes least. */
export function tileGrid(g: ConvGeometry, blockSizes: readonly number[]): TileGrid {
  const tile = cheapestTile(g);
  const tiles = tilesAlong(g, tile);
  const count = g.n * product3(tiles);
  const filled = (size: number) => Math.ceil(count / size) * size;
  const blockTiles = blockSizes.reduce((best, size) => (filled(size) < filled(best) ? size : best));
  return { tile, tiles, output: g.output, input: g.input, front: g.front, count, blockTiles };
}

/** Products of a tile; one small matrix product each. */
export function frequencyCount(tile: readonly number[]): number {
  return tile.reduce((count, outputs) => count * frequenciesOf(outputs), 1);
}

const CACHE_LINE_BYTES = 64;

/**
 * Bytes from one frequency to the next, for `floats` of each: an odd number of cache lines, because a transform writes all
 * frequencies in turn and even distances would crowd them into few sets of the cache.
 */
export function frequencyBytes(floats: number): number {
  return (Math.ceil((floats * 4) / CACHE_LINE_BYTES) | 1) * CACHE_LINE_BYTES;
}

/** Distances between frequencies along t, h, w, for frequencies `bytes` apart. */
export function frequencyStrides(tile: readonly number[], bytes: number): Axes3 {
  const [, h, w] = tile.map(frequenciesOf) as [number, number, number];
  return [h * w * bytes, w * bytes, bytes];
}

/** Distances between places of [t,h,w] of `bytes` each, along t, h, w. */
export function placeStrides([, h, w]: readonly number[], bytes: number): Axes3 {
  return [h! * w! * bytes, w! * bytes, bytes];
}

/** Scratch of the transforms of one thread. */
export function transformScratchBytes(tile: readonly number[]): number {
  return tileScratchBytes(Math.max(...tile) + 2);
}

/** Clip and tile coordinates of tile number `tile`. */
function tilePlace(k: KernelBuilder, tile: I32, [tTiles, hTiles, wTiles]: readonly number[]) {
  const plane = k.i32(tile.div(hTiles! * wTiles!));
  const along = [plane.rem(tTiles!), tile.div(wTiles!).rem(hTiles!), tile.rem(wTiles!)] as const;
  return { clip: plane.div(tTiles!), along };
}

/** Byte offset in the input [n,t,h,w,c] of the first place under a tile, and which places exist. */
export function inputPlaces(k: KernelBuilder, tile: I32, grid: TileGrid & { c: number }) {
  const { clip, along } = tilePlace(k, tile, grid.tiles);
  const first = along.map((at, axis) => k.i32(at.mul(grid.tile[axis]!).sub(grid.front[axis]!)));
  const spans = first.map((place, axis) => {
    const side = grid.tile[axis]! + 2;
    const [extent, front] = [grid.input[axis]!, grid.front[axis]!];
    const last = extent + front - (grid.tiles[axis]! - 1) * grid.tile[axis]!;
    return front === 0 && last >= side
      ? undefined
      : span(k, place, { extent, side, sure: [front, Math.min(side, last)] });
  });
  return { offset: placeIndex(clip, first, grid.input).mul(grid.c * 4), spans };
}

/** Byte offset in [n,t,h,w,o] of the first output of a tile, and which outputs exist. */
export function outputPlaces(k: KernelBuilder, tile: I32, grid: TileGrid & { o: number }) {
  const { clip, along } = tilePlace(k, tile, grid.tiles);
  const first = along.map((at, axis) => k.i32(at.mul(grid.tile[axis]!)));
  const spans = first.map((place, axis) => {
    const [extent, side] = [grid.output[axis]!, grid.tile[axis]!];
    return extent % side === 0 ? undefined : span(k, place, { extent, side, sure: [0, extent % side] });
  });
  return { offset: placeIndex(clip, first, grid.output).mul(grid.o * 4), spans };
}

/** The part of `side` places from `first` on that lies in [0, extent). */
function span(
  k: KernelBuilder,
  first: I32,
  { extent, side, sure }: { extent: number; side: number; sure: readonly [number, number] },
): Span {
  const begin = k.i32(0);
  k.if(first.lessThan(0), () => begin.set(I32.of(0).sub(first)));
  const end = k.i32(I32.of(extent).sub(first));
  k.if(end.atLeast(side), () => end.set(side));
  return { begin, end, sure };
}

function placeIndex(clip: I32, first: readonly I32[], [t, h, w]: readonly number[]): I32 {
  return clip.mul(t!).add(first[0]!).mul(h!).add(first[1]!).mul(w!).add(first[2]!);
}

/** The number of a tile of the last block, which is filled up with repetitions of the last tile. */
export function clampedTile(k: KernelBuilder, tile: I32, count: number): I32Local {
  const clamped = k.i32(tile);
  k.if(clamped.atLeast(count), () => clamped.set(count - 1));
  return clamped;
}
