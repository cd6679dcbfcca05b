import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';

/** Floats of one item of the elementwise kernels: blocks are padded, so the last item may reach past the end. */
export const ELEMENTWISE_FLOATS = 8;

/** Gradient of ReLU from its result. Items: groups of 8 floats. Args: result, its gradient, gradient of the input. */
export function reluGradient(k: KernelBuilder, _: Record<never, never>): void {
  const [y, dy, dx] = k.args(3) as [I32, I32, I32];
  forGroups(k, [y, dy, dx], ([result, gradient, to]) => {
    for (const offset of [0, 16])
      k.store(to!, gradient!.load(offset).and(result!.load(offset).greaterThan(k.zero)), offset);
  });
}

/** Items: groups of 8 floats. Args: input, result. */
export function relu(k: KernelBuilder, _: Record<never, never>): void {
  const [x, y] = k.args(2) as [I32, I32];
  forGroups(k, [x, y], ([from, to]) => {
    for (const offset of [0, 16]) k.store(to!, from!.load(offset).max(k.zero), offset);
  });
}

/** Sets floats to zero. Items: groups of 8 floats. Args: block. */
export function clear(k: KernelBuilder, _: Record<never, never>): void {
  const bytes = ELEMENTWISE_FLOATS * 4;
  k.clear(k.arg(0).add(k.from.mul(bytes)), k.to.sub(k.from).mul(bytes));
}

/** Runs the body for each item with the addresses of its place in each block. */
export function forGroups(k: KernelBuilder, blocks: readonly I32[], body: (places: I32[]) => void): void {
  const bytes = ELEMENTWISE_FLOATS * 4;
  const places = blocks.map((block) => k.i32(block.add(k.from.mul(bytes))));
  k.forRange(k.from, k.to, () => {
    body(places);
    for (const place of places) place.advance(bytes);
  });
}
