/**
 * C [rows, columns] = left [rows, depth] · right [depth, columns] as one compute program. Each workgroup makes one block
 * of C over one part of the depth: all invocations load runs of both operands from their tensors, convert and store them
 * to workgroup memory, and a core multiplies them.
 */
import type { ComputeProgram } from '../compute-program.ts';
import { runFunctionName, typePrefix, type Operand } from './operand.ts';
import { runType } from './run-width.ts';
import { SPLIT, type ResultSink } from './result.ts';
import type { TileCore, TileMemories } from './tile-core.ts';
import type { Tile } from './tile.ts';
import { storeRun, tileBytes, tileDeclaration, type Side, type TileMemory } from './tile-memory.ts';

export type GemmKernel = {
  label: string;
  tile: Tile;
  core: TileCore;
  left: Operand;
  right: Operand;
  columns: number;
  sink: ResultSink;
};

/**
 * `rowTiles`: blocks along the rows; `steps`: of the whole depth; `stepsPerSplit`: of a workgroup; `firstSplit`: number of
 * the first part of the depth, where other dispatches make other parts.
 */
export const GEMM_UNIFORMS = {
  rows: 'u32',
  depth: 'u32',
  rowTiles: 'u32',
  steps: 'u32',
  stepsPerSplit: 'u32',
  firstSplit: 'u32',
} as const;

export function gemmProgram(kernel: GemmKernel): ComputeProgram {
  const { label, core, left, right, sink } = kernel;
  const memories = tileMemories(kernel);
  return {
    label,
    directives: core.directives,
    attributes: core.attributes,
    buffers: [
      { name: 'left', element: left.element, access: 'read' },
      { name: 'right', element: right.element, access: 'read' },
      ...sink.buffers,
    ],
    uniforms: GEMM_UNIFORMS,
    workgroupSize: core.threads,
    body: `${tileDeclaration(memories.left)}
${tileDeclaration(memories.right)}
var<private> ${SPLIT}: u32;
${core.declarations(memories)}
${left.wgsl}
${right.wgsl}
${sink.wgsl}
${runFunction(kernel, memories)}`,
  };
}

type Layout = Pick<Operand, 'side' | 'contiguous'>;

/** What the memory of a kernel depends on. */
export type KernelShape = Pick<GemmKernel, 'tile' | 'core'> & { left: Layout; right: Layout };

/** Bytes of workgroup memory. */
export function workgroupBytes({ tile, core, left, right }: KernelShape): number {
  const memories = tileMemories({ tile, core, left, right });
  return tileBytes(memories.left) + tileBytes(memories.right) + core.scratchBytes;
}

function tileMemories({ tile, core, left, right }: KernelShape): TileMemories {
  const { number, vector } = core;
  const memory = (operand: Layout, outer: number): TileMemory => {
    const { side, contiguous } = operand;
    return { side, contiguous, outer, depth: tile.depth, number, vector };
  };
  return { left: memory(left, tile.rows), right: memory(right, tile.columns) };
}

/** Why columns run fastest: workgroups that start together then share rows of the left operand, the larger one. */
function runFunction(kernel: GemmKernel, memories: TileMemories): string {
  const { tile, core, columns } = kernel;
  const columnTiles = Math.ceil(columns / tile.columns);
  const loaders = [loader(kernel, kernel.left, memories.left), loader(kernel, kernel.right, memories.right)];
  const all = (part: keyof Loader) => loaders.map((each) => each[part]).join('\n    ');
  const load = (step: string) => `{ let depth = ${step} * ${tile.depth}; ${all('load')} }`;
  return `fn run(group: u32, local: u32) {
  let tile = group / ${columnTiles};
  let part = tile / uniforms.rowTiles;
  ${SPLIT} = part;
  let firstRow = tile % uniforms.rowTiles * ${tile.rows};
  let firstColumn = group % ${columnTiles} * ${tile.columns};
  let firstStep = part * uniforms.stepsPerSplit;
  let endStep = min(firstStep + uniforms.stepsPerSplit, uniforms.steps);
  ${core.setup}
  ${all('setup')}
  ${tile.prefetch ? load('firstStep') : ''}
  for (var step = firstStep; step < endStep; step++) {
    ${tile.prefetch ? '' : load('step')}
    workgroupBarrier();
    ${all('store')}
    workgroupBarrier();
    ${tile.prefetch ? load('(step + 1)') : ''}
    ${core.multiply(memories)}
  }
${core.results}
}`;
}

/** WGSL that brings one operand's blocks to workgroup memory. */
type Loader = { setup: string; load: string; store: string };

function loader({ core }: GemmKernel, operand: Operand, memory: TileMemory): Loader {
  const { side, contiguous, sharedDepth, width } = operand;
  const shared = contiguous === 'depth' && sharedDepth > 0 && sharedDepth % memory.depth === 0;
  const alongLine = (contiguous === 'depth' ? memory.depth : memory.outer) / width;
  const runs = (memory.outer * memory.depth) / width;
  const shares = Array.from({ length: Math.ceil(runs / core.threads) }, (_, i) => ({ i, first: i * core.threads }));
  const names = (i: number) => ({ line: `${side}Line${i}`, inLine: `${side}InLine${i}`, value: `${side}Value${i}` });
  return {
    setup: shares.map(({ i, first }) => shareSetup(operand, { i, first, alongLine, ...names(i) })).join('\n  '),
    load: [
      ...(shared ? [`let ${side}Place = ${side}Depth(depth);`] : []),
      ...shares.map(({ i }) => shareLoad(operand, shared, { i, ...names(i) })),
    ].join('\n    '),
    store: shares
      .map(({ i, first }) => {
        const store = storeRun(memory, names(i), { width, value: names(i).value });
        return first + core.threads <= runs ? store : `if (local < ${runs - first}) { ${store} }`;
      })
      .join('\n    '),
  };
}

/** The names of one run that an invocation loads at every step. */
type Share = { i: number; line: string; inLine: string; value: string };

function shareSetup(
  { side, contiguous, width }: Operand,
  { i, line, inLine, value, first, alongLine }: Share & { first: number; alongLine: number },
): string {
  const firstOuter = side === 'left' ? 'firstRow' : 'firstColumn';
  return `let ${line} = (local + ${first}) / ${alongLine};
  let ${inLine} = (local + ${first}) % ${alongLine} * ${width};
  let ${outerName(side, i)} = ${side}Outer(${firstOuter} + ${contiguous === 'depth' ? line : inLine});
  var ${value} = ${runType(width)}();`;
}

function shareLoad({ side, contiguous, width }: Operand, shared: boolean, { i, line, inLine, value }: Share): string {
  const outer = outerName(side, i);
  const read = runFunctionName(side, width);
  if (shared) return `${value} = ${read}(${outer}, ${side}Place, ${inLine});`;
  return `${value} = ${read}(${outer}, ${side}Depth(depth + ${contiguous === 'depth' ? inLine : line}), 0);`;
}

/** Of type `LeftOuter` or `RightOuter`. */
function outerName(side: Side, i: number): string {
  return `this${typePrefix(side)}Outer${i}`;
}
