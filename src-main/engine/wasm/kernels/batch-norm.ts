import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32, I32Local, V128Local } from '../assembler/values.ts';
import { forChannels } from './channels.ts';

/** Floats that one group of sums covers. */
const GROUP = 16;

/** Floats of a partial result: two sums for each channel, rounded up to groups. */
export function channelPairPitch(c: number): number {
  return 2 * Math.ceil(c / GROUP) * GROUP;
}

/** Rows of [rows,c]; `chunkRows` share a partial result of {@link channelPairPitch} floats. */
export type ChannelSumsParams = { c: number; chunkRows: number };

/**
 * Sums of x - pivot and of its square, for each channel; the pivot keeps the squares small. Items: rows. Args: input,
 * pivot [c], partial results.
 */
export function momentSums(k: KernelBuilder, params: ChannelSumsParams): void {
  const pivots = k.vectors(GROUP / 4);
  const difference = k.v128();
  pairSums(k, params, { blocks: [k.arg(0)], partials: k.arg(2) }, (column) => {
    pivots.forEach((pivot, v) =>
      pivot.set(
        k
          .arg(1)
          .add(column.mul(4))
          .load(v * 16),
      ),
    );
    return ([x], v, first, second) => {
      difference.set(x!.load(v * 16).sub(pivots[v]!));
      first.set(first.add(difference));
      second.set(k.multiplyAdd(difference, difference, second));
    };
  });
}

/**
 * Sums of dz and of dz (x - mean), where dz is dy, or dy behind a ReLU. Items: rows. Args: dy, x, y, mean [c], partial
 * results.
 */
export function gradientSums(k: KernelBuilder, { relu, ...params }: ChannelSumsParams & { relu: boolean }): void {
  const means = k.vectors(GROUP / 4);
  const dz = k.v128();
  pairSums(k, params, { blocks: k.args(3), partials: k.arg(4) }, (column) => {
    means.forEach((mean, v) =>
      mean.set(
        k
          .arg(3)
          .add(column.mul(4))
          .load(v * 16),
      ),
    );
    return ([dy, x, y], v, first, second) => {
      const gradient = dy!.load(v * 16);
      dz.set(relu ? gradient.and(y!.load(v * 16).greaterThan(k.zero)) : gradient);
      first.set(first.add(dz));
      second.set(k.multiplyAdd(dz, x!.load(v * 16).sub(means[v]!), second));
    };
  });
}

type AddVector = (places: I32Local[], v: number, first: V128Local, second: V128Local) => void;

/** The loop of both sums: groups of channels outside, rows inside. */
function pairSums(
  k: KernelBuilder,
  { c, chunkRows }: ChannelSumsParams,
  { blocks, partials }: { blocks: I32[]; partials: I32 },
  startGroup: (column: I32) => AddVector,
): void {
  const pitch = channelPairPitch(c);
  const partial = k.i32(partials.add(k.from.div(chunkRows).mul(pitch * 4)));
  const [first, second] = [k.vectors(GROUP / 4), k.vectors(GROUP / 4)];
  const places = blocks.map(() => k.i32());
  k.forRange(
    0,
    pitch / 2,
    (column) => {
      [...first, ...second].forEach((sum) => sum.set(k.zero));
      places.forEach((place, i) => place.set(blocks[i]!.add(k.from.mul(c).add(column).mul(4))));
      const add = startGroup(column);
      k.forRange(k.from, k.to, () => {
        first.forEach((sum, v) => add(places, v, sum, second[v]!));
        places.forEach((place) => place.advance(c * 4));
      });
      const to = k.i32(partial.add(column.mul(4)));
      first.forEach((sum, v) => k.store(to, sum, v * 16));
      second.forEach((sum, v) => k.store(to, sum, (pitch / 2 + v * 4) * 4));
    },
    GROUP,
  );
}

/** y = x slope + shift for each channel, then ReLU. Items: rows. Args: input, slope [c], shift [c], result. */
export function scaleChannels(k: KernelBuilder, { c, relu }: { c: number; relu: boolean }): void {
  const value = k.v128();
  const [x, y] = [k.i32(k.arg(0).add(k.from.mul(c * 4))), k.i32(k.arg(3).add(k.from.mul(c * 4)))];
  k.forRange(k.from, k.to, () => {
    const [slope, shift] = [k.i32(k.arg(1)), k.i32(k.arg(2))];
    forChannels(
      k,
      c,
      (vectors, lanes) => {
        for (let v = 0; v < vectors; v++) {
          value.set(k.multiplyAdd(x.load(v * 16), slope.load(v * 16), shift.load(v * 16)));
          if (relu) value.set(value.max(k.zero));
          k.storeLanes(y, value, lanes, v * 16);
        }
      },
      (bytes) => [x, y, slope, shift].forEach((address) => address.advance(bytes)),
    );
  });
}

/**
 * dx = ofGradient dz + ofInput x + constant, coefficients [3,c]. Items: rows. Args: dy, x, y, coefficients, dx.
 */
export function gradientOfInput(k: KernelBuilder, { c, relu }: { c: number; relu: boolean }): void {
  const [dz, value] = [k.v128(), k.v128()];
  const [dy, x, y, dx] = [k.arg(0), k.arg(1), k.arg(2), k.arg(4)].map((block) =>
    k.i32(block.add(k.from.mul(c * 4))),
  ) as [I32Local, I32Local, I32Local, I32Local];
  k.forRange(k.from, k.to, () => {
    const coefficients = k.i32(k.arg(3));
    forChannels(
      k,
      c,
      (vectors, lanes) => {
        for (let v = 0; v < vectors; v++) {
          const [ofGradient, ofInput, constant] = [0, 1, 2].map((i) => coefficients.load(i * c * 4 + v * 16));
          const gradient = dy.load(v * 16);
          dz.set(relu ? gradient.and(y.load(v * 16).greaterThan(k.zero)) : gradient);
          value.set(k.multiplyAdd(x.load(v * 16), ofInput!, constant!));
          value.set(k.multiplyAdd(dz, ofGradient!, value));
          k.storeLanes(dx, value, lanes, v * 16);
        }
      },
      (bytes) => [dy, x, y, dx, coefficients].forEach((address) => address.advance(bytes)),
    );
  });
}
