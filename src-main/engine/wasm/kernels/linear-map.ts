/**
 * Multiplies vectors by a constant matrix in straight code. Pairs of rows or columns that differ in signs only, as those of
 * points ±a do, share their even and odd parts.
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { V128Local } from '../assembler/values.ts';
import type { Matrix } from './winograd-matrices.ts';

/** Vectors side by side: the same operations on each, next to each other so that V8 can fuse pairs. */
export type Lanes = readonly V128Local[];

type Term = { factor: number; value: Lanes };

/** Code for `matrix` times `inputs`; `put` takes the result of each row. */
export function linearMap(
  k: KernelBuilder,
  matrix: Matrix,
  inputs: readonly Lanes[],
  put: (row: number, value: Lanes) => void,
): void {
  const folded = foldColumns(k, matrix, inputs);
  const termsOf = (row: readonly number[]) =>
    row.flatMap((factor, i) => (factor === 0 ? [] : [{ factor, value: folded.inputs[i]! }]));
  const partners = pairs(folded.matrix, isEvenOddPair);
  folded.matrix.forEach((row, r) => {
    const partner = partners.get(r);
    if (partner === undefined) return put(r, combine(k, termsOf(row)));
    if (partner < r) return;
    const other = folded.matrix[partner]!;
    const even = combine(k, termsOf(row.map((factor, i) => (factor === other[i] ? factor : 0))));
    const oddTerms = termsOf(row.map((factor, i) => (factor === other[i] ? 0 : factor)));
    const scale = oddTerms.at(-1)!.factor;
    const odd = combine(
      k,
      oddTerms.map(({ factor, value }) => ({ factor: factor / scale, value })),
    );
    put(r, addScaled(k, even, scale, odd));
    put(partner, addScaled(k, even, -scale, odd));
  });
}

/** Replaces inputs whose columns differ in signs only by their sum and difference. */
function foldColumns(k: KernelBuilder, matrix: Matrix, inputs: readonly Lanes[]) {
  const columns = inputs.map((_, i) => matrix.map((row) => row[i]!));
  const values = [...inputs];
  const partners = pairs(columns, isEvenOddPair);
  for (const [i, j] of partners) {
    if (j < i) continue;
    values[i] = addScaled(k, inputs[i]!, 1, inputs[j]!);
    values[j] = addScaled(k, inputs[i]!, -1, inputs[j]!);
  }
  const fold = (row: readonly number[]) =>
    row.map((factor, i) => {
      const partner = partners.get(i);
      if (partner === undefined) return factor;
      const isEven = factor === row[partner];
      return i < partner === isEven ? row[Math.min(i, partner)]! : 0;
    });
  return { matrix: matrix.map(fold), inputs: values };
}

/** Index to partner, both ways, of lines that belong together. */
function pairs(lines: Matrix, isPair: (a: readonly number[], b: readonly number[]) => boolean): Map<number, number> {
  const partners = new Map<number, number>();
  lines.forEach((line, i) => {
    const j = lines.findIndex((other, at) => at > i && !partners.has(at) && isPair(line, other));
    if (partners.has(i) || j < 0) return;
    partners.set(i, j).set(j, i);
  });
  return partners;
}

/** Equal but for signs, some the same and some opposite. */
function isEvenOddPair(a: readonly number[], b: readonly number[]): boolean {
  const used = a.map((value, i) => [value, b[i]!] as const).filter(([value]) => value !== 0);
  const opposite = used.filter(([value, other]) => value === -other).length;
  return a.every((value, i) => Math.abs(value) === Math.abs(b[i]!)) && opposite > 0 && opposite < used.length;
}

/** The sum of terms, begun with one that needs no product where there is one. */
function combine(k: KernelBuilder, terms: readonly Term[]): Lanes {
  const first = terms.find(({ factor }) => factor === 1) ?? terms[0]!;
  const rest = terms.filter((term) => term !== first);
  const start = first.factor === 1 ? first.value : scaled(k, first);
  return rest.reduce((sum, { factor, value }) => addScaled(k, sum, factor, value), start);
}

function scaled(k: KernelBuilder, { factor, value }: Term): Lanes {
  return value.map((half) => k.v128(factor === -1 ? k.zero.sub(half) : half.mul(k.constant(factor))));
}

/** sum + factor · value. */
function addScaled(k: KernelBuilder, sum: Lanes, factor: number, value: Lanes): Lanes {
  return sum.map((half, i) => {
    const other = value[i]!;
    if (factor === 1) return k.v128(half.add(other));
    if (factor === -1) return k.v128(half.sub(other));
    const size = k.constant(Math.abs(factor));
    return k.v128(factor > 0 ? k.multiplyAdd(other, size, half) : k.subtractProduct(other, size, half));
  });
}
