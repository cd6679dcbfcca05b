/**
 * Products in f32 registers, for devices without matrix units and for `precision: float32`. Every invocation holds
 * `rowsPerThread` rows of four columns and takes four steps of the depth at a time.
 */
import type { TileCore, TileMemories } from './tile-core.ts';
import type { RegisterTile } from './tile.ts';
import { elementIndex, type TileMemory } from './tile-memory.ts';

const COLUMNS = 4;
const PARTS = ['x', 'y', 'z', 'w'];

export function registerCore(tile: RegisterTile): TileCore {
  const { rowsPerThread } = tile;
  const acrossThreads = tile.columns / COLUMNS;
  return {
    threads: (tile.rows / rowsPerThread) * acrossThreads,
    number: 'f32',
    vector: 4,
    directives: '',
    attributes: '',
    declarations: () => '',
    scratchBytes: 0,
    setup: `
  let threadRow = local / ${acrossThreads} * ${rowsPerThread};
  let threadColumn = local % ${acrossThreads} * ${COLUMNS};
  ${range(rowsPerThread)
    .map((row) => `var sum${row} = vec4<f32>();`)
    .join(' ')}`,
    multiply: (memories) => multiply(tile, memories),
    results: range(rowsPerThread)
      .map((row) => `  writeResult(firstRow + threadRow + ${row}, firstColumn + threadColumn, sum${row});`)
      .join('\n'),
  };
}

function multiply({ depth, rowsPerThread }: RegisterTile, { left, right }: TileMemories): string {
  const products = range(4).flatMap((step) =>
    range(rowsPerThread).map(
      (row) => `sum${row} = fma(vec4(${scalar(left, row, step)}), ${fourColumns(right, step)}, sum${row});`,
    ),
  );
  return `for (var depth = 0u; depth < ${depth}; depth += 4) {
      ${loads(left, 'threadRow', rowsPerThread).join('\n      ')}
      ${loads(right, 'threadColumn', COLUMNS).join('\n      ')}
      ${products.join('\n      ')}
    }`;
}

/** Declares `left0…` or `right0…`: fours along the depth, one for each row, or fours of rows, four for each four rows. */
function loads(memory: TileMemory, first: string, outers: number): string[] {
  const at = (outer: number, depth: number) => elementIndex(memory, `${first} + ${outer}`, `depth + ${depth}`);
  const { side } = memory;
  if (memory.contiguous === 'depth')
    return range(outers).map((outer) => `let ${side}${outer} = ${side}Tile[${at(outer, 0)}];`);
  return range(outers).map((i) => `let ${side}${i} = ${side}Tile[${at(i - (i % 4), i % 4)}];`);
}

/** The scalar (outer, step) of what {@link loads} declares. */
function scalar({ side, contiguous }: TileMemory, outer: number, step: number): string {
  return contiguous === 'depth'
    ? `${side}${outer}.${PARTS[step]}`
    : `${side}${outer - (outer % 4) + step}.${PARTS[outer % 4]}`;
}

function fourColumns(right: TileMemory, step: number): string {
  if (right.contiguous === 'outer') return `right${step}`;
  return `vec4(${range(COLUMNS)
    .map((column) => scalar(right, column, step))
    .join(', ')})`;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
