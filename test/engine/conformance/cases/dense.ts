/** Matrix products with either operand transposed. */
import { matMul } from '@tensorflow/tfjs-core';
import type { ConformanceCase } from '../conformance-case.ts';
import { blank, normal, type Values } from '../values.ts';

type Product = { batch: number[]; rows: number; depth: number; columns: number; turned: [boolean, boolean] };

function caseOf({ batch, rows, depth, columns, turned }: Product): ConformanceCase {
  const a = [...batch, ...(turned[0] ? [depth, rows] : [rows, depth])];
  const b = [...batch, ...(turned[1] ? [columns, depth] : [depth, columns])];
  return {
    op: 'dense',
    what: `[${a.join()}] by [${b.join()}]${turned[0] ? ', first turned' : ''}${turned[1] ? ', second turned' : ''}`,
    inputs: [normal(a, 1), normal(b, 2)],
    compute: (x, y) => [matMul(x!, y!, ...turned)],
    reference: (x, y) => [productByLoops(x!, y!, { batch, rows, depth, columns, turned })],
    gradientsOf: [0, 1],
    multiplyAdds: batch.reduce((count, extent) => count * extent, rows * depth * columns),
  };
}

function productByLoops(a: Values, b: Values, { batch, rows, depth, columns, turned }: Product): Values {
  const y = blank([...batch, rows, columns]);
  y.values.forEach((_, at) => {
    const [matrix, row, column] = [Math.floor(at / (rows * columns)), Math.floor(at / columns) % rows, at % columns];
    for (let k = 0; k < depth; k++) {
      const inA = matrix * rows * depth + (turned[0] ? k * rows + row : row * depth + k);
      const inB = matrix * depth * columns + (turned[1] ? column * depth + k : k * columns + column);
      y.values[at]! += a.values[inA]! * b.values[inB]!;
    }
  });
  return y;
}

const TURNS: [boolean, boolean][] = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
];

export const denseCases: readonly ConformanceCase[] = [
  ...TURNS.map((turned) => ({ batch: [], rows: 48, depth: 33, columns: 17, turned })),
  ...TURNS.slice(0, 2).map((turned) => ({ batch: [3], rows: 20, depth: 33, columns: 7, turned })),
  { batch: [], rows: 8, depth: 203, columns: 165, turned: TURNS[0]! },
  { batch: [], rows: 1, depth: 130, columns: 257, turned: TURNS[0]! },
  { batch: [], rows: 1, depth: 600, columns: 7, turned: TURNS[0]! },
  { batch: [], rows: 7, depth: 1, columns: 64, turned: TURNS[0]! },
  { batch: [], rows: 3, depth: 64, columns: 1, turned: TURNS[0]! },
].map(caseOf);
