import { vectorType, vectorWidth } from '../kernels/channel-view.ts';
import { runFunctionName, typePrefix, type Operand } from './operand.ts';
import { runType, type RunWidth } from './run-width.ts';
import type { Contiguous, Side } from './tile-memory.ts';

/**
 * A matrix as it lies in memory: lines of `line` scalars along the contiguous axis, a multiple of eight for `halves`.
 * Extents are WGSL expressions.
 */
export type PlainMatrix = {
  side: Side;
  contiguous: Contiguous;
  line: number;
  outer: string;
  depth: string;
  halves?: boolean;
};

export function plainOperand(matrix: PlainMatrix): Operand {
  const { side, contiguous, line, halves = false } = matrix;
  const name = typePrefix(side);
  const width = halves ? 8 : 4;
  const inRuns = halves || vectorWidth(line) === 4;
  return {
    ...{ side, contiguous, width },
    element: inRuns ? runType(width) : vectorType(1),
    sharedDepth: 0,
    wgsl: `alias ${name}Outer = u32;
alias ${name}Depth = u32;
fn ${side}Outer(outer: u32) -> u32 { return outer; }
fn ${side}Depth(depth: u32) -> u32 { return depth; }
${inRuns ? loadRun(matrix, width) : loadOnes(matrix)}`,
  };
}

function loadRun(matrix: PlainMatrix, width: RunWidth): string {
  const { side, outer, depth } = matrix;
  const type = runType(width);
  return `fn ${runFunctionName(side, width)}(outer: u32, depth: u32, offset: u32) -> ${type} {
  let inside = (outer < ${outer}) & (depth < ${depth});
  if (inside) { return ${side}[(${indexOf(matrix)} + offset) / ${width}]; }
  return ${type}();
}`;
}

function loadOnes(matrix: PlainMatrix): string {
  const { side, outer, depth, contiguous } = matrix;
  const calls = [0, 1, 2, 3].map((i) =>
    contiguous === 'depth' ? `${side}One(outer, depth + offset + ${i})` : `${side}One(outer + offset + ${i}, depth)`,
  );
  return `fn ${side}One(outer: u32, depth: u32) -> f32 {
  let inside = (outer < ${outer}) & (depth < ${depth});
  return select(0.0, ${side}[select(0, ${indexOf(matrix)}, inside)], inside);
}
fn ${side}Four(outer: u32, depth: u32, offset: u32) -> vec4<f32> { return vec4(${calls.join(', ')}); }`;
}

function indexOf({ contiguous, line }: PlainMatrix): string {
  return contiguous === 'depth' ? `outer * ${line} + depth` : `depth * ${line} + outer`;
}
