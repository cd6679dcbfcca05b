import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type I32, type I32Local, type V128Local } from '../assembler/values.ts';
import { forChannelGroups } from './channels.ts';

/** Channels that one group of sums covers: their registers suffice for two sums and a constant. */
const GROUP = 16;

/** Frames of [places,c]. `relu`: a ReLU follows. */
export type FrameNormParams = { places: number; c: number; relu: boolean };

/**
 * y = (x - mean) inverse scale + offset for each channel of a frame, then ReLU, where inverse is 1/sqrt(variance +
 * epsilon). Items: frames. Args: x, scale [c], offset [c], y, mean [frames,c], inverse [frames,c].
 */
export function frameNorm(k: KernelBuilder, { places, c, relu, epsilon }: FrameNormParams & { epsilon: number }): void {
  const value = k.v128();
  k.forRange(k.from, k.to, (frame) => {
    const [x, y] = addresses(k, [0, 3], frame.mul(places * c * 4));
    const [mean, inverse] = addresses(k, [4, 5], frame.mul(c * 4));
    const [scale, offset] = addresses(k, [1, 2]);
    const channels = (floats: number) => {
      const lanes = lanesOf(floats);
      const moments = momentsOf(k, x!, { places, c, vectors: lanes.length, epsilon });
      const slopes = lanes.map((count, v) => {
        const [center, inverseSigma] = [moments.mean[v]!, moments.inverse[v]!];
        k.storeLanes(mean!, center, count, v * 16);
        k.storeLanes(inverse!, inverseSigma, count, v * 16);
        return k.v128(inverseSigma.mul(scale!.load(v * 16)));
      });
      const shifts = lanes.map((_, v) => k.v128(offset!.load(v * 16)));
      forPlaces(k, [x!, y!], { places, c }, ([from, to]) =>
        lanes.forEach((count, v) => {
          value.set(k.multiplyAdd(from!.load(v * 16).sub(moments.mean[v]!), slopes[v]!, shifts[v]!));
          if (relu) value.set(value.max(k.zero));
          k.storeLanes(to!, value, count, v * 16);
        }),
      );
    };
    forChannelGroups(k, { channels: c, width: GROUP }, channels, (bytes) =>
      [x, y, mean, inverse, scale, offset].forEach((address) => address!.advance(bytes)),
    );
  });
}

/**
 * Mean and 1/sqrt(variance + epsilon) of a group of channels of a frame, from sums of differences to the first pixel:
 * as that is one of the values, the square of its distance to the mean is at most `places` variances.
 */
function momentsOf(
  k: KernelBuilder,
  x: I32Local,
  { places, c, vectors, epsilon }: { places: number; c: number; vectors: number; epsilon: number },
): { mean: V128Local[]; inverse: V128Local[] } {
  const [pivots, sums, squares] = [k.vectors(vectors), k.vectors(vectors), k.vectors(vectors)];
  const difference = k.v128();
  pivots.forEach((pivot, v) => pivot.set(x.load(v * 16)));
  [...sums, ...squares].forEach((sum) => sum.set(k.zero));
  forPlaces(k, [x], { places, c }, ([from]) =>
    pivots.forEach((pivot, v) => {
      difference.set(from!.load(v * 16).sub(pivot));
      sums[v]!.set(sums[v]!.add(difference));
      squares[v]!.set(k.multiplyAdd(difference, difference, squares[v]!));
    }),
  );
  const share = V128.of(1 / places);
  pivots.forEach((pivot, v) => {
    const [mean, inverse] = [sums[v]!, squares[v]!];
    mean.set(mean.mul(share));
    const variance = inverse.mul(share).sub(mean.mul(mean)).max(k.zero);
    inverse.set(V128.of(1).div(variance.add(V128.of(epsilon)).sqrt()));
    mean.set(mean.add(pivot));
  });
  return { mean: sums, inverse: squares };
}

