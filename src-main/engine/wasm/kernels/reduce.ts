import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type I32 } from '../assembler/values.ts';

/** Sums of [outer,reduced,inner] over the middle axis, times `factor`. */
export type SumMiddleParams = { reduced: number; inner: number; factor: number };

const GROUP_VECTORS = 4;

/** Items: places of the outer axis. Args: input, result [outer,inner]. */
export function sumMiddle(k: KernelBuilder, { reduced, inner, factor }: SumMiddleParams): void {
  const [x, y] = k.args(2) as [I32, I32];
  const sums = k.vectors(GROUP_VECTORS);
  const group = (from: I32, to: I32, floats: number) => {
    const used = sums.slice(0, Math.ceil(floats / 4));
    const at = k.i32(from);
    used.forEach((sum) => sum.set(k.zero));
    k.repeat(reduced, () => {
      used.forEach((sum, v) => sum.set(sum.add(at.load(v * 16))));
      at.advance(inner * 4);
    });
    used.forEach((sum, v) => {
      sum.set(sum.mul(V128.of(factor)));
      k.storeLanes(to, sum, Math.min(4, floats - v * 4), v * 16);
    });
  };
  const wide = GROUP_VECTORS * 4;
  k.forRange(k.from, k.to, (outer) => {
    const from = k.i32(x.add(outer.mul(reduced * inner * 4)));
    const to = k.i32(y.add(outer.mul(inner * 4)));
    if (inner >= wide)
      k.repeat(Math.floor(inner / wide), () => {
        group(from, to, wide);
        from.advance(wide * 4);
        to.advance(wide * 4);
      });
    if (inner % wide > 0) group(from, to, inner % wide);
  });
}

/** `floats` of a chunk, a multiple of 4: parts of a long sum of squares. */
export type SumOfSquaresParams = { size: number; chunkFloats: number };

/**
 * Sums of squares of stretches of `chunkFloats` numbers, four partial sums each (lanes). Items: stretches. Args: input,
 * partial sums [stretches,4].
 */
export function sumOfSquares(k: KernelBuilder, { size, chunkFloats }: SumOfSquaresParams): void {
  const [x, partials] = k.args(2) as [I32, I32];
  const [value, sum] = [k.v128(), k.v128()];
  const add = (from: I32) => {
    value.set(from.load());
    sum.set(k.multiplyAdd(value, value, sum));
  };
  k.forRange(k.from, k.to, (stretch) => {
    const first = k.i32(stretch.mul(chunkFloats));
    const last = k.i32(first.add(chunkFloats));
    k.if(last.atLeast(size + 1), () => last.set(size));
    const quads = k.i32(last.sub(first).div(4));
    const from = k.i32(x.add(first.mul(4)));
    sum.set(k.zero);
    k.if(quads.atLeast(1), () =>
      k.forRange(0, quads, () => {
        add(from);
        from.advance(16);
      }),
    );
    const to = partials.add(stretch.mul(16));
    k.store(to, sum);
    addRest(k, { from, rest: last.sub(first).rem(4), to });
  });
}

/** Squares of the one to three numbers behind the last quad. */
function addRest(k: KernelBuilder, { from, rest, to }: { from: I32; rest: I32; to: I32 }): void {
  const count = k.i32(rest);
  for (let i = 0; i < 3; i++)
    k.if(count.atLeast(i + 1), () => {
      const value = k.f32(from.loadF32(i * 4));
      k.storeF32(to, to.loadF32(i * 4).add(value.mul(value)), i * 4);
    });
}
