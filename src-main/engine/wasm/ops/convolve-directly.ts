/** Direct convolution: buffers between its kernels, and how work and sums are cut. */
import { convDirect, tileFor } from '../kernels/conv-direct.ts';
import { convDirectFilterGrad, partialFilterFloats, sumPartials } from '../kernels/conv-direct-filter-grad.ts';
import { largestDivisor, paddedExtents, product3, type ConvGeometry } from '../kernels/conv-geometry.ts';
import { packFilter } from '../kernels/pack-filter.ts';
import type { Runtime } from '../runtime.ts';
import type { Convolution, FilterGradient } from './conv-addresses.ts';
import { withPadded } from './padded-clips.ts';

/** Rows of a direct convolution share the filter; more input than this falls out of the cache before they do. */
const CACHED_INPUT_BYTES = 512 * 1024;
const CACHED_BAND_BYTES = 40_000;
/** Partial sums of a filter gradient: many enough for many cores, few enough to add up; the same for any of threads. */
const MOST_PARTIALS = 16;
const PARTIAL_BYTES = 8 * 1024 * 1024;

export function convolveDirectly(runtime: Runtime, g: ConvGeometry, call: Convolution): void {
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

export function filterGradientDirectly(runtime: Runtime, g: ConvGeometry, call: FilterGradient): void {
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
