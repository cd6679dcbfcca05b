import { product3, type Axes3, type ConvGeometry } from '../kernels/conv-geometry.ts';
import { pad } from '../kernels/pad.ts';
import type { Runtime } from '../runtime.ts';

/** Runs `use` with x [n,t,h,w,c] padded to the extents `padded`, or with x itself where nothing is missing. */
export function withPadded(
  runtime: Runtime,
  g: ConvGeometry,
  { x, padded }: { x: number; padded: Axes3 },
  use: (x: number) => void,
): void {
  const fits = [0, 1, 2].every((i) => g.front[i] === 0 && padded[i] === g.input[i]);
  if (fits) use(x);
  else withCopy(runtime, g, { x, padded, channels: g.c }, use);
}

/** Runs `use` with x filled up with zeros to `channels` channels. */
export function withChannels(
  runtime: Runtime,
  g: ConvGeometry,
  { x, channels }: { x: number; channels: number },
  use: (x: number) => void,
): void {
  if (channels === g.c) use(x);
  else withCopy(runtime, { ...g, front: [0, 0, 0] }, { x, padded: g.input, channels }, use);
}

function withCopy(
  runtime: Runtime,
  g: ConvGeometry,
  { x, padded, channels }: { x: number; padded: Axes3; channels: number },
  use: (x: number) => void,
): void {
  runtime.withScratch(g.n * product3(padded) * channels * 4, (y) => {
    const rows = g.n * padded[0] * padded[1];
    const params = { c: g.c, channels, input: g.input, padded, front: g.front };
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
    front: [0, 0, 0],
  };
  const args = [addresses.from, addresses.to];
  runtime.run(pad, params, { rows: FILTER_TAPS, chunkRows: FILTER_TAPS, args });
}

const FILTER_TAPS = 27;
