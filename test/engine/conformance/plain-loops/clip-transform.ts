import { blank, type Values } from '../values.ts';

export type Scale = { fill: readonly number[]; mean: readonly number[]; deviation: readonly number[] };

/** Warp [n,2,3], colour [n,c,c+1] and normalisation of clips [n,t,h,w,c] in 0..1. */
export function clipTransformByLoops(clips: Values, warp: Values, colour: Values, scale: Scale): Values {
  const [n, t, h, w, c] = clips.shape as [number, number, number, number, number];
  const y = blank(clips.shape);
  for (let i = 0; i < n * t * h * w; i++) {
    const [clip, frame, row, column] = [
      Math.floor(i / (t * h * w)),
      Math.floor(i / (h * w)),
      Math.floor(i / w) % h,
      i % w,
    ];
    const place = [coordinate(column, w), coordinate(row, h), 1];
    const [x, z] = [0, 1].map((line) =>
      place.reduce((sum, value, k) => sum + value * warp.values[(clip * 2 + line) * 3 + k]!, 0),
    ) as [number, number];
    const at = { x: ((x + 1) * (w - 1)) / 2, y: ((z + 1) * (h - 1)) / 2 };
    const pixel = scale.fill.map((fill, k) =>
      bilinear(at, (column, row) => {
        const isInside = column >= 0 && column < w && row >= 0 && row < h;
        return isInside ? clips.values[((frame * h + row) * w + column) * c + k]! : fill;
      }),
    );
    for (let k = 0; k < c; k++) {
      const line = (clip * c + k) * (c + 1);
      const value = [...pixel, 1].reduce((sum, channel, j) => sum + channel * colour.values[line + j]!, 0);
      y.values[i * c + k] = (value - scale.mean[k]!) / scale.deviation[k]!;
    }
  }
  return y;
}

/** From -1 for the first pixel to 1 for the last. */
function coordinate(place: number, size: number): number {
  return size === 1 ? 0 : (2 * place) / (size - 1) - 1;
}

function bilinear({ x, y }: { x: number; y: number }, valueAt: (column: number, row: number) => number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const line = (at: number) => valueAt(column, at) * (column + 1 - x) + valueAt(column + 1, at) * (x - column);
  return line(row) * (row + 1 - y) + line(row + 1) * (y - row);
}
