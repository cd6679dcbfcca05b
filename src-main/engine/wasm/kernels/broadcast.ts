import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32, I32Local, V128 } from '../assembler/values.ts';
import { forChannels } from './channels.ts';
import { BINARY, type BinaryName } from './elementwise.ts';

/**
 * Operands seen as [outer,middle,inner]; `a` and `b` are the floats between neighbours on each axis, 0 where the operand
 * has one value for the whole axis.
 */
export type BroadcastParams = {
  name: BinaryName;
  extents: readonly number[];
  a: readonly number[];
  b: readonly number[];
};

/** Items: rows outer·middle. Args: a, b, result. */
export function broadcast(k: KernelBuilder, { name, extents, a, b }: BroadcastParams): void {
  const [, middle, inner] = extents as [number, number, number];
  const rowOf = (address: I32, strides: readonly number[], row: I32) =>
    k.i32(address.add(row.div(middle).mul(strides[0]!).add(row.rem(middle).mul(strides[1]!)).mul(4)));
  const [splatA, splatB, value] = [k.v128(), k.v128(), k.v128()];
  k.forRange(k.from, k.to, (row) => {
    const [fromA, fromB] = [rowOf(k.arg(0), a, row), rowOf(k.arg(1), b, row)];
    const to = k.i32(k.arg(2).add(row.mul(inner * 4)));
    if (a[2] === 0) splatA.set(fromA.loadSplat());
    if (b[2] === 0) splatB.set(fromB.loadSplat());
    const operand = (from: I32Local, strides: readonly number[], splat: V128, v: number) =>
      strides[2] === 0 ? splat : from.load(v * 16);
    forChannels(
      k,
      inner,
      (vectors, lanes) => {
        for (let v = 0; v < vectors; v++) {
          value.set(BINARY[name](k, operand(fromA, a, splatA, v), operand(fromB, b, splatB, v)));
          k.storeLanes(to, value, lanes, v * 16);
        }
      },
      (bytes) => [fromA, fromB, to].forEach((address) => address.advance(bytes)),
    );
  });
}
