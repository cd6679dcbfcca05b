/** Three numbers for the axes t, h, w. */
export type Axes3 = readonly [number, number, number];

/**
 * A convolution as the kernels see it: `input` and `output` are the extents of the axes t, h, w; `front` is the padding
 * before each axis (what is missing behind follows from the rest).
 */
export type ConvGeometry = {
  n: number;
  input: Axes3;
  c: number;
  output: Axes3;
  o: number;
  kernel: Axes3;
  stride: Axes3;
  front: Axes3;
};

export function map3(f: (axis: 0 | 1 | 2) => number): Axes3 {
  return [f(0), f(1), f(2)];
}

export function product3([t, h, w]: Axes3): number {
  return t * h * w;
}

/** Extents of the padded input that the output needs, for an output of `output` places. */
export function paddedExtents({ kernel, stride }: ConvGeometry, output: Axes3): Axes3 {
  return map3((i) => (output[i] - 1) * stride[i] + kernel[i]);
}

/**
 * The part of an input gradient at every `step`-th input place from `first` on. There it is a convolution of the output's
 * gradient, without stride, by the taps `lastTap`, `lastTap` - step, … of each axis, channels in and out exchanged.
 */
export type InputGradientPart = { first: Axes3; step: Axes3; lastTap: Axes3; geometry: ConvGeometry };

/**
 * An input gradient by the parity of input places: with stride s, place p meets only the taps k = p + front modulo s. A
 * part without taps (kernel 0 on an axis) is zero. Stride 1 gives one part.
 */
export function inputGradientParts(g: ConvGeometry): InputGradientPart[] {
  const [ofT, ofH, ofW] = [0, 1, 2].map((axis) => axisParts(g, axis)) as [AxisPart[], AxisPart[], AxisPart[]];
  return ofT.flatMap((t) => ofH.flatMap((h) => ofW.map((w) => joinedAxes(g, [t, h, w]))));
}

type AxisPart = { first: number; lastTap: number; kernel: number; front: number; output: number };

function axisParts({ input, kernel, stride, front }: ConvGeometry, axis: number): AxisPart[] {
  const [extent, taps, step, before] = [input[axis]!, kernel[axis]!, stride[axis]!, front[axis]!];
  return Array.from({ length: Math.min(step, extent) }, (_, first) => {
    const firstTap = (((first + before) % step) + step) % step;
    const count = Math.max(0, Math.ceil((taps - firstTap) / step));
    const nearest = (first + before - firstTap) / step;
    return {
      ...{ first, lastTap: firstTap + step * (count - 1), kernel: count },
      ...{ front: count - 1 - nearest, output: Math.ceil((extent - first) / step) },
    };
  });
}

function joinedAxes(g: ConvGeometry, axes: readonly [AxisPart, AxisPart, AxisPart]): InputGradientPart {
  const each = (value: (axis: AxisPart) => number) => map3((i) => value(axes[i]));
  return {
    ...{ first: each(({ first }) => first), step: g.stride, lastTap: each(({ lastTap }) => lastTap) },
    geometry: {
      ...{ n: g.n, c: g.o, o: g.c, input: g.output, stride: [1, 1, 1] },
      ...{ output: each(({ output }) => output), kernel: each(({ kernel }) => kernel) },
      front: each(({ front }) => front),
    },
  };
}

/** Cuts `size` into runs of at most `largest`, as even as can be: [length, how many] pairs. */
export function evenTiles(size: number, largest: number): [number, number][] {
  const count = Math.ceil(size / largest);
  const short = Math.floor(size / count);
  const longer = size - short * count;
  const tiles: [number, number][] = longer > 0 ? [[short + 1, longer]] : [];
  return [...tiles, [short, count - longer]];
}

/** The largest of `candidates` that divides `size`. */
export function largestDivisor(size: number, candidates: readonly number[]): number {
  return candidates.find((candidate) => size % candidate === 0) ?? 1;
}

/** Rows of a register tile: 6 rows of two wide vectors leave room for the operands in 16 registers. */
export const TILE_ROWS = 6;
