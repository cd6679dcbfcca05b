import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type I32, type I32Local } from '../assembler/values.ts';

/**
 * `input` [t,h,w] of `c` channels is copied into `padded` [t',h',w'] of `channels` channels, from place `front` on; what
 * falls outside is cropped, the rest is zero.
 */
export type PadParams = {
  c: number;
  channels: number;
  input: readonly number[];
  padded: readonly number[];
  front: readonly number[];
};

/** Pads clips. Items: rows n·t'·h' of the result. Args: from [n,t,h,w,c], to [n,t',h',w',channels]. */
export function pad(k: KernelBuilder, params: PadParams): void {
  const [x, y] = k.args(2) as [I32, I32];
  const { c, channels, input, padded, front } = params;
  const [t, h, w] = input as [number, number, number];
  const [tPadded, hPadded, wPadded] = padded as [number, number, number];
  const lineBytes = wPadded * channels * 4;
  k.forRange(k.from, k.to, (row) => {
    const plane = k.i32(row.div(hPadded));
    const hOut = k.i32(row.rem(hPadded).sub(front[1]!));
    const tOut = k.i32(plane.rem(tPadded).sub(front[0]!));
    const to = k.i32(y.add(row.mul(lineBytes)));
    k.if(
      tOut.below(t).and(hOut.below(h)),
      () => {
        const line = plane.div(tPadded).mul(t).add(tOut).mul(h).add(hOut);
        padLine(k, k.i32(x.add(line.mul(w * c * 4))), to, params);
      },
      () => k.clear(to, lineBytes),
    );
  });
}

/** Pads along w. */
function padLine(k: KernelBuilder, from: I32, to: I32, { c, channels, input, padded, front }: PadParams): void {
  const [w, wPadded, start] = [input[2]!, padded[2]!, front[2]!];
  const first = Math.max(0, -start);
  const count = Math.min(w, wPadded - start) - first;
  const before = first + start;
  const behind = wPadded - before - count;
  if (count <= 0) return k.clear(to, wPadded * channels * 4);
  if (before > 0) k.clear(to, before * channels * 4);
  if (behind > 0) k.clear(to.add((before + count) * channels * 4), behind * channels * 4);
  const [source, target] = [k.i32(from.add(first * c * 4)), k.i32(to.add(before * channels * 4))];
  if (c === channels) k.copy(target, source, count * c * 4);
  else copyPixels(k, { source, target, count }, { c, channels });
}

type Pixels = { source: I32Local; target: I32Local; count: number };

/** Copies pixels of `c` channels to pixels of `channels` channels; channels beyond `c` are zero. */
function copyPixels(
  k: KernelBuilder,
  { source, target, count }: Pixels,
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
    target.advance(channels * 4);
  });
}
