import type { MatrixOps } from '../gemm/matrix-ops.ts';
import type { MatrixTile, RegisterTile, Tile } from '../gemm/tile.ts';

/**
 * Rows and columns of a block, and of the subgroups that share it. On an H100 the fastest were the first three, whose
 * subgroups make 64 x 64 each.
 */
const MATRIX_BLOCKS: readonly (readonly [rows: number, columns: number, subgroups: readonly [number, number]])[] = [
  [256, 128, [4, 2]],
  [128, 256, [2, 4]],
  [128, 128, [2, 2]],
  [256, 64, [4, 2]],
  [128, 64, [2, 2]],
  [64, 128, [2, 2]],
  [64, 64, [2, 2]],
  [128, 32, [4, 1]],
  [64, 32, [2, 1]],
  [32, 64, [1, 2]],
  [32, 32, [2, 1]],
  [128, 16, [4, 1]],
  [64, 16, [2, 1]],
  [32, 16, [2, 1]],
  [16, 64, [1, 2]],
  [16, 16, [1, 1]],
];

/** Deeper steps take more than 48 KiB with the largest blocks; shallower ones serve devices with little memory. */
const MATRIX_DEPTHS = [32, 16];

/** Rows, columns, rows of an invocation. The first was measured on an H100. */
const REGISTER_BLOCKS: readonly (readonly [number, number, RegisterTile['rowsPerThread']])[] = [
  [128, 64, 8],
  [64, 64, 4],
  [128, 32, 8],
  [64, 32, 4],
  [32, 64, 4],
  [128, 16, 8],
  [32, 32, 4],
  [64, 16, 4],
  [16, 64, 4],
];

const REGISTER_DEPTH = 16;

/** Every tile that these matrices divide; null gives tiles of registers. */
export function tileCandidates(matrix: Pick<MatrixOps, 'shape' | 'vector'> | null): Tile[] {
  return matrix === null
    ? REGISTER_BLOCKS.map(registerTile)
    : MATRIX_DEPTHS.flatMap((depth) => matrixTiles(matrix, depth));
}

/** The same tile with what a GPU alone can judge: loads ahead of the products, which matrices were measured to want. */
export function variantsOf(tile: Tile): Tile[] {
  return tile.kind === 'matrix' ? [tile] : [false, true].map((prefetch) => ({ ...tile, prefetch }));
}

function registerTile([rows, columns, rowsPerThread]: (typeof REGISTER_BLOCKS)[number]): RegisterTile {
  return { kind: 'registers', rows, columns, depth: REGISTER_DEPTH, rowsPerThread, prefetch: false };
}

function matrixTiles({ shape: { m, n, k }, vector }: Pick<MatrixOps, 'shape' | 'vector'>, depth: number): MatrixTile[] {
  return MATRIX_BLOCKS.flatMap(([rows, columns, subgroups]) => {
    const fits = rows % (subgroups[0] * m) === 0 && columns % (subgroups[1] * n) === 0 && depth % k === 0;
    return fits ? [{ kind: 'matrix', rows, columns, depth, subgroups, vector, prefetch: true }] : [];
  });
}
