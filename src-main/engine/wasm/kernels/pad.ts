import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type I32, type I32Local } from '../assembler/values.ts';

/**
 * `input` [t,h,w] of `c` channels is copied into `padded` [t',h',w'] of `channels` channels, from place `front` on; what
 * falls outside is cropped, the rest is zero. `spread` puts that many places between neighbours (1: none), for gradients
 * of strided convolutions.
 */
export type PadParams = {
  c: number;
  channels: number;
  input: readonly number[];
  padded: readonly number[];
  front: readonly number[];
  spread: readonly number[];
};

/** Pads clips. Items: rows n·t'·h' of the result. Args: from [n,t,h,w,c], to [n,t',h',w',channels]. */
export function pad(k: KernelBuilder, params: PadParams): void {
  const [x, y] = k.args(2) as [I32, I32];
  const { c, channels, input, padded, front, spread } = params;
  const [t, h, w] = input as [number, number, number];
  const [tPadded, hPadded, wPadded] = padded as [number, number, number];
  const lineBytes = wPadded * channels * 4;
  k.forRange(k.from, k.to, (row) => {
    const plane = k.i32(row.div(hPadded));
    const hOut = k.i32(row.rem(hPadded).sub(front[1]!));
    const tOut = k.i32(plane.rem(tPadded).sub(front[0]!));
    const to = k.i32(y.add(row.mul(lineBytes)));
    const onGrid = (place: I32, size: number, step: number) =>
      step === 1 ? place.below(size) : place.below((size - 1) * step + 1).and(place.rem(step).isZero());
    const inside = onGrid(tOut, t, spread[0]!).and(onGrid(hOut, h, spread[1]!));
    k.if(
      inside,
      () => {
        const line = plane.div(tPadded).mul(t).add(tOut.div(spread[0]!)).mul(h).add(hOut.div(spread[1]!));
        padLine(k, k.i32(x.add(line.mul(w * c * 4))), to, params);
      },
      () => k.clear(to, lineBytes),
    );
  });
}

/** Pads along w. */
function padLine(k: KernelBuilder, from: I32, to: I32, { c, channels, input, padded, front, spread }: PadParams): void {
  const [w, wPadded, start, step] = [input[2]!, padded[2]!, front[2]!, spread[2]!];
  const first = Math.max(0, Math.ceil(-start / step));
  const last = Math.min(w - 1, Math.floor((wPadded - 1 - start) / step));
  const count = last - first + 1;
  const before = first * step + start;
  const behind = wPadded - before - count;
  if (count <= 0 || step > 1) k.clear(to, wPadded * channels * 4);
  if (count <= 0) return;
  if (step === 1 && before > 0) k.clear(to, before * channels * 4);
  if (step === 1 && behind > 0) k.clear(to.add((before + count) * channels * 4), behind * channels * 4);
  const [source, target] = [k.i32(from.add(first * c * 4)), k.i32(to.add(before * channels * 4))];
  if (step === 1 && c === channels) k.copy(target, source, count * c * 4);
  else copyPixels(k, { source, target, count, step }, { c, channels });
}

type Pixels = { source: I32Local; target: I32Local; count: number; step: number };

/** Copies pixels of `c` channels to places `step` pixels of `channels` channels apart; channels beyond `c` are zero. */
function copyPixels(
  k: KernelBuilder,
  { source, target, count, step }: Pixels,
  { c, channels }: { c: number; channels: number },
): void {
  const inside = k.v128(V128.bits([0, 1, 2, 3].map((lane) => (lane < c % 4 ? -1 : 0))));
  const value = k.v128();
  k.repeat(count, () => {
    for (let first = 0; first < channels; first += 4) {
      value.set(first < c ? source.load(first * 4) : k.zero);
      if (first < c && first + 4 > c) value.set(value.and(inside));
      k.storeLanes(target, value, channels - first, first * 4);
    }
    source.advance(c * 4);
    target.advance(step * channels * 4);
  });
}
