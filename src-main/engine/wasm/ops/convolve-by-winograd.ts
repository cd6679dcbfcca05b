/** Winograd convolution: buffers between its kernels, and how work and sums are cut. */
import { tileFor } from '../kernels/conv-direct.ts';
import type { ConvGeometry } from '../kernels/conv-geometry.ts';
import { transformVectors } from '../kernels/tile-transform.ts';
import { transformedFilterBytes, winogradFilter, winogradFilterGradient } from '../kernels/winograd-filter.ts';
import { gradientTileFor, winogradFilterGradSums } from '../kernels/winograd-filter-grad.ts';
import { tileGrid, wholeVectors } from '../kernels/winograd-tiles.ts';
import { wholeTiles, winograd, winogradScratchBytes } from '../kernels/winograd.ts';
import type { Runtime } from '../runtime.ts';
import type { Convolution, FilterGradient } from './conv-addresses.ts';
import { resizeFilter, withChannels, type FilterChannels } from './padded-clips.ts';

const BLOCK_TILES = [12, 14, 18, 10, 16];
/** Partial sums of a filter gradient: many enough for many cores, few enough to add up; the same for any of threads. */
const MOST_PARTIALS = 8;
/** A partial sum costs about as much as the products of 8 tiles. */
const TILES_PER_PARTIAL = 64;
const PARTIAL_BYTES = 8 * 1024 * 1024;

export function convolveByWinograd(runtime: Runtime, g: ConvGeometry, call: Convolution): void {
  const grid = tileGrid(g, BLOCK_TILES);
  const registers = tileFor(g.o, runtime.target.tileVectors);
  const whole = { c: wholeVectors(g.c), o: wholeTiles(g.o, registers) };
  const blocks = Math.ceil(grid.count / grid.blockTiles);
  const params = { ...grid, c: whole.c, o: g.o, bias: call.bias !== 0, relu: call.relu, registers };
  const filterParams = { ...whole, tile: grid.tile, width: registers.vectors * 4 };
  runtime.withScratch(runtime.threads * winogradScratchBytes(grid, whole), (scratch) =>
    runtime.withScratch(transformedFilterBytes(filterParams), (transformed) => {
      withWholeFilter(runtime, { from: g, to: whole }, call.filter, (filter) => {
        const args = [filter, transformed, scratch];
        runtime.run(winogradFilter, filterParams, { rows: whole.c, chunkRows: runtime.evenChunks(whole.c, 2), args });
      });
      withChannels(runtime, g, { x: call.x, channels: whole.c }, (x) => {
        const args = [x, transformed, call.y, scratch, call.bias];
        runtime.run(winograd, params, { rows: blocks, chunkRows: runtime.evenChunks(blocks, 8), args });
      });
    }),
  );
}

/** dfilter of a convolution whose `o` is whole vectors. */
export function filterGradientByWinograd(runtime: Runtime, g: ConvGeometry, call: FilterGradient): void {
  const grid = tileGrid(g, BLOCK_TILES);
  const registers = gradientTileFor(g.o, runtime.target.tileVectors);
  const whole = { c: wholeVectors(g.c), o: g.o };
  const filterParams = { ...whole, tile: grid.tile };
  const partialBytes = transformedFilterBytes(filterParams);
  const blocks = Math.ceil(grid.count / grid.blockTiles);
  const wanted = Math.floor(grid.count / TILES_PER_PARTIAL);
  const most = Math.min(MOST_PARTIALS, blocks, Math.max(2, Math.floor(PARTIAL_BYTES / partialBytes)));
  const chunkBlocks = Math.ceil(blocks / Math.max(1, Math.min(wanted, most)));
  const chunks = Math.ceil(blocks / chunkBlocks);
  const params = { ...grid, ...whole, chunkBlocks, registers };
  runtime.withScratch(runtime.threads * winogradScratchBytes(grid, whole), (scratch) =>
    runtime.withScratch(chunks * partialBytes, (partials) => {
      withChannels(runtime, g, { x: call.x, channels: whole.c }, (x) => {
        const args = [x, call.dy, partials, scratch];
        runtime.run(winogradFilterGradSums, params, { rows: blocks, chunkRows: chunkBlocks, args });
      });
      intoFilter(runtime, { from: whole, to: g }, call.filter, (filter) => {
        const rows = (whole.c * whole.o) / (4 * transformVectors(runtime.target, whole.c * whole.o));
        const work = { rows, chunkRows: runtime.evenChunks(rows, 2), args: [partials, filter, scratch] };
        runtime.run(winogradFilterGradient, { ...filterParams, chunks }, work);
      });
    }),
  );
}

type Resize = { from: FilterChannels; to: FilterChannels };

const filterBytes = ({ c, o }: FilterChannels) => 27 * c * o * 4;
const isSameSize = ({ from, to }: Resize) => from.c === to.c && from.o === to.o;

/** Runs `use` with the filter filled up with zeros to the channels wanted. */
function withWholeFilter(runtime: Runtime, resize: Resize, filter: number, use: (filter: number) => void): void {
  if (isSameSize(resize)) return use(filter);
  runtime.withScratch(filterBytes(resize.to), (whole) => {
    resizeFilter(runtime, resize, { from: filter, to: whole });
    use(whole);
  });
}

/** Runs `compute` with a place for a filter of more channels, then takes over those that exist. */
function intoFilter(runtime: Runtime, resize: Resize, filter: number, compute: (filter: number) => void): void {
  if (isSameSize(resize)) return compute(filter);
  runtime.withScratch(filterBytes(resize.from), (whole) => {
    compute(whole);
    resizeFilter(runtime, resize, { from: whole, to: filter });
  });
}
