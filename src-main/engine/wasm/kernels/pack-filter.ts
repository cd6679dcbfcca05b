import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { F32, type I32 } from '../assembler/values.ts';

/** `taps` places of the filter, `rows` channels in, `columns` channels out, `width` of the register tile. */
export type PackFilterParams = { taps: number; rows: number; columns: number; width: number };

/**
 * Packs a filter [taps,rows,columns] as [blocks][taps·rows][width], zeros behind the last column. Items: blocks.
 * Args: filter, packed.
 */
export function packFilter(k: KernelBuilder, { taps, rows, columns, width }: PackFilterParams): void {
  const [filter, packed] = k.args(2) as [I32, I32];
  const lines = taps * rows;
  const to = k.i32(packed.add(k.from.mul(lines * width * 4)));
  const rest = columns % width;
  k.forRange(k.from, k.to, (block) => {
    const from = k.i32(filter.add(block.mul(width * 4)));
    const copyLines = (used: number) =>
      k.repeat(lines, () => {
        for (let lane = 0; lane < width; lane++) {
          if (lane < used) k.storeF32(to, from.loadF32(lane * 4), lane * 4);
          else k.storeF32(to, F32.of(0), lane * 4);
        }
        from.advance(columns * 4);
        to.advance(width * 4);
      });
    if (rest === 0) copyLines(width);
    else
      k.if(
        block.equals(Math.floor(columns / width)),
        () => copyLines(rest),
        () => copyLines(width),
      );
  });
}

/** The taps `last`, `last` - `step`, … of a filter of `kernel` taps, `taps` of them on each axis. */
export type TurnFilterParams = {
  kernel: readonly number[];
  taps: readonly number[];
  last: readonly number[];
  step: readonly number[];
  c: number;
  o: number;
};

/** Takes taps of a filter [kernel,c,o], the last first, as [taps,o,c] for the input gradient. Items: taps. Args: filter, turned. */
export function turnFilter(k: KernelBuilder, { kernel, taps, last, step, c, o }: TurnFilterParams): void {
  const [filter, turned] = k.args(2) as [I32, I32];
  const [, h, w] = taps as [number, number, number];
  const sourceOf = (place: I32, axis: number) => place.mul(-step[axis]!).add(last[axis]!);
  k.forRange(k.from, k.to, (tap) => {
    const plane = sourceOf(tap.div(h * w), 0)
      .mul(kernel[1]!)
      .add(sourceOf(tap.div(w).rem(h), 1));
    const source = plane.mul(kernel[2]!).add(sourceOf(tap.rem(w), 2));
    const from = k.i32(filter.add(source.mul(c * o * 4)));
    const to = k.i32(turned.add(tap.mul(c * o * 4)));
    k.repeat(c, () => {
      k.repeat(o, () => {
        k.storeF32(to, from.loadF32());
        from.advance(4);
        to.advance(c * 4);
      });
      to.advance(4 - c * o * 4);
    });
  });
}
