/** Filters of the Winograd convolution: into frequencies and, for the gradient, back by the adjoint. */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';
import type { Lanes } from './linear-map.ts';
import { transformInward, transformOutward, transformVectors } from './tile-transform.ts';
import { transpose } from './winograd-matrices.ts';
import {
  frequencyBytes,
  frequencyCount,
  frequencyStrides,
  placeStrides,
  transformScratchBytes,
} from './winograd-tiles.ts';
import { tileMatrices } from './winograd.ts';

/** `tile`: outputs of a tile along t, h, w. `c` and `o` are whole vectors and register tiles. */
export type WinogradFilterParams = { c: number; o: number; tile: readonly number[] };

const TAPS = [3, 3, 3];

/** Bytes of a transformed filter. */
export function transformedFilterBytes({ c, o, tile }: WinogradFilterParams): number {
  return frequencyCount(tile) * frequencyBytes(c * o);
}

/** `width`: channels out of a register tile. */
export type WinogradFilterForwardParams = WinogradFilterParams & { width: number };

/**
 * Transforms a filter [27,c,o] into [frequencies][o / width][c][width]. Items: input channels. Args: filter,
 * transformed, scratch of all threads.
 */
export function winogradFilter(k: KernelBuilder, { c, o, tile, width }: WinogradFilterForwardParams): void {
  const [filter, transformed, allScratch] = k.args(3) as [I32, I32, I32];
  const vectors = transformVectors(k.target, width);
  const scratch = k.i32(allScratch.add(k.worker.mul(transformScratchBytes(tile))));
  k.forRange(k.from, k.to, (channel) => {
    const from = k.i32(filter.add(channel.mul(o * 4)));
    const to = k.i32(transformed.add(channel.mul(width * 4)));
    k.repeat(o / width, () => {
      k.repeat(width / (vectors * 4), () => {
        transformInward(k, {
          matrices: tileMatrices(tile, (scheme) => scheme.filter),
          ...{ vectors, scratch },
          from: { at: from, strides: placeStrides(TAPS, c * o * 4) },
          to: { at: to, strides: frequencyStrides(tile, frequencyBytes(c * o)) },
        });
        from.advance(vectors * 16);
        to.advance(vectors * 16);
      });
      to.advance((c - 1) * width * 4);
    });
  });
}

/** `chunks` partial sums of the gradient, each [frequencies,c,o]. */
export type WinogradFilterGradParams = WinogradFilterParams & { chunks: number };

/**
 * Adds partial gradients in their order and takes them back to [27,c,o]: the adjoint of {@link winogradFilter}. Items:
 * groups of lanes of c·o. Args: partial sums, gradient, scratch of all threads.
 */
export function winogradFilterGradient(k: KernelBuilder, params: WinogradFilterGradParams): void {
  const [partials, gradient, allScratch] = k.args(3) as [I32, I32, I32];
  const { c, o, tile, chunks } = params;
  const vectors = transformVectors(k.target, c * o);
  const scratch = k.i32(allScratch.add(k.worker.mul(transformScratchBytes(tile))));
  const sum = k.vectors(vectors);
  const part = k.i32();
  const read = (at: I32, offset: number): Lanes => {
    sum.forEach((total, v) => total.set(at.load(offset + v * 16)));
    if (chunks > 1) {
      part.set(at);
      k.repeat(chunks - 1, () => {
        part.advance(transformedFilterBytes(params));
        sum.forEach((total, v) => total.set(total.add(part.load(offset + v * 16))));
      });
    }
    return sum.map((total) => k.v128(total));
  };
  k.forRange(k.from, k.to, (group) => {
    transformOutward(k, {
      matrices: tileMatrices(tile, (scheme) => transpose(scheme.filter)),
      ...{ vectors, scratch },
      from: {
        at: partials.add(group.mul(vectors * 16)),
        strides: frequencyStrides(tile, frequencyBytes(c * o)),
        read,
      },
      to: { at: gradient.add(group.mul(vectors * 16)), strides: placeStrides(TAPS, c * o * 4) },
    });
  });
}
