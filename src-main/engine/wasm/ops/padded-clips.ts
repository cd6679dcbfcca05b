import { product3, type Axes3, type ConvGeometry } from '../kernels/conv-geometry.ts';
import { pad } from '../kernels/pad.ts';
import type { Runtime } from '../runtime.ts';

/** A convolution whose input is spread first: `spread` places from one value to the next. */
export type Spread = { spread?: Axes3 };

/** Clips at `x`, wanted with extents `padded` and `channels` channels. */
type Padding = { x: number; padded: Axes3; channels?: number };

/** Runs `use` with x padded, or with x itself where nothing is missing. */
export function withPadded(
  runtime: Runtime,
  g: ConvGeometry & Spread,
  { x, padded, channels = g.c }: Padding,
  use: (x: number) => void,
): void {
  const spread = g.spread ?? [1, 1, 1];
  const fits = [0, 1, 2].every((i) => g.front[i] === 0 && padded[i] === g.input[i] && spread[i] === 1);
  if (fits && channels === g.c) return use(x);
  runtime.withScratch(g.n * product3(padded) * channels * 4, (y) => {
    const rows = g.n * padded[0] * padded[1];
    const params = { c: g.c, channels, input: g.input, padded, front: g.front, spread };
    runtime.run(pad, params, { rows, chunkRows: runtime.evenChunks(rows), args: [x, y] });
    use(y);
  });
}

/** Channels in and out of a filter. */
export type FilterChannels = { c: number; o: number };

/** Copies a filter [27,c,o] into one of more or fewer channels; more are zeros. */
export function resizeFilter(
  runtime: Runtime,
  { from, to }: { from: FilterChannels; to: FilterChannels },
  addresses: { from: number; to: number },
): void {
  const params = {
    ...{ c: from.o, channels: to.o, input: [1, 1, from.c], padded: [1, 1, to.c] },
    ...{ front: [0, 0, 0], spread: [1, 1, 1] },
  };
  const args = [addresses.from, addresses.to];
  runtime.run(pad, params, { rows: FILTER_TAPS, chunkRows: FILTER_TAPS, args });
}

const FILTER_TAPS = 27;
