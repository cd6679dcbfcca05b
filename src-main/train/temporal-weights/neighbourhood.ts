import type { ClipPositions } from '../../data/clip-positions.ts';
import type { Neighbour } from './score-table.ts';

/** How much of a score a clip takes that starts `distance` < L frames away from the scored one of L frames: 1 at 0. */
export type OverlapKernel = (distance: number, clipFrames: number) => number;

/** Share of frames in common, (L - d) / L (algorithms.md 1.3c). */
export const sharedFrames: OverlapKernel = (distance, clipFrames) => (clipFrames - distance) / clipFrames;

/** Intersection over union in time, (L - d) / (L + d) (algorithms.md 4.5). */
export const temporalIoU: OverlapKernel = (distance, clipFrames) => (clipFrames - distance) / (clipFrames + distance);

/** Positions whose clips overlap that of `centre`, each with what the kernel gives it. Never across runs. */
export function overlapping(
  positions: ClipPositions,
  centre: number,
  kernel: OverlapKernel = sharedFrames,
): Neighbour[] {
  const { starts, clipFrames } = positions;
  const distance = (cell: number) => Math.abs(starts[cell]! - starts[centre]!);
  const cells = around(positions, centre, (cell) => distance(cell) < clipFrames);
  return cells.map((cell) => ({ cell, share: kernel(distance(cell), clipFrames) }));
}

/**
 * The positions that overlap any of `centres`, each once, as a neighbour of the one that it overlaps most.
 * @returns neighbours of each centre, in the order of `centres`
 */
export function nearestOverlapping(
  positions: ClipPositions,
  centres: readonly number[],
  kernel: OverlapKernel,
): Neighbour[][] {
  const reached = centres.map((centre) => overlapping(positions, centre, kernel));
  const best = new Map<number, { share: number; index: number }>();
  reached.forEach((neighbours, index) => {
    for (const { cell, share } of neighbours)
      if (share > (best.get(cell)?.share ?? 0)) best.set(cell, { share, index });
  });
  return reached.map((neighbours, index) => neighbours.filter(({ cell }) => best.get(cell)?.index === index));
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
