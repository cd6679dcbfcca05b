/**
 * How one workgroup computes a block of the product C [rows, columns] = left [rows, depth] · right [depth, columns]: it
 * walks along the depth in steps of `depth`, brings both operands' blocks to workgroup memory and multiplies them.
 */

type Block = {
  rows: number;
  columns: number;
  depth: number;
  /** Loads of the next step are issued before this step's products. */
  prefetch: boolean;
};

/** Products by matrices that a subgroup holds together; `subgroups` share the block in rows and columns of subgroups. */
export type MatrixTile = Block & {
  kind: 'matrix';
  subgroups: readonly [number, number];
  /** Scalars in an element of workgroup memory: that of the matrix operations. */
  vector: 1 | 4;
};

/** Products in registers: every invocation holds `rowsPerThread` rows of four columns. */
export type RegisterTile = Block & { kind: 'registers'; rowsPerThread: 4 | 8 };

export type Tile = MatrixTile | RegisterTile;

/** A short name for tables and caches: "128x64x32 2x4". */
export function describeTile(tile: Tile): string {
  const { rows, columns, depth, prefetch } = tile;
  const division = tile.kind === 'matrix' ? `${tile.subgroups.join('x')}v${tile.vector}` : `r${tile.rowsPerThread}`;
  return `${rows}x${columns}x${depth} ${division}${prefetch ? ' prefetch' : ''}`;
}
