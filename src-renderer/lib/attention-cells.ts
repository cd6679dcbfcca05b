/** How maps of attention are drawn over a face: a square for each place, and a mark where each hop looks most. */

/** A map of one frame. `weights` are those of all hops, one after another, each `rows` of `columns`. */
export type AttentionMap = { hops: number; rows: number; columns: number; weights: Float32Array };

/** In shares of the side of the face. `strength` 0 to 1. */
export type AttentionCell = { x: number; y: number; width: number; height: number; strength: number };

/** Centre of the heaviest place of a hop; hops count from 1. */
export type HopMark = { hop: number; x: number; y: number };

/** The mean of all hops: as strong as it exceeds even weights, the heaviest place of the frame being 1. */
export function attentionCells({ hops, rows, columns, weights }: AttentionMap): AttentionCell[] {
  const places = rows * columns;
  const means = Array.from({ length: places }, (_, place) => meanOver(hops, (hop) => weights[hop * places + place]!));
  const even = 1 / places;
  const most = Math.max(...means) - even;
  return means.map((mean, place) => ({
    x: (place % columns) / columns,
    y: Math.floor(place / columns) / rows,
    width: 1 / columns,
    height: 1 / rows,
    strength: most > 0 ? Math.max(0, mean - even) / most : 0,
  }));
}

export function hopMarks({ hops, rows, columns, weights }: AttentionMap): HopMark[] {
  const places = rows * columns;
  return Array.from({ length: hops }, (_, hop) => {
    const own = weights.subarray(hop * places, (hop + 1) * places);
    const place = own.reduce((best, weight, i) => (weight > own[best]! ? i : best), 0);
    return { hop: hop + 1, x: ((place % columns) + 0.5) / columns, y: (Math.floor(place / columns) + 0.5) / rows };
  });
}

function meanOver(count: number, value: (i: number) => number): number {
  return Array.from({ length: count }, (_, i) => value(i)).reduce((sum, one) => sum + one, 0) / count;
}
