import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type I32, type I32Local } from '../assembler/values.ts';
import { forChannels } from './channels.ts';

/** Windows of `size` at steps of `stride` over `input` [t,h,w], the first `front` places before it. */
export type PoolParams = {
  c: number;
  input: readonly number[];
  output: readonly number[];
  size: readonly number[];
  stride: readonly number[];
  front: readonly number[];
};

const LOWEST = -3.4028234663852886e38;

/** Largest value of each window. Items: rows n·t'·h' of the result. Args: input, result. */
export function maxPool(k: KernelBuilder, params: PoolParams): void {
  const [x, y] = k.args(2) as [I32, I32];
  const best = k.vectors(2);
  forOutputs(k, params, (row, place) => {
    const to = k.i32(y.add(row.outputOffset));
    const base = k.i32(x.add(row.inputOffset));
    forChannels(
      k,
      params.c,
      (vectors, lanes) => {
        const used = best.slice(0, vectors);
        used.forEach((value) => value.set(V128.of(LOWEST)));
        forWindow(k, params, place, (offset) =>
          used.forEach((value, v) => value.set(value.max(base.add(offset).load(v * 16)))),
        );
        used.forEach((value, v) => k.storeLanes(to, value, lanes, v * 16));
      },
      (bytes) => [to, base].forEach((address) => address.advance(bytes)),
    );
  });
}

/** Mean of each window over the places inside. Items: rows n·t'·h' of the result. Args: input, result. */
export function averagePool(k: KernelBuilder, params: PoolParams): void {
  const [x, y] = k.args(2) as [I32, I32];
  const sums = k.vectors(2);
  const share = k.v128();
  forOutputs(k, params, (row, place) => {
    const to = k.i32(y.add(row.outputOffset));
    const base = k.i32(x.add(row.inputOffset));
    share.set(windowShare(place));
    forChannels(
      k,
      params.c,
      (vectors, lanes) => {
        const used = sums.slice(0, vectors);
        used.forEach((sum) => sum.set(k.zero));
        forWindow(k, params, place, (offset) =>
          used.forEach((sum, v) => sum.set(sum.add(base.add(offset).load(v * 16)))),
        );
        used.forEach((sum, v) => {
          sum.set(sum.mul(share));
          k.storeLanes(to, sum, lanes, v * 16);
        });
      },
      (bytes) => [to, base].forEach((address) => address.advance(bytes)),
    );
  });
}

/**
 * Gradient of {@link maxPool}: the first of equal values gets it. Items: clips. Args: input, result, its gradient,
 * gradient of the input.
 */
export function maxPoolGradient(k: KernelBuilder, params: PoolParams): void {
  const [x, y, dy, dx] = k.args(4) as [I32, I32, I32, I32];
  const [left, hit, sum] = k.vectors(3) as [V128Variable, V128Variable, V128Variable];
  clearClips(k, params, dx);
  forOutputs(k, perClip(k, params), (row, place) => {
    const output = k.i32(y.add(row.outputOffset));
    const gradient = k.i32(dy.add(row.outputOffset));
    const input = k.i32(x.add(row.inputOffset));
    const to = k.i32(dx.add(row.inputOffset));
    forQuads(
      k,
      params.c,
      (lanes) => {
        left.set(gradient.load());
        forWindow(k, params, place, (offset) => {
          hit.set(input.add(offset).load().equals(output.load()));
          sum.set(to.add(offset).load().add(left.and(hit)));
          k.storeLanes(to.add(offset), sum, lanes);
          left.set(left.andNot(hit));
        });
      },
      (bytes) => [output, gradient, input, to].forEach((address) => address.advance(bytes)),
    );
  });
}

