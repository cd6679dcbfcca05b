/** Which kernels compute a convolution and its gradients, and the buffers between them. Addresses in, addresses out. */
import { convDirect, tileFor } from '../kernels/conv-direct.ts';
import { convDirectFilterGrad, partialFilterFloats, sumPartials } from '../kernels/conv-direct-filter-grad.ts';
import {
  inputGradientGeometry,
  largestDivisor,
  map3,
  paddedExtents,
  product3,
  type Axes3,
  type ConvGeometry,
} from '../kernels/conv-geometry.ts';
import { packFilter, turnFilter } from '../kernels/pack-filter.ts';
import { pad } from '../kernels/pad.ts';
import { transformedFilterBytes, winogradFilter, winogradFilterGradient } from '../kernels/winograd-filter.ts';
import { winogradFilterGradSums } from '../kernels/winograd-filter-grad.ts';
import { cheapestTile, type TileGrid } from '../kernels/winograd-tiles.ts';
import { winograd, winogradScratchBytes } from '../kernels/winograd.ts';
import type { Runtime } from '../runtime.ts';

/** `bias` is an address or 0 for none. */
export type Convolution = { x: number; filter: number; y: number; bias: number; relu: boolean };

/** Rows of a direct convolution share the filter; more input than this falls out of the cache before they do. */
const CACHED_INPUT_BYTES = 512 * 1024;
const CACHED_BAND_BYTES = 40_000;
const BLOCK_TILES = [12, 14, 18, 10, 16];
/** Partial sums of a filter gradient: many enough for many cores, few enough to add up; the same for any of threads. */
const MOST_PARTIALS = 16;
const TILES_PER_PARTIAL = 128;
const PARTIAL_BYTES = 8 * 1024 * 1024;

/** y = conv(x, filter) (+ bias) (then ReLU). */
export function convolve(runtime: Runtime, g: ConvGeometry, call: Convolution): void {
  if (usesWinograd(runtime, g)) convolveByWinograd(runtime, g, call);
  else convolveDirectly(runtime, g, call);
}

/** dx from dy. */
export function inputGradient(
  runtime: Runtime,
  g: ConvGeometry,
  call: { dy: number; filter: number; dx: number },
): void {
  const taps = product3(g.kernel);
  const turned = inputGradientGeometry(g);
  runtime.withScratch(taps * g.c * g.o * 4, (filter) => {
    const work = { rows: taps, chunkRows: runtime.evenChunks(taps, 1), args: [call.filter, filter] };
    runtime.run(turnFilter, { taps, c: g.c, o: g.o }, work);
    const convolution = { x: call.dy, filter, y: call.dx, bias: 0, relu: false };
    if (usesWinograd(runtime, turned)) convolveByWinograd(runtime, turned, convolution);
    else convolveDirectly(runtime, turned, convolution);
  });
}

/** dfilter from x and dy. */
export function filterGradient(
  runtime: Runtime,
  g: ConvGeometry,
  call: { x: number; dy: number; filter: number },
): void {
  if (usesWinograd(runtime, g)) filterGradientByWinograd(runtime, g, call);
  else filterGradientDirectly(runtime, g, call);
}

type Spread = { spread?: Axes3 };

function usesWinograd(runtime: Runtime, g: ConvGeometry & Spread): boolean {
  const isPlain = [...g.stride, ...(g.spread ?? [])].every((step) => step === 1);
  return isPlain && g.kernel.every((taps) => taps === 3) && g.c % 8 === 0 && g.o % runtime.tileWidth === 0;
}

/** Runs `use` with x padded to `padded`, or with x itself where nothing is missing. */
function withPadded(
  runtime: Runtime,
  g: ConvGeometry & Spread,
  { x, padded }: { x: number; padded: Axes3 },
  use: (x: number) => void,
): void {
  const spread = g.spread ?? [1, 1, 1];
  const fits = [0, 1, 2].every((i) => g.front[i] === 0 && padded[i] === g.input[i] && spread[i] === 1);
  if (fits) return use(x);
  runtime.withScratch(g.n * product3(padded) * g.c * 4, (y) => {
    const rows = g.n * padded[0] * padded[1];
    const params = { c: g.c, input: g.input, padded, front: g.front, spread };
    runtime.run(pad, params, { rows, chunkRows: runtime.evenChunks(rows), args: [x, y] });
    use(y);
  });
}

function convolveDirectly(runtime: Runtime, g: ConvGeometry & Spread, call: Convolution): void {
  const { n, c, o, kernel, stride, output } = g;
  const tile = tileFor(o, runtime.target.tileVectors);
  const width = tile.vectors * 4;
  const blocks = Math.ceil(o / width);
  const taps = product3(kernel);
  const padded = paddedExtents(g, output);
  const rows = n * output[0] * output[1];
  const rowBytes = padded[2] * c * 4 * stride[1];
  const chunkRows = Math.min(runtime.evenChunks(rows), Math.max(1, Math.floor(CACHED_INPUT_BYTES / rowBytes)));
  const params = { c, o, padded, output, kernel, stride, bias: call.bias !== 0, relu: call.relu, tile };
  runtime.withScratch((taps * c + 1) * blocks * width * 4, (packed) => {
    const packParams = { taps, rows: c, columns: o, width };
    runtime.run(packFilter, packParams, { rows: blocks, chunkRows: 1, args: [call.filter, packed] });
    withPadded(runtime, g, { x: call.x, padded }, (x) =>
      runtime.run(convDirect, params, { rows, chunkRows, args: [x, packed, call.y, call.bias] }),
    );
  });
}

