import { resultScalars, type MatrixOps } from './matrix-ops.ts';
import type { TileCore, TileMemories } from './tile-core.ts';
import type { MatrixTile } from './tile.ts';
import { elementIndex } from './tile-memory.ts';

/** Matrices of one subgroup, in rows and columns of them. */
type Grid = { rows: number; columns: number };

/** Products by matrices: every subgroup holds a grid of results and goes through the depth one matrix at a time. */
export function matrixCore(tile: MatrixTile, ops: MatrixOps): TileCore {
  const [groupRows, groupColumns] = tile.subgroups;
  const { m, n } = ops.shape;
  const grid = { rows: tile.rows / groupRows / m, columns: tile.columns / groupColumns / n };
  const subgroups = groupRows * groupColumns;
  const scalars = subgroups * resultScalars(ops.shape);
  return {
    threads: subgroups * ops.subgroupSize,
    number: ops.number,
    vector: tile.vector,
    directives: ops.directives,
    attributes: ops.attributes,
    declarations: (memories) => `var<private> lane: u32;
var<private> subgroup: u32;
var<workgroup> resultTile: array<f32, ${scalars}>;
${ops.declarations(memories, subgroups)}`,
    scratchBytes: 4 * scalars + ops.scratchBytes(subgroups),
    setup: `
  lane = local % ${ops.subgroupSize};
  subgroup = local / ${ops.subgroupSize};
  let subgroupRow = subgroup / ${groupColumns} * ${grid.rows * m};
  let subgroupColumn = subgroup % ${groupColumns} * ${grid.columns * n};
  ${cells(grid, (name) => ops.declareResult(name)).join('\n  ')}`,
    multiply: (memories) => multiply(tile, ops, grid, memories),
    results: cells(grid, (name, row, column) => result(ops, name, { row: row * m, column: column * n })).join('\n'),
  };
}

function multiply(tile: MatrixTile, ops: MatrixOps, grid: Grid, { left, right }: TileMemories): string {
  const { m, n, k } = ops.shape;
  const steps = range(tile.depth / k).map((step) => {
    const depth = `${step * k}`;
    const leftIndex = (row: number) => elementIndex(left, `subgroupRow + ${row * m}`, depth);
    const rightIndex = (column: number) => elementIndex(right, `subgroupColumn + ${column * n}`, depth);
    return [
      ...range(grid.rows).map((row) => `let left${row} = ${ops.load(left, leftIndex(row))};`),
      ...range(grid.columns).map((column) => `let right${column} = ${ops.load(right, rightIndex(column))};`),
      ...cells(grid, (name, row, column) =>
        ops.multiplyAccumulate({ result: name, left: `left${row}`, right: `right${column}` }),
      ),
    ].join('\n      ');
  });
  return steps.map((statements) => `{\n      ${statements}\n    }`).join('\n    ');
}

/** One matrix of every subgroup goes through workgroup memory at a time, so that borders are tested in one place. */
function result(
  { shape: { m, n }, subgroupSize, store }: MatrixOps,
  name: string,
  at: Record<'row' | 'column', number>,
) {
  return `  workgroupBarrier();
  ${store(name)}
  workgroupBarrier();
  for (var four = lane; four < ${(m * n) / 4}; four += ${subgroupSize}) {
    let at = subgroup * ${m * n} + four * 4;
    let row = firstRow + subgroupRow + ${at.row} + four / ${n / 4};
    let column = firstColumn + subgroupColumn + ${at.column} + four % ${n / 4} * 4;
    writeResult(row, column, vec4(resultTile[at], resultTile[at + 1], resultTile[at + 2], resultTile[at + 3]));
  }`;
}

function cells(grid: Grid, text: (name: string, row: number, column: number) => string): string[] {
  return range(grid.rows).flatMap((row) =>
    range(grid.columns).map((column) => text(`sum${row}x${column}`, row, column)),
  );
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
