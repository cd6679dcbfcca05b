import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';

/**
 * `input` [t,h,w] is copied into `padded` [t',h',w'] from place `front` on; what falls outside is cropped, the rest is
 * zero. `spread` puts that many places between neighbours (1: none), for gradients of strided convolutions.
 */
export type PadParams = {
  c: number;
  input: readonly number[];
  padded: readonly number[];
  front: readonly number[];
  spread: readonly number[];
};

/** Pads clips. Items: rows n·t'·h' of the result. Args: from [n,t,h,w,c], to [n,t',h',w',c]. */
export function pad(k: KernelBuilder, { c, input, padded, front, spread }: PadParams): void {
  const [x, y] = k.args(2) as [I32, I32];
  const [t, h, w] = input as [number, number, number];
  const [tPadded, hPadded, wPadded] = padded as [number, number, number];
  k.forRange(k.from, k.to, (row) => {
    const plane = k.i32(row.div(hPadded));
    const hOut = k.i32(row.rem(hPadded).sub(front[1]!));
    const tOut = k.i32(plane.rem(tPadded).sub(front[0]!));
    const to = k.i32(y.add(row.mul(wPadded * c * 4)));
    const onGrid = (place: I32, size: number, step: number) =>
      step === 1 ? place.below(size) : place.below((size - 1) * step + 1).and(place.rem(step).isZero());
    const inside = onGrid(tOut, t, spread[0]!).and(onGrid(hOut, h, spread[1]!));
    k.if(
      inside,
      () => {
        const line = plane.div(tPadded).mul(t).add(tOut.div(spread[0]!)).mul(h).add(hOut.div(spread[1]!));
        const from = k.i32(x.add(line.mul(w * c * 4)));
        if (spread[2] === 1) copyLine(k, from, to, { c, w, wPadded, front: front[2]! });
        else spreadLine(k, from, to, { c, w, wPadded, front: front[2]!, spread: spread[2]! });
      },
      () => k.clear(to, wPadded * c * 4),
    );
  });
}

type Line = { c: number; w: number; wPadded: number; front: number };

function copyLine(k: KernelBuilder, from: I32, to: I32, { c, w, wPadded, front }: Line): void {
  const skipped = Math.max(0, -front);
  const start = Math.max(0, front);
  const copied = Math.min(w - skipped, wPadded - start);
  const behind = wPadded - start - copied;
  if (start > 0) k.clear(to, start * c * 4);
  k.copy(to.add(start * c * 4), from.add(skipped * c * 4), copied * c * 4);
  if (behind > 0) k.clear(to.add((start + copied) * c * 4), behind * c * 4);
}

function spreadLine(k: KernelBuilder, from: I32, to: I32, line: Line & { spread: number }): void {
  const { c, w, wPadded, front, spread } = line;
  k.clear(to, wPadded * c * 4);
  const first = Math.max(0, Math.ceil(-front / spread));
  const last = Math.min(w - 1, Math.floor((wPadded - 1 - front) / spread));
  if (last < first) return;
  k.forRange(first, last + 1, (i) => {
    k.copy(
      to.add(
        i
          .mul(spread)
          .add(front)
          .mul(c * 4),
      ),
      from.add(i.mul(c * 4)),
      c * 4,
    );
  });
}
