import type { Band } from './clip-paths.ts';

/** Room beside the tracks, pixels. */
export const TRACKS = { gutter: 108, margin: 14, classRow: 16, face: 44 };

/** Where each track of the timeline lies, from the top, in pixels. */
export type TrackLayout = { faces: number; weights: Band; alone: Band; classes: Band[]; axis: number; height: number };

export function trackLayout(classes: number): TrackLayout {
  const faces = 6;
  const weights = { top: faces + TRACKS.face + 18, bottom: faces + TRACKS.face + 84 };
  const alone = { top: weights.bottom + 5, bottom: weights.bottom + 21 };
  const rows = Array.from({ length: classes }, (_, k) => {
    const bottom = alone.bottom + 6 + (k + 1) * TRACKS.classRow;
    return { top: bottom - TRACKS.classRow + 3, bottom };
  });
  const axis = (rows.at(-1)?.bottom ?? alone.bottom) + 4;
  return { faces, weights, alone, classes: rows, axis, height: axis + 24 };
}
