/** A point of a surface in face units (see HeadShape). */
export type Point = [number, number, number];

/** A surface sampled on rows × columns; `positions` and `normals` hold x, y, z per vertex. */
export type SurfaceGrid = {
  rows: number;
  columns: number;
  positions: Float32Array;
  /** Three vertices a triangle, wound so that those facing the camera have positive area on the picture. */
  triangles: Uint16Array;
};

/** Samples `pointAt(v, s)`, v in [0, 1] from top to bottom and s in [-1, 1] from the picture's left to its right. */
export function sampleSurface(rows: number, columns: number, pointAt: (v: number, s: number) => Point): SurfaceGrid {
  const positions = new Float32Array(rows * columns * 3);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      positions.set(pointAt(row / (rows - 1), (2 * column) / (columns - 1) - 1), (row * columns + column) * 3);
  return { rows, columns, positions, triangles: gridTriangles(rows, columns) };
}

function gridTriangles(rows: number, columns: number): Uint16Array {
  const triangles = new Uint16Array((rows - 1) * (columns - 1) * 6);
  let at = 0;
  for (let row = 0; row < rows - 1; row++)
    for (let column = 0; column < columns - 1; column++) {
      const a = row * columns + column;
      const below = a + columns;
      triangles.set([a, a + 1, below, a + 1, below + 1, below], at);
      at += 6;
    }
  return triangles;
}

/** Normals (not of unit length) of a grid whose vertices are `positions`, from central differences. */
export function gridNormals(grid: SurfaceGrid, positions: Float32Array, normals: Float32Array): void {
  const { rows, columns } = grid;
  for (let row = 0; row < rows; row++) {
    const up = Math.max(0, row - 1) * columns;
    const down = Math.min(rows - 1, row + 1) * columns;
    for (let column = 0; column < columns; column++) {
      const left = 3 * (row * columns + Math.max(0, column - 1));
      const right = 3 * (row * columns + Math.min(columns - 1, column + 1));
      const above = 3 * (up + column);
      const below = 3 * (down + column);
      const ax = positions[right]! - positions[left]!;
      const ay = positions[right + 1]! - positions[left + 1]!;
      const az = positions[right + 2]! - positions[left + 2]!;
      const bx = positions[below]! - positions[above]!;
      const by = positions[below + 1]! - positions[above + 1]!;
      const bz = positions[below + 2]! - positions[above + 2]!;
      const at = 3 * (row * columns + column);
      normals[at] = ay * bz - az * by;
      normals[at + 1] = az * bx - ax * bz;
      normals[at + 2] = ax * by - ay * bx;
    }
  }
}
