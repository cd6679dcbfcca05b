/** Filters of the Winograd convolution: into 64 frequencies and, for the gradient, back by the adjoint. */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type I32, type I32Local } from '../assembler/values.ts';
import { FREQUENCIES } from './winograd-transforms.ts';

export type WinogradFilterParams = { c: number; o: number };

const VECTOR_BYTES = 16;
const HALF = V128.of(0.5);

/** Scratch of one thread: values between the passes over the axes. */
export const FILTER_SCRATCH_BYTES = (36 + 48) * VECTOR_BYTES;

/** A line of values: where it starts and how far apart they are. */
type Line = { at: I32; first: number; step: number };

/**
 * Transforms a filter [27,c,o] into [64][o / width][c][width]. Items: input channels. Args: filter, transformed,
 * scratch of all threads.
 */
export function winogradFilter(k: KernelBuilder, { c, o }: WinogradFilterParams): void {
  const [filter, transformed, allScratch] = k.args(3) as [I32, I32, I32];
  const width = k.target.tileVectors * 4;
  const scratch = k.i32(allScratch.add(k.worker.mul(FILTER_SCRATCH_BYTES)));
  const plane = c * o * 4;
  const axis = filterAxis(k);
  k.forRange(k.from, k.to, (channel) => {
    const from = k.i32(filter.add(channel.mul(o * 4)));
    const to = k.i32(transformed.add(channel.mul(width * 4)));
    k.repeat(o / width, () => {
      k.repeat(width / 4, () => {
        for (let hw = 0; hw < 9; hw++) axis({ at: from, first: hw * plane, step: 9 * plane }, vectors(scratch, hw, 9));
        for (let t = 0; t < 4; t++)
          for (let w = 0; w < 3; w++) axis(vectors(scratch, t * 9 + w, 3), vectors(scratch, 36 + t * 12 + w, 3));
        for (let th = 0; th < 16; th++)
          axis(vectors(scratch, 36 + th * 3, 1), { at: to, first: th * 4 * plane, step: plane });
        from.advance(VECTOR_BYTES);
        to.advance(VECTOR_BYTES);
      });
      to.advance((c - 1) * width * 4);
    });
  });
}

/** (g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2). */
function filterAxis(k: KernelBuilder): (from: Line, to: Line) => void {
  const g = k.vectors(3);
  const outer = k.v128();
  return (from, to) => {
    g.forEach((value, i) => value.set(from.at.load(from.first + i * from.step)));
    const [g0, g1, g2] = g as unknown as [V128, V128, V128];
    outer.set(g0.add(g2));
    const results = [g0, outer.add(g1).mul(HALF), outer.sub(g1).mul(HALF), g2];
    results.forEach((value, i) => k.store(to.at, value, to.first + i * to.step));
  };
}

/** `chunks` partial sums of the gradient, each [64,c,o]. */
export type WinogradFilterGradParams = WinogradFilterParams & { chunks: number };

/** Scratch of one thread of {@link winogradFilterGradient}. */
export const FILTER_GRAD_SCRATCH_BYTES = (FREQUENCIES + 48 + 36) * VECTOR_BYTES;

/**
 * Adds partial gradients in their order and takes them back to [27,c,o]: the adjoint of {@link winogradFilter}. Items:
 * quads of c·o. Args: partial sums, gradient, scratch of all threads.
 */
export function winogradFilterGradient(k: KernelBuilder, { c, o, chunks }: WinogradFilterGradParams): void {
  const [partials, gradient, allScratch] = k.args(3) as [I32, I32, I32];
  const scratch = k.i32(allScratch.add(k.worker.mul(FILTER_GRAD_SCRATCH_BYTES)));
  const plane = c * o * 4;
  const axis = filterAxisAdjoint(k);
  const total = k.v128();
  k.forRange(k.from, k.to, (quad) => {
    const from = k.i32(partials.add(quad.mul(VECTOR_BYTES)));
    const to = k.i32(gradient.add(quad.mul(VECTOR_BYTES)));
    const sum = k.i32(scratch);
    k.repeat(FREQUENCIES, () => {
      total.set(from.load());
      addRemaining(k, from, { chunks, apart: FREQUENCIES * plane }, (value) => total.set(total.add(value)));
      k.store(sum, total);
      from.advance(plane);
      sum.advance(VECTOR_BYTES);
    });
    for (let th = 0; th < 16; th++) axis(vectors(scratch, th * 4, 1), vectors(scratch, FREQUENCIES + th * 3, 1));
    for (let t = 0; t < 4; t++)
      for (let w = 0; w < 3; w++)
        axis(vectors(scratch, FREQUENCIES + t * 12 + w, 3), vectors(scratch, FREQUENCIES + 48 + t * 9 + w, 3));
    for (let hw = 0; hw < 9; hw++)
      axis(vectors(scratch, FREQUENCIES + 48 + hw, 9), { at: to, first: hw * plane, step: 9 * plane });
  });
}

function addRemaining(
  k: KernelBuilder,
  first: I32Local,
  { chunks, apart }: { chunks: number; apart: number },
  add: (value: V128) => void,
): void {
  if (chunks === 1) return;
  const from = k.i32(first.add(apart));
  k.repeat(chunks - 1, () => {
    add(from.load());
    from.advance(apart);
  });
}

/** (u0 + (u1 + u2) / 2, (u1 - u2) / 2, (u1 + u2) / 2 + u3). */
function filterAxisAdjoint(k: KernelBuilder): (from: Line, to: Line) => void {
  const u = k.vectors(4);
  const half = k.v128();
  return (from, to) => {
    u.forEach((value, i) => value.set(from.at.load(from.first + i * from.step)));
    const [u0, u1, u2, u3] = u as unknown as [V128, V128, V128, V128];
    half.set(u1.add(u2).mul(HALF));
    const results = [u0.add(half), u1.sub(u2).mul(HALF), half.add(u3)];
    results.forEach((value, i) => k.store(to.at, value, to.first + i * to.step));
  };
}

function vectors(at: I32, first: number, step: number): Line {
  return { at, first: first * VECTOR_BYTES, step: step * VECTOR_BYTES };
}