/**
 * dx = scale inverse (dz - mean(dz) - x' mean(dz x')) with x' = (x - mean) inverse, where dz is dy, or dy behind a ReLU;
 * and for each frame what it adds to the gradients of scale and offset: the sums of dz x' and of dz. Items: frames.
 * Args: dy, x, y, scale [c], mean [frames,c], inverse [frames,c], dx, dscale [frames,c], doffset [frames,c].
 */
export function frameNormGradient(k: KernelBuilder, { places, c, relu }: FrameNormParams): void {
  const [dz, value] = [k.v128(), k.v128()];
  const setGradient = (dy: I32Local, y: I32Local, v: number) => {
    const gradient = dy.load(v * 16);
    dz.set(relu ? gradient.and(y.load(v * 16).greaterThan(k.zero)) : gradient);
  };
  k.forRange(k.from, k.to, (frame) => {
    const [dy, x, y, dx] = addresses(k, [0, 1, 2, 6], frame.mul(places * c * 4));
    const [mean, inverse, dscale, doffset] = addresses(k, [4, 5, 7, 8], frame.mul(c * 4));
    const [scale] = addresses(k, [3]);
    const channels = (floats: number) => {
      const lanes = lanesOf(floats);
      const means = lanes.map((_, v) => k.v128(mean!.load(v * 16)));
      const [sums, products] = [lanes.map(() => k.v128(k.zero)), lanes.map(() => k.v128(k.zero))];
      forPlaces(k, [dy!, x!, y!], { places, c }, ([gradientAt, xAt, yAt]) =>
        means.forEach((center, v) => {
          setGradient(gradientAt!, yAt!, v);
          sums[v]!.set(sums[v]!.add(dz));
          products[v]!.set(k.multiplyAdd(dz, xAt!.load(v * 16).sub(center), products[v]!));
        }),
      );
      const coefficients = lanes.map((count, v) => {
        const [sum, product, inverseSigma] = [sums[v]!, products[v]!, inverse!.load(v * 16)];
        product.set(product.mul(inverseSigma));
        k.storeLanes(dscale!, product, count, v * 16);
        k.storeLanes(doffset!, sum, count, v * 16);
        const slope = k.v128(scale!.load(v * 16).mul(inverseSigma));
        const share = slope.mul(V128.of(-1 / places));
        const ofInput = k.v128(share.mul(inverseSigma).mul(product));
        return { slope, ofInput, constant: k.v128(share.mul(sum).sub(ofInput.mul(means[v]!))) };
      });
      forPlaces(k, [dy!, x!, y!, dx!], { places, c }, ([gradientAt, xAt, yAt, to]) =>
        coefficients.forEach(({ slope, ofInput, constant }, v) => {
          setGradient(gradientAt!, yAt!, v);
          value.set(k.multiplyAdd(xAt!.load(v * 16), ofInput, constant));
          value.set(k.multiplyAdd(dz, slope, value));
          k.storeLanes(to!, value, lanes[v]!, v * 16);
        }),
      );
    };
    forChannelGroups(k, { channels: c, width: GROUP }, channels, (bytes) =>
      [dy, x, y, dx, mean, inverse, dscale, doffset, scale].forEach((address) => address!.advance(bytes)),
    );
  });
}

/** Floats of each vector over `floats` channels: four, or what is left in the last. */
function lanesOf(floats: number): number[] {
  return Array.from({ length: Math.ceil(floats / 4) }, (_, v) => Math.min(4, floats - v * 4));
}

/** Arguments of the kernel, `bytes` further on. */
function addresses(k: KernelBuilder, indices: readonly number[], bytes: number | I32 = 0): I32Local[] {
  return indices.map((index) => k.i32(k.arg(index).add(bytes)));
}

/** Runs the body at each pixel of a frame, with addresses that start where `blocks` are. */
function forPlaces(
  k: KernelBuilder,
  blocks: readonly I32Local[],
  { places, c }: { places: number; c: number },
  body: (at: I32Local[]) => void,
): void {
  const at = blocks.map((block) => k.i32(block));
  k.repeat(places, () => {
    body(at);
    at.forEach((address) => address.advance(c * 4));
  });
}
