import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type I32, type I32Local } from '../assembler/values.ts';

/** Floats of one item of the elementwise kernels: blocks are padded, so the last item may reach past the end. */
export const ELEMENTWISE_FLOATS = 8;

const GROUP_BYTES = ELEMENTWISE_FLOATS * 4;
const HALVES = [0, 16] as const;

export const BINARY = {
  Add: (_: KernelBuilder, a: V128, b: V128) => a.add(b),
  Sub: (_: KernelBuilder, a: V128, b: V128) => a.sub(b),
  Multiply: (_: KernelBuilder, a: V128, b: V128) => a.mul(b),
  RealDiv: (_: KernelBuilder, a: V128, b: V128) => a.div(b),
  SquaredDifference: (k: KernelBuilder, a: V128, b: V128) => {
    const difference = k.v128(a.sub(b));
    return difference.mul(difference);
  },
} as const;

export const UNARY = {
  Relu: (k: KernelBuilder, x: V128) => x.max(k.zero),
  Neg: (k: KernelBuilder, x: V128) => k.zero.sub(x),
  Square: (_: KernelBuilder, x: V128) => x.mul(x),
  Sqrt: (_: KernelBuilder, x: V128) => x.sqrt(),
  Rsqrt: (_: KernelBuilder, x: V128) => V128.of(1).div(x.sqrt()),
  /** 1 above zero, else 0; NaN stays. */
  Step: (k: KernelBuilder, x: V128) =>
    V128.of(1)
      .and(x.greaterThan(k.zero))
      .or(x.andNot(x.equals(x))),
} as const;

export type BinaryName = keyof typeof BINARY;
export type UnaryName = keyof typeof UNARY;

/** Items: groups of 8 floats. Args: input, result. */
export function unary(k: KernelBuilder, { name }: { name: UnaryName }): void {
  const value = k.v128();
  forGroups(k, k.args(2), ([from, to]) => {
    for (const half of HALVES) {
      value.set(from!.load(half));
      k.store(to!, UNARY[name](k, value), half);
    }
  });
}

/** Operands of equal size, or one of them a single number. Items: groups of 8 floats. Args: a, b, result. */
export function binary(k: KernelBuilder, { name, single }: { name: BinaryName; single: 'a' | 'b' | 'none' }): void {
  const [a, b, result] = k.args(3) as [I32, I32, I32];
  const constant = k.v128();
  if (single !== 'none') constant.set((single === 'a' ? a : b).loadSplat());
  forGroups(k, [a, b, result], ([atA, atB, to]) => {
    for (const half of HALVES) {
      const left = single === 'a' ? constant : atA!.load(half);
      const right = single === 'b' ? constant : atB!.load(half);
      k.store(to!, BINARY[name](k, left, right), half);
    }
  });
}

/** Gradient of ReLU from its result. Items: groups of 8 floats. Args: result, its gradient, gradient of the input. */
export function reluGradient(k: KernelBuilder, _: Record<never, never>): void {
  forGroups(k, k.args(3), ([y, dy, dx]) => {
    for (const half of HALVES) k.store(dx!, dy!.load(half).and(y!.load(half).greaterThan(k.zero)), half);
  });
}

/** Sets floats to zero. Items: groups of 8 floats. Args: block. */
export function clear(k: KernelBuilder, _: Record<never, never>): void {
  k.clear(k.arg(0).add(k.from.mul(GROUP_BYTES)), k.to.sub(k.from).mul(GROUP_BYTES));
}

/** Runs the body for each item with the addresses of its place in each block. */
export function forGroups(k: KernelBuilder, blocks: readonly I32[], body: (places: I32Local[]) => void): void {
  const places = blocks.map((block) => k.i32(block.add(k.from.mul(GROUP_BYTES))));
  k.forRange(k.from, k.to, () => {
    body(places);
    for (const place of places) place.advance(GROUP_BYTES);
  });
}
