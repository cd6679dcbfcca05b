/**
 * Pooling of x [n,p,k] over the positions p (models/ops/temporal-softmax-pool.ts, temporal-weighted-sum.ts): the classes
 * are lanes.
 */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type I32, type I32Local, type V128Local } from '../assembler/values.ts';
import { forChannelGroups } from './channels.ts';
import { exponential } from './exponential.ts';

export type TemporalPoolParams = { positions: number; classes: number };
export type SoftmaxPoolParams = TemporalPoolParams & { gamma: number };

const LOWEST = -3.4028234663852886e38;

/** Sum of weight times x. Items: clips. Args: x, weights [n,p], result [n,k]. */
export function temporalWeightedSum(k: KernelBuilder, params: TemporalPoolParams): void {
  const [x, weights, y] = k.args(3) as [I32, I32, I32];
  const sum = k.v128();
  forClips(k, params, { perPosition: [x], perClip: [y], weights }, ({ from, to, weight, lanes }) => {
    sum.set(k.zero);
    forPositions(k, params, [from[0]!, weight], ([at, share]) =>
      sum.set(k.multiplyAdd(share!.loadSplat(), at!.load(), sum)),
    );
    k.storeLanes(to[0]!, sum, lanes);
  });
}

/** weight times dy. Items: clips. Args: dy [n,k], weights [n,p], gradient of x. */
export function temporalWeightedSumGradient(k: KernelBuilder, params: TemporalPoolParams): void {
  const [dy, weights, dx] = k.args(3) as [I32, I32, I32];
  const [gradient, value] = [k.v128(), k.v128()];
  forClips(k, params, { perPosition: [dx], perClip: [dy], weights }, ({ from, to, weight, lanes }) => {
    gradient.set(to[0]!.load());
    forPositions(k, params, [from[0]!, weight], ([at, share]) => {
      value.set(share!.loadSplat().mul(gradient));
      k.storeLanes(at!, value, lanes);
    });
  });
}

/** F. Items: clips. Args: x, weights [n,p], result [n,k]. */
export function temporalSoftmaxPool(k: KernelBuilder, params: SoftmaxPoolParams): void {
  const [x, weights, y] = k.args(3) as [I32, I32, I32];
  const softmax = new PositionSoftmax(k, params);
  forClips(k, params, { perPosition: [x], perClip: [y], weights }, ({ from, to, weight, lanes }) => {
    softmax.sum(from[0]!, weight);
    k.storeLanes(to[0]!, softmax.pooled, lanes);
  });
}

/** dy y (1 + gamma (x - F)). Items: clips. Args: dy [n,k], x, weights [n,p], gradient of x. */
export function temporalSoftmaxPoolGradient(k: KernelBuilder, params: SoftmaxPoolParams): void {
  const [dy, x, weights, dx] = k.args(4) as [I32, I32, I32, I32];
  const softmax = new PositionSoftmax(k, params);
  const [scale, value] = [k.v128(), k.v128()];
  forClips(k, params, { perPosition: [x, dx], perClip: [dy], weights }, ({ from, to, weight, lanes }) => {
    softmax.sum(from[0]!, weight);
    scale.set(to[0]!.load().div(softmax.total));
    forPositions(k, params, [from[0]!, weight, from[1]!], ([at, share, result]) => {
      softmax.setPower(at!, share!);
      const slope = k.multiplyAdd(at!.load().sub(softmax.pooled), V128.of(params.gamma), V128.of(1));
      value.set(softmax.power.mul(scale).mul(slope));
      k.storeLanes(result!, value, lanes);
    });
  });
}

/** Softmax over positions, for four classes at a time: weight times e to gamma x - m, of which the largest is 1. */
class PositionSoftmax {
  /** Of the position that {@link setPower} was last asked for. */
  readonly power: V128Local;
  readonly total: V128Local;
  readonly pooled: V128Local;
  readonly #k: KernelBuilder;
  readonly #params: SoftmaxPoolParams;
  readonly #highest: V128Local;
  readonly #exp: ReturnType<typeof exponential>;

  constructor(k: KernelBuilder, params: SoftmaxPoolParams) {
    [this.#k, this.#params, this.#exp] = [k, params, exponential(k)];
    [this.power, this.total, this.pooled, this.#highest] = [k.v128(), k.v128(), k.v128(), k.v128()];
  }

  /** Sets the total of the powers and the mean of x by them. */
  sum(x: I32, weights: I32): void {
    const { gamma } = this.#params;
    this.#highest.set(V128.of(LOWEST));
    this.#forPositions(x, weights, (at, weight) => {
      const counts = weight.loadSplat().greaterThan(this.#k.zero);
      const score = at.load().mul(V128.of(gamma)).and(counts).or(V128.of(LOWEST).andNot(counts));
      this.#highest.set(this.#highest.max(score));
    });
    for (const sum of [this.total, this.pooled]) sum.set(this.#k.zero);
    this.#forPositions(x, weights, (at, weight) => {
      this.setPower(at, weight);
      this.total.set(this.total.add(this.power));
      this.pooled.set(this.#k.multiplyAdd(this.power, at.load(), this.pooled));
    });
    this.pooled.set(this.pooled.div(this.total));
  }

  setPower(at: I32, weight: I32): void {
    this.#exp(this.power, at.load().mul(V128.of(this.#params.gamma)).sub(this.#highest));
    this.power.set(this.power.mul(weight.loadSplat()));
  }

  #forPositions(x: I32, weights: I32, body: (at: I32, weight: I32) => void): void {
    forPositions(this.#k, this.#params, [x, weights], ([at, weight]) => body(at!, weight!));
  }
}

type Blocks = { perPosition: readonly I32[]; perClip: readonly I32[]; weights: I32 };
/** Addresses at four classes of a clip: of its first position, of the pooled ones, and of its first weight. */
type Group = { from: readonly I32Local[]; to: readonly I32Local[]; weight: I32Local; lanes: number };

/** Runs the body for each clip and each four classes. */
function forClips(
  k: KernelBuilder,
  { positions, classes }: TemporalPoolParams,
  { perPosition, perClip, weights }: Blocks,
  body: (group: Group) => void,
): void {
  k.forRange(k.from, k.to, (clip) => {
    const from = perPosition.map((block) => k.i32(block.add(clip.mul(positions * classes * 4))));
    const to = perClip.map((block) => k.i32(block.add(clip.mul(classes * 4))));
    const weight = k.i32(weights.add(clip.mul(positions * 4)));
    forChannelGroups(
      k,
      { channels: classes, width: 4 },
      (lanes) => body({ from, to, weight, lanes }),
      (bytes) => [...from, ...to].forEach((address) => address.advance(bytes)),
    );
  });
}

/** Runs the body for each position; the second address moves on by weights, the others by positions. */
function forPositions(
  k: KernelBuilder,
  { positions, classes }: TemporalPoolParams,
  blocks: readonly I32[],
  body: (at: I32Local[]) => void,
): void {
  const at = blocks.map((block) => k.i32(block));
  k.repeat(positions, () => {
    body(at);
    at.forEach((address, i) => address.advance(i === 1 ? 4 : classes * 4));
  });
}
