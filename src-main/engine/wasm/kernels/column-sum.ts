import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';

/** Sums over rows of [rows,c]; `chunkRows` rows share a partial sum of c floats rounded up to 16. */
export type ColumnSumParams = { c: number; chunkRows: number };

const GROUP = 16;

/** Floats from one partial sum to the next. */
export function columnSumPitch(c: number): number {
  return Math.ceil(c / GROUP) * GROUP;
}

/** Items: rows. Args: input, partial sums. */
export function columnSum(k: KernelBuilder, { c, chunkRows }: ColumnSumParams): void {
  const [x, partials] = k.args(2) as [I32, I32];
  const pitch = columnSumPitch(c);
  const partial = k.i32(partials.add(k.from.div(chunkRows).mul(pitch * 4)));
  const sums = k.vectors(GROUP / 4);
  const from = k.i32();
  k.forRange(
    0,
    pitch,
    (column) => {
      sums.forEach((sum) => sum.set(k.zero));
      from.set(x.add(k.from.mul(c).add(column).mul(4)));
      k.forRange(k.from, k.to, () => {
        sums.forEach((sum, v) => sum.set(sum.add(from.load(v * 16))));
        from.advance(c * 4);
      });
      const to = partial.add(column.mul(4));
      sums.forEach((sum, v) => k.store(to, sum, v * 16));
    },
    GROUP,
  );
}
