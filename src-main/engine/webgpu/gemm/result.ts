/** Where the result of a product goes, as WGSL that declares `fn writeResult(row: u32, column: u32, four: vec4<f32>)`. */
import type { BufferDeclaration } from '../compute-program.ts';
import { vectorType, vectorWidth } from '../kernels/channel-view.ts';

export type ResultSink = {
  /** Buffers after the operands, the result last. */
  buffers: BufferDeclaration[];
  wgsl: string;
};

/** `place`: WGSL of `fn placeOf(row: u32) -> u32`, the row of the result tensor that a row of the product is; identity if absent. */
export type ResultLayout = { columns: number; bias: boolean; relu: boolean; place?: string };

/** Name of the index of this workgroup's part of the depth, for {@link partialSink}. */
export const SPLIT = 'split';

/** The result itself, after bias and ReLU. */
export function resultSink({ columns, bias, relu, place }: ResultLayout): ResultSink {
  const element = vectorType(vectorWidth(columns));
  const biased = bias ? `four + ${fourOf('bias', 'column', columns)}` : 'four';
  return {
    buffers: [
      ...(bias ? [{ name: 'bias', element, access: 'read' as const }] : []),
      { name: 'result', element, access: 'read_write' },
    ],
    wgsl: `${place ?? 'fn placeOf(row: u32) -> u32 { return row; }'}
fn writeResult(row: u32, column: u32, four: vec4<f32>) {
  if (row >= uniforms.rows || column >= ${columns}) { return; }
  let value = ${relu ? `max(${biased}, vec4(0.0))` : biased};
  let at = placeOf(row) * ${columns} + column;
  ${writeFour('result', columns)}
}`,
  };
}

/** One of several parts of the depth, in [split,rows,columns]. */
export function partialSink(columns: number): ResultSink {
  return {
    buffers: [{ name: 'result', element: vectorType(vectorWidth(columns)), access: 'read_write' }],
    wgsl: `fn writeResult(row: u32, column: u32, value: vec4<f32>) {
  if (row >= uniforms.rows || column >= ${columns}) { return; }
  let at = ((uniforms.firstSplit + ${SPLIT}) * uniforms.rows + row) * ${columns} + column;
  ${writeFour('result', columns)}
}`,
  };
}

/** An expression: four scalars of a buffer from scalar `at`; what lies behind the last column is whatever is there. */
export function fourOf(buffer: string, at: string, columns: number): string {
  if (columns % 4 === 0) return `${buffer}[(${at}) / 4]`;
  return `vec4(${[0, 1, 2, 3].map((i) => `${buffer}[${at} + ${i}]`).join(', ')})`;
}

function writeFour(buffer: string, columns: number): string {
  if (columns % 4 === 0) return `${buffer}[at / 4] = value;`;
  const writes = [0, 1, 2, 3].map((i) => `if (column + ${i} < ${columns}) { ${buffer}[at + ${i}] = value[${i}]; }`);
  return writes.join('\n  ');
}
