/** The three products of a 3D convolution. `n` is taken from the geometry and is no part of a problem's key. */
import { product3, type ConvGeometry } from '../../wasm/kernels/conv-geometry.ts';
import type { GemmProblem } from '../gemm/problem.ts';
import { plainOperand } from '../gemm/plain-operand.ts';
import { forwardFilter, turnedFilter } from './filter-operand.ts';
import { forwardAxes, inputGradientAxes, placesOf, tapsOf, type GatherAxes } from './gather-geometry.ts';
import { placesByTaps, tapsByPlaces } from './gather-operand.ts';

/** How its tensors come: `halves`: both operands are copies in f16 (see half-copy.ts). */
export type ConvForm = { halves: boolean };

/** Rows are output places, columns c', the depth (tap, c). Operands: x, filter. */
export function forwardProblem(
  g: ConvGeometry,
  { halves, ...epilogue }: ConvForm & { bias: boolean; relu: boolean },
): GemmProblem {
  const axes = forwardAxes(g);
  return {
    key: `conv3d ${keyOf(g, halves)}`,
    rows: g.n * placesOf(axes),
    depth: tapsOf(axes) * g.c,
    left: placesByTaps({ axes, channels: g.c, halves }),
    right: forwardFilter(g.o, halves),
    layout: { columns: g.o, ...epilogue },
    ...costs(g, ['x', 'filter', 'y'], { halves }),
  };
}

/**
 * Rows are input places of one remainder by the stride, columns c, the depth (tap, c'). Operands: dy, filter. Together
 * they write every element of dx.
 */
export function inputGradientProblems(g: ConvGeometry, { halves }: ConvForm): GemmProblem[] {
  const classes = inputGradientAxes(g);
  return classes.map((axes) => ({
    key: `conv3d input gradient ${axes.map(({ resultFirst }) => resultFirst).join(',')} ${keyOf(g, halves)}`,
    rows: g.n * placesOf(axes),
    depth: tapsOf(axes) * g.o,
    left: placesByTaps({ axes, channels: g.o, halves }),
    right: turnedFilter(axes, g, halves),
    layout: { columns: g.c, bias: false, relu: false, place: placeFunction(axes) },
    ...costs(g, ['y', 'filter', 'x'], { halves, shares: classes.length }),
  }));
}

/** Rows are (tap, c), columns c', the depth is output places. Operands: x, dy. */
export function filterGradientProblem(g: ConvGeometry, { halves }: ConvForm): GemmProblem {
  const axes = forwardAxes(g);
  return {
    key: `conv3d filter gradient ${keyOf(g, halves)}`,
    rows: tapsOf(axes) * g.c,
    depth: g.n * placesOf(axes),
    left: tapsByPlaces({ axes, channels: g.c, halves }),
    right: plainOperand({
      ...{ side: 'right', contiguous: 'outer', line: g.o, halves },
      ...{ outer: `${g.o}`, depth: 'uniforms.depth' },
    }),
    layout: { columns: g.o, bias: false, relu: false },
    ...costs(g, ['x', 'y', 'filter'], { halves }),
  };
}

/** Bytes of one clip of the input and of the output. */
export function clipBytes(g: ConvGeometry): { x: number; y: number } {
  return { x: 4 * product3(g.input) * g.c, y: 4 * product3(g.output) * g.o };
}

/** Every product reads two of input, output and filter once and writes the third, or one of `shares` such products does. */
function costs(
  g: ConvGeometry,
  [left, right, result]: readonly ['x' | 'y', 'y' | 'filter', 'x' | 'y' | 'filter'],
  { halves, shares = 1 }: ConvForm & { shares?: number },
): Pick<GemmProblem, 'sizes' | 'bytes'> {
  const { x, y } = clipBytes(g);
  const scalars = { x: (g.n * x) / 4, y: (g.n * y) / 4, filter: product3(g.kernel) * g.c * g.o };
  const each = halves ? 0.5 : 1;
  const sizes = { left: each * scalars[left], right: each * scalars[right], result: scalars[result] };
  return { sizes, bytes: (4 * (sizes.left + sizes.right + sizes.result)) / shares };
}

function keyOf({ input, c, o, kernel, stride, front, output }: ConvGeometry, halves: boolean): string {
  const sizes = [...input, c, '>', ...output, o, 'k', ...kernel, 's', ...stride, 'p', ...front];
  return `${sizes.join(' ')}${halves ? ' halves' : ''}`;
}

function placeFunction([t, h, w]: GatherAxes): string {
  return `fn placeOf(row: u32) -> u32 {
  let w = row % ${w.places} * ${w.resultStep} + ${w.resultFirst};
  let h = row / ${w.places} % ${h.places} * ${h.resultStep} + ${h.resultFirst};
  let t = row / ${w.places * h.places} % ${t.places} * ${t.resultStep} + ${t.resultFirst};
  let n = row / ${w.places * h.places * t.places};
  return ((n * ${t.result} + t) * ${h.result} + h) * ${w.result} + w;
}`;
}