/** Gradient of {@link averagePool}. Items: clips. Args: gradient of the result, gradient of the input. */
export function averagePoolGradient(k: KernelBuilder, params: PoolParams): void {
  const [dy, dx] = k.args(2) as [I32, I32];
  const [share, sum] = k.vectors(2) as [V128Variable, V128Variable];
  clearClips(k, params, dx);
  forOutputs(k, perClip(k, params), (row, place) => {
    const gradient = k.i32(dy.add(row.outputOffset));
    const to = k.i32(dx.add(row.inputOffset));
    share.set(windowShare(place));
    forQuads(
      k,
      params.c,
      (lanes) =>
        forWindow(k, params, place, (offset) => {
          sum.set(k.multiplyAdd(gradient.load(), share, to.add(offset).load()));
          k.storeLanes(to.add(offset), sum, lanes);
        }),
      (bytes) => [gradient, to].forEach((address) => address.advance(bytes)),
    );
  });
}

type V128Variable = ReturnType<KernelBuilder['v128']>;

/** Byte offsets of an output pixel, and of the input clip it comes from. */
type Row = { outputOffset: I32; inputOffset: I32 };
/** First and last (exclusive) input place of the window on each axis. */
type Window = { first: I32Local; last: I32Local }[];

type Rows = PoolParams & { rows?: { from: I32; to: I32 } };

/** The rows of the clips that this chunk has. */
function perClip(k: KernelBuilder, params: PoolParams): Rows {
  const rowsPerClip = params.output[0]! * params.output[1]!;
  return { ...params, rows: { from: k.from.mul(rowsPerClip), to: k.to.mul(rowsPerClip) } };
}

function forOutputs(k: KernelBuilder, params: Rows, body: (row: Row, place: Window) => void): void {
  const { c, input, output, rows = { from: k.from, to: k.to } } = params;
  const [t, h, w] = input as [number, number, number];
  const [tOut, hOut, wOut] = output as [number, number, number];
  k.forRange(rows.from, rows.to, (row) => {
    const plane = row.div(hOut);
    const inputOffset = k.i32(plane.div(tOut).mul(t * h * w * c * 4));
    const [inT, inH] = [windowRange(k, params, 0, plane.rem(tOut)), windowRange(k, params, 1, row.rem(hOut))];
    k.forRange(0, wOut, (column) => {
      const place = [inT, inH, windowRange(k, params, 2, column)];
      body(
        {
          outputOffset: row
            .mul(wOut)
            .add(column)
            .mul(c * 4),
          inputOffset,
        },
        place,
      );
    });
  });
}

function windowRange(k: KernelBuilder, params: PoolParams, axis: number, place: I32): Window[number] {
  const { input, size, stride, front } = params;
  const first = k.i32(place.mul(stride[axis]!).sub(front[axis]!));
  const last = k.i32(first.add(size[axis]!));
  k.if(first.lessThan(0), () => first.set(0));
  k.if(last.atLeast(input[axis]! + 1), () => last.set(input[axis]!));
  return { first, last };
}

/** Runs the body for each place of a window with its byte offset in the clip. */
function forWindow(k: KernelBuilder, { c, input }: PoolParams, window: Window, body: (offset: I32Local) => void): void {
  const [, h, w] = input as [number, number, number];
  const [inT, inH, inW] = window as [Window[number], Window[number], Window[number]];
  k.forRange(inT.first, inT.last, (t) =>
    k.forRange(inH.first, inH.last, (y) => {
      const line = k.i32(t.mul(h).add(y).mul(w));
      k.forRange(inW.first, inW.last, (x) => body(k.i32(line.add(x).mul(c * 4))));
    }),
  );
}

/** One over the number of places of a window. */
function windowShare(window: Window): V128 {
  const [t, h, w] = window.map(({ first, last }) => last.sub(first)) as [I32, I32, I32];
  return V128.of(1).div(t.mul(h).mul(w).toF32().splat());
}

function clearClips(k: KernelBuilder, { c, input }: PoolParams, dx: I32): void {
  const clipBytes = input[0]! * input[1]! * input[2]! * c * 4;
  k.clear(dx.add(k.from.mul(clipBytes)), k.to.sub(k.from).mul(clipBytes));
}

function forQuads(
  k: KernelBuilder,
  channels: number,
  body: (lanes: number) => void,
  advance: (bytes: number) => void,
): void {
  const quads = Math.floor(channels / 4);
  if (quads > 0)
    k.repeat(quads, () => {
      body(4);
      advance(16);
    });
  if (channels % 4 > 0) body(channels % 4);
}
