import type { Band } from './clip-paths.ts';

/** Room beside the tracks, pixels. */
export const TRACKS = { gutter: 108, margin: 14, face: 44 };

/** Where each track of the timeline lies, from the top, in pixels. */
export type TrackLayout = { faces: number; weights: Band; alone: Band; classes: Band[]; axis: number; height: number };

/** @param roomy - for a high window: taller tracks */
export function trackLayout(classes: number, roomy = false): TrackLayout {
  const [classRow, weightsHeight] = roomy ? [24, 110] : [16, 66];
  const faces = 6;
  const weights = { top: faces + TRACKS.face + 18, bottom: faces + TRACKS.face + 18 + weightsHeight };
  const alone = { top: weights.bottom + 5, bottom: weights.bottom + 21 };
  const rows = Array.from({ length: classes }, (_, k) => {
    const bottom = alone.bottom + 6 + (k + 1) * classRow;
    return { top: bottom - classRow + 3, bottom };
  });
  const axis = (rows.at(-1)?.bottom ?? alone.bottom) + 4;
  return { faces, weights, alone, classes: rows, axis, height: axis + 24 };
}

/** Width of "labelled moment" on the timeline, and the room that it leaves beside what it stands next to; pixels. */
const LABEL = { width: 104, room: 6 };

/**
 * Where the label of a moment begins, in pixels: in its band where there is room, else beside it, and never below `mark`.
 */
export function bandLabel(band: { left: number; right: number }, end: number, mark: number | null): number {
  const { width, room } = LABEL;
  const inside = [band.right - room - width, band.left + room];
  const beside = [band.right + room, band.left - room - width];
  const fits = band.right - band.left >= width + 2 * room ? [...inside, ...beside] : beside;
  const isFree = (x: number) => mark === null || mark < x - 2 * room || mark > x + width + 2 * room;
  return fits.find((x) => isFree(x) && x + width <= end) ?? fits[0]!;
}
