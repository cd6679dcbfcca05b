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

/** The convolution that computes the input gradient: over the gradient spread by the stride, with the filter turned. */
export function inputGradientGeometry(g: ConvGeometry): ConvGeometry & { spread: Axes3 } {
  return {
    ...{ n: g.n, kernel: g.kernel, stride: [1, 1, 1] },
    ...{ input: g.output, c: g.o, output: g.input, o: g.c },
    front: map3((i) => g.kernel[i] - 1 - g.front[i]),
    spread: g.stride,
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
