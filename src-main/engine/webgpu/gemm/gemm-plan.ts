import { matrixCore } from './matrix-core.ts';
import type { MatrixOps } from './matrix-ops.ts';
import { registerCore } from './register-core.ts';
import type { TileCore } from './tile-core.ts';
import type { Tile } from './tile.ts';

/** A tile and into how many parts the depth is split. */
export type GemmChoice = { tile: Tile; splits: number };

/** How one product is dispatched. */
export type GemmPlan = GemmChoice & {
  rowTiles: number;
  columnTiles: number;
  /** Steps along the whole depth, and of one workgroup. */
  steps: number;
  stepsPerSplit: number;
  workgroups: number;
};

export type GemmExtents = { rows: number; depth: number; columns: number };

/** Fills in what follows from a choice; `splits` becomes the number of parts that have work, at least one. */
export function gemmPlan({ rows, depth, columns }: GemmExtents, { tile, splits }: GemmChoice): GemmPlan {
  const rowTiles = Math.ceil(rows / tile.rows);
  const columnTiles = Math.ceil(columns / tile.columns);
  const steps = Math.ceil(depth / tile.depth);
  const stepsPerSplit = Math.max(1, Math.ceil(steps / splits));
  const working = Math.max(1, Math.ceil(steps / stepsPerSplit));
  const workgroups = rowTiles * columnTiles * working;
  return { tile, splits: working, rowTiles, columnTiles, steps, stepsPerSplit, workgroups };
}

/** The inner part of the kernel for a tile. */
export function coreOf(tile: Tile, matrix: MatrixOps | null): TileCore {
  if (tile.kind === 'registers') return registerCore(tile);
  if (matrix === null) throw new Error('A tile of matrices needs matrix operations.');
  return matrixCore(tile, matrix);
}
