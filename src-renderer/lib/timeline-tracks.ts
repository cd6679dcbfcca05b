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
