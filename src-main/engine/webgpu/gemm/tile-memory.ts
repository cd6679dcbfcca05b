/** One operand's block in workgroup memory, laid out as the operand is in its tensor. */
import type { RunWidth } from './run-width.ts';

/** The axis along which neighbours in memory lie: the depth of the product, or the rows (left) or columns (right). */
export type Contiguous = 'depth' | 'outer';

export type Side = 'left' | 'right';

/** Numbers in workgroup memory. `rounded`: rounded to f16 and kept as f32, for devices without f16. */
export type TileNumber = 'f16' | 'f32' | 'rounded';

export type TileMemory = {
  side: Side;
  outer: number;
  depth: number;
  contiguous: Contiguous;
  number: TileNumber;
  /** Scalars in an element of the array. */
  vector: 1 | 4;
};

/** Lines are this much longer than their values, so that neighbours in other lines lie in other banks. */
const PADDING_BYTES = 16;

const BYTES: Record<TileNumber, number> = { f16: 2, f32: 4, rounded: 4 };

/** Scalars from one line to the next. */
export function lineStride({ outer, depth, contiguous, number }: TileMemory): number {
  return (contiguous === 'depth' ? depth : outer) + PADDING_BYTES / BYTES[number];
}

const CONVERSIONS: Record<TileNumber, (four: string) => string> = {
  f16: (four) => `vec4<f16>(${four})`,
  f32: (four) => four,
  rounded: (four) => `quantizeToF16(${four})`,
};

export function tileBytes(memory: TileMemory): number {
  return lineCount(memory) * lineStride(memory) * BYTES[memory.number];
}

export function tileDeclaration(memory: TileMemory): string {
  const { side, vector } = memory;
  const scalar = memory.number === 'f16' ? 'f16' : 'f32';
  const scalars = lineCount(memory) * lineStride(memory);
  const type = vector === 4 ? `vec4<${scalar}>` : scalar;
  return `var<workgroup> ${side}Tile: array<${type}, ${scalars / vector}>;`;
}

/** A run of neighbours of a line; `inLine` is a multiple of its width. */
export function storeRun(
  memory: TileMemory,
  { line, inLine }: { line: string; inLine: string },
  { width, value }: { width: RunWidth; value: string },
): string {
  const { side, vector, number } = memory;
  const fours = width === 4 ? [CONVERSIONS[number](value)] : foursOfHalves(number, value);
  const start = `${line} * ${lineStride(memory) / vector} + ${vector === 4 ? `${inLine} / 4` : inLine}`;
  if (vector === 4) return fours.map((four, i) => `${side}Tile[${start} + ${i}] = ${four};`).join(' ');
  const stores = fours.map((four, i) => {
    const ones = ['x', 'y', 'z', 'w'].map((part, j) => `${side}Tile[at + ${4 * i + j}] = four.${part};`);
    return `{ let four = ${four}; ${ones.join(' ')} }`;
  });
  return `{ let at = ${start}; ${stores.join(' ')} }`;
}

/** @param value - vec4<u32> of eight halves */
function foursOfHalves(number: TileNumber, value: string): string[] {
  if (number === 'f16') return ['xy', 'zw'].map((pair) => `bitcast<vec4<f16>>(${value}.${pair})`);
  return ['xy', 'zw'].map(([a, b]) => `vec4(unpack2x16float(${value}.${a}), unpack2x16float(${value}.${b}))`);
}

/** Index of the scalar (outer, depth), in elements of the array; both must be multiples of `vector`. */
export function elementIndex(memory: TileMemory, outer: string, depth: string): string {
  const [line, inLine] = memory.contiguous === 'depth' ? [outer, depth] : [depth, outer];
  const index = `(${line}) * ${lineStride(memory)} + ${inLine}`;
  return memory.vector === 4 ? `(${index}) / 4` : index;
}

function lineCount({ outer, depth, contiguous }: TileMemory): number {
  return contiguous === 'depth' ? outer : depth;
}
