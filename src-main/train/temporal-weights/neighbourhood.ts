import type { ClipPositions } from '../../data/clip-positions.ts';
import type { Neighbour } from './score-table.ts';

/**
 * Positions whose clips overlap that of `centre`, each with the share of frames in common, (L - d) / L at a distance
 * of d frames (algorithms.md 1.3c). Never across runs.
 */
export function overlapping(positions: ClipPositions, centre: number): Neighbour[] {
  const { starts, clipFrames } = positions;
  const share = (cell: number) => (clipFrames - Math.abs(starts[cell]! - starts[centre]!)) / clipFrames;
  return around(positions, centre, (cell) => share(cell) > 0).map((cell) => ({ cell, share: share(cell) }));
}

/** Positions at most `radius` away, which take the whole score (algorithms.md 1.3d). Never across runs. */
export function withinRadius(positions: ClipPositions, centre: number, radius: number): Neighbour[] {
  return around(positions, centre, (cell) => Math.abs(cell - centre) <= radius).map((cell) => ({ cell, share: 1 }));
}

/** The stretch of positions around `centre`, in its run, that satisfy `near`. */
function around({ starts, runOf }: ClipPositions, centre: number, near: (cell: number) => boolean): number[] {
  const belongs = (cell: number) => cell >= 0 && cell < starts.length && runOf[cell] === runOf[centre] && near(cell);
  let first = centre;
  while (belongs(first - 1)) first--;
  let last = centre;
  while (belongs(last + 1)) last++;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
