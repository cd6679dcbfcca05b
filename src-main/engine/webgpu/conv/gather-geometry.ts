/**
 * A convolution seen from its result: every place of a grid reads the source at `place · stride + offset + tap · tapOffset`
 * along each axis. The forward pass and the input gradient are both of this kind.
 */
import { map3, type ConvGeometry } from '../../wasm/kernels/conv-geometry.ts';

export type AxisGather = {
  /** Places of the grid, and extent of the source. */
  places: number;
  source: number;
  stride: number;
  offset: number;
  taps: number;
  tapOffset: 1 | -1;
  /** Tap j multiplies the filter's tap `firstTap + j · tapStep`. */
  firstTap: number;
  tapStep: number;
  kernel: number;
  /** Place g of the grid is place `g · resultStep + resultFirst` of the result, whose extent is `result`. */
  result: number;
  resultFirst: number;
  resultStep: number;
};

export type GatherAxes = readonly [AxisGather, AxisGather, AxisGather];

/** y[place] = sum over taps of x[place · stride + tap - front] · filter[tap]. */
export function forwardAxes(g: ConvGeometry): GatherAxes {
  return map3Axes((i) => ({
    ...{ places: g.output[i], source: g.input[i], stride: g.stride[i], offset: -g.front[i] },
    ...{ taps: g.kernel[i], tapOffset: 1, firstTap: 0, tapStep: 1, kernel: g.kernel[i] },
    ...{ result: g.output[i], resultFirst: 0, resultStep: 1 },
  }));
}

/**
 * dx[i] = sum over taps k with i + front - k a multiple of the stride of dy[(i + front - k) / stride] · filter[k]. Places
 * of the same remainder by the stride have the same taps, so each remainder (parity, for stride 2) is a dense gather.
 */
export function inputGradientAxes(g: ConvGeometry): GatherAxes[] {
  const [t, h, w] = map3((i) => g.stride[i]);
  const classes: GatherAxes[] = [];
  for (let rt = 0; rt < t; rt++)
    for (let rh = 0; rh < h; rh++)
      for (let rw = 0; rw < w; rw++) classes.push(map3Axes((i) => remainderAxis(g, i, [rt, rh, rw][i] as number)));
  return classes.filter((axes) => axes.every(({ places }) => places > 0));
}

function remainderAxis(g: ConvGeometry, axis: 0 | 1 | 2, remainder: number): AxisGather {
  const [stride, kernel, extent] = [g.stride[axis], g.kernel[axis], g.input[axis]];
  // TensorFlow.js pads by less than nothing where a stride leaves input unread: `front` may be negative.
  const firstTap = (remainder + (g.front[axis] % stride) + stride) % stride;
  return {
    ...{ places: Math.ceil((extent - remainder) / stride), source: g.output[axis], stride: 1 },
    offset: (remainder + g.front[axis] - firstTap) / stride,
    ...{ taps: Math.max(0, Math.ceil((kernel - firstTap) / stride)), tapOffset: -1 },
    ...{ firstTap, tapStep: stride, kernel },
    ...{ result: extent, resultFirst: remainder, resultStep: stride },
  };
}

function map3Axes(axis: (i: 0 | 1 | 2) => AxisGather): GatherAxes {
  return [axis(0), axis(1), axis(2)];
}

/** Can a tap of this axis read outside the source? */
export function readsOutside({ places, source, stride, offset, taps, tapOffset }: AxisGather): boolean {
  const reach = (taps - 1) * tapOffset;
  const first = offset + Math.min(0, reach);
  const last = (places - 1) * stride + offset + Math.max(0, reach);
  return first < 0 || last >= source;
}

export function placesOf(axes: GatherAxes): number {
  return axes.reduce((product, { places }) => product * places, 1);
}

export function tapsOf(axes: GatherAxes): number {
  return axes.reduce((product, { taps }) => product * taps, 1);
}

/** A divisor of WGSL for a count that may be none: a stride above the kernel leaves places without taps. */
export function atLeastOne(count: number): number {
  return Math.max(1, count);
}
