/** Max pooling over windows side by side (size = stride, no padding), the common case, and its fused gradient. */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32 } from '../assembler/values.ts';
import { forChannels } from './channels.ts';

/** Windows of `size` [t,h,w] cut from `input` [t,h,w]; what is left over at the ends is not looked at. */
export type BlockPoolParams = { c: number; input: readonly number[]; size: readonly number[] };

/** Items: rows n·t'·h' of the result. Args: input, result. */
export function blockMaxPool(k: KernelBuilder, params: BlockPoolParams): void {
  const [x, y] = k.args(2) as [I32, I32];
  const { c, size } = params;
  const best = k.vectors(2);
  forWindows(k, params, (inputOffset, outputOffset, columns) => {
    const from = k.i32(x.add(inputOffset));
    const to = k.i32(y.add(outputOffset));
    k.repeat(columns, () => {
      forChannels(
        k,
        c,
        (vectors, lanes) => {
          const used = best.slice(0, vectors);
          windowOffsets(params).forEach((offset, i) =>
            used.forEach((value, v) => {
              const found = from.load(offset + v * 16);
              value.set(i === 0 ? found : value.max(found));
            }),
          );
          used.forEach((value, v) => k.storeLanes(to, value, lanes, v * 16));
        },
        (bytes) => [from, to].forEach((address) => address.advance(bytes)),
      );
      from.advance((size[2]! - 1) * c * 4);
    });
  });
}

export type BlockPoolGradientParams = BlockPoolParams & { relu: boolean };

/**
 * Gradient of the pool and, with `relu`, of the ReLU before it: the first of equal values gets it. Places left over by
 * the windows are not written. Items: rows n·t'·h' of the result. Args: activation, result, its gradient, gradient of
 * the activation.
 */
export function blockMaxPoolGradient(k: KernelBuilder, params: BlockPoolGradientParams): void {
  const [x, y, dy, dx] = k.args(4) as [I32, I32, I32, I32];
  const { c, size, relu } = params;
  const [best, left, hit] = [k.vectors(2), k.vectors(2), k.vectors(2)];
  const routed = k.v128();
  forWindows(k, params, (inputOffset, outputOffset, columns) => {
    const [from, to] = [k.i32(x.add(inputOffset)), k.i32(dx.add(inputOffset))];
    const [result, gradient] = [k.i32(y.add(outputOffset)), k.i32(dy.add(outputOffset))];
    const route = (offset: number, v: number, lanes: number) => {
      hit[v]!.set(from.load(offset + v * 16).equals(best[v]!));
      routed.set(left[v]!.and(hit[v]!));
      k.storeLanes(to, routed, lanes, offset + v * 16);
      left[v]!.set(left[v]!.andNot(hit[v]!));
    };
    k.repeat(columns, () => {
      forChannels(
        k,
        c,
        (vectors, lanes) => {
          for (let v = 0; v < vectors; v++) {
            best[v]!.set(result.load(v * 16));
            left[v]!.set(gradient.load(v * 16));
            if (relu) left[v]!.set(left[v]!.and(best[v]!.greaterThan(k.zero)));
          }
          for (const offset of windowOffsets(params)) for (let v = 0; v < vectors; v++) route(offset, v, lanes);
        },
        (bytes) => [from, to, result, gradient].forEach((address) => address.advance(bytes)),
      );
      for (const address of [from, to]) address.advance((size[2]! - 1) * c * 4);
    });
  });
}

/** Byte offsets of the places of a window from its first one. */
function windowOffsets({ c, input, size }: BlockPoolParams): number[] {
  const [, h, w] = input as [number, number, number];
  const [kt, kh, kw] = size as [number, number, number];
  const offsets: number[] = [];
  for (let t = 0; t < kt; t++)
    for (let y = 0; y < kh; y++) for (let x = 0; x < kw; x++) offsets.push(((t * h + y) * w + x) * c * 4);
  return offsets;
}

function forWindows(
  k: KernelBuilder,
  { c, input, size }: BlockPoolParams,
  body: (inputOffset: I32, outputOffset: I32, columns: number) => void,
): void {
  const [t, h, w] = input as [number, number, number];
  const [tOut, hOut, wOut] = input.map((extent, axis) => Math.floor(extent / size[axis]!)) as [number, number, number];
  k.forRange(k.from, k.to, (row) => {
    const plane = k.i32(row.div(hOut));
    const tIn = plane.div(tOut).mul(t).add(plane.rem(tOut).mul(size[0]!));
    const line = tIn.mul(h).add(row.rem(hOut).mul(size[1]!));
    body(line.mul(w * c * 4), row.mul(wOut * c * 4), wOut);
  });
}
