import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';
import { forChannels } from './channels.ts';

/** Places of `part` [t',h',w'] go to every `step`-th place of `input` [t,h,w], from place `first` on. */
export type InterleaveParams = {
  c: number;
  input: readonly number[];
  part: readonly number[];
  first: readonly number[];
  step: readonly number[];
};

/** Items: rows n·t'·h' of the part. Args: part [n,t',h',w',c], whole [n,t,h,w,c]. */
export function interleave(k: KernelBuilder, { c, input, part, first, step }: InterleaveParams): void {
  const [from, to] = k.args(2) as [I32, I32];
  const [t, h, w] = input as [number, number, number];
  const [tPart, hPart, wPart] = part as [number, number, number];
  const value = k.v128();
  k.forRange(k.from, k.to, (row) => {
    const plane = k.i32(row.div(hPart));
    const frame = plane.div(tPart).mul(t).add(plane.rem(tPart).mul(step[0]!)).add(first[0]!);
    const line = frame.mul(h).add(row.rem(hPart).mul(step[1]!)).add(first[1]!);
    const source = k.i32(from.add(row.mul(wPart * c * 4)));
    const target = k.i32(
      to.add(
        line
          .mul(w)
          .add(first[2]!)
          .mul(c * 4),
      ),
    );
    k.repeat(wPart, () => {
      forChannels(
        k,
        c,
        (vectors, lanes) => {
          for (let v = 0; v < vectors; v++) {
            value.set(source.load(v * 16));
            k.storeLanes(target, value, lanes, v * 16);
          }
        },
        (bytes) => [source, target].forEach((address) => address.advance(bytes)),
      );
      target.advance((step[2]! - 1) * c * 4);
    });
  });
}