function filterGradientDirectly(
  runtime: Runtime,
  g: ConvGeometry,
  call: { x: number; dy: number; filter: number },
): void {
  const { n, c, o, kernel, stride, output } = g;
  const width = runtime.tileWidth;
  const padded = paddedExtents(g, output);
  const divisors = [8, 7, 6, 5, 4, 3, 2].filter(
    (rows) => (rows * output[2] * o + (rows * stride[1] + 2) * padded[2] * c) * 4 <= CACHED_BAND_BYTES,
  );
  const bandRows = largestDivisor(output[1], divisors);
  const bands = (n * output[0] * output[1]) / bandRows;
  const floats = partialFilterFloats(g, width);
  const chunks = Math.max(1, Math.min(MOST_PARTIALS, bands, Math.floor(PARTIAL_BYTES / (floats * 4))));
  const chunkBands = Math.ceil(bands / chunks);
  const count = Math.ceil(bands / chunkBands);
  const params = { c, o, padded, output, kernel, stride, bandRows, chunkBands };
  const lines = product3(kernel) * c;
  const sumParams = { rows: lines, columns: o, pitch: Math.ceil(o / width) * width, count };
  runtime.withScratch(count * floats * 4, (partials) => {
    withPadded(runtime, g, { x: call.x, padded }, (x) =>
      runtime.run(convDirectFilterGrad, params, { rows: bands, chunkRows: chunkBands, args: [x, call.dy, partials] }),
    );
    const chunkRows = runtime.evenChunks(lines, 1);
    runtime.run(sumPartials, sumParams, { rows: lines, chunkRows, args: [partials, call.filter] });
  });
}

/** Tiles over the output, in blocks of the size that wastes least. */
function tileGrid(g: ConvGeometry): TileGrid {
  const tile = cheapestTile(g);
  const tiles = map3((i) => Math.ceil(g.output[i] / tile[i]));
  const count = g.n * product3(tiles);
  const filled = (size: number) => Math.ceil(count / size) * size;
  const blockTiles = BLOCK_TILES.reduce((best, size) => (filled(size) < filled(best) ? size : best));
  return { tile, tiles, output: g.output, padded: map3((i) => tile[i] * tiles[i] + 2), count, blockTiles };
}

function convolveByWinograd(runtime: Runtime, g: ConvGeometry, call: Convolution): void {
  const { c, o } = g;
  const grid = tileGrid(g);
  const blocks = Math.ceil(grid.count / grid.blockTiles);
  const params = { ...grid, c, o, bias: call.bias !== 0, relu: call.relu };
  const filterParams = { c, o, tile: grid.tile };
  const scratchBytes = runtime.threads * winogradScratchBytes(params, runtime.target.tileVectors);
  runtime.withScratch(scratchBytes, (scratch) =>
    runtime.withScratch(transformedFilterBytes(filterParams), (filter) => {
      const filterWork = { rows: c, chunkRows: runtime.evenChunks(c, 2), args: [call.filter, filter, scratch] };
      runtime.run(winogradFilter, filterParams, filterWork);
      withPadded(runtime, g, { x: call.x, padded: grid.padded as Axes3 }, (x) => {
        const args = [x, filter, call.y, scratch, call.bias];
        runtime.run(winograd, params, { rows: blocks, chunkRows: runtime.evenChunks(blocks, 8), args });
      });
    }),
  );
}

function filterGradientByWinograd(
  runtime: Runtime,
  g: ConvGeometry,
  call: { x: number; dy: number; filter: number },
): void {
  const { c, o } = g;
  const grid = tileGrid(g);
  const filterParams = { c, o, tile: grid.tile };
  const partialBytes = transformedFilterBytes(filterParams);
  const blocks = Math.ceil(grid.count / grid.blockTiles);
  const wanted = Math.floor(grid.count / TILES_PER_PARTIAL);
  const most = Math.min(MOST_PARTIALS, blocks, Math.max(2, Math.floor(PARTIAL_BYTES / partialBytes)));
  const chunkBlocks = Math.ceil(blocks / Math.max(1, Math.min(wanted, most)));
  const chunks = Math.ceil(blocks / chunkBlocks);
  const params = { ...grid, c, o, chunkBlocks };
  const scratchBytes = runtime.threads * winogradScratchBytes(params, runtime.target.tileVectors);
  runtime.withScratch(scratchBytes, (scratch) =>
    runtime.withScratch(chunks * partialBytes, (partials) => {
      withPadded(runtime, g, { x: call.x, padded: grid.padded as Axes3 }, (x) => {
        const args = [x, call.dy, partials, scratch];
        runtime.run(winogradFilterGradSums, params, { rows: blocks, chunkRows: chunkBlocks, args });
      });
      const groups = (c * o) / (runtime.tileWidth / 2);
      const work = { rows: groups, chunkRows: runtime.evenChunks(groups, 2), args: [partials, call.filter, scratch] };
      runtime.run(winogradFilterGradient, { ...filterParams, chunks }, work);
    }),
  );
}
