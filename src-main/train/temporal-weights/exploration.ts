/**
 * The exploration of a video: evenly spaced positions, first and last among them, each visited once
 * (algorithms.md 1.3d).
 */

/** The positions to visit: floor((N - 1) j / (X - 1)) for j = 0..X-1, all N where there are fewer; the middle for X = 1. */
export function explorationCells(cells: number, visits: number): number[] {
  if (visits === 1) return [Math.floor((cells - 1) / 2)];
  const spaced = Array.from({ length: visits }, (_, j) => Math.floor(((cells - 1) * j) / (visits - 1)));
  return [...new Set(spaced)];
}

/** How far a visit's score reaches, so that no position between two visits is left out. */
export function explorationRadius(cells: number, visits: number): number {
  if (visits === 1) return cells;
  return Math.ceil(Math.max(0, cells - visits) / (visits - 1) / 2);
}
