/** Cross-entropy of softmax over the rows of logits [n,k] (models/ops/softmax-cross-entropy.ts). */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import { V128, type F32, type F32Local, type I32, type V128Local } from '../assembler/values.ts';
import { forChannelGroups } from './channels.ts';
import { exponential } from './exponential.ts';

export type CrossEntropyParams = { classes: number };

/** Stands for minus infinity in lanes without a class. */
const LOWEST = -3.4028234663852886e38;

/**
 * Parts of the losses: the largest logit of each row and the sum of e to the differences from it. Items: rows. Args:
 * logits, largest [n], sums [n].
 */
export function softmaxSums(k: KernelBuilder, { classes }: CrossEntropyParams): void {
  const [logits, largest, sums] = k.args(3) as [I32, I32, I32];
  const statistics = rowStatistics(k, classes);
  k.forRange(k.from, k.to, (row) => {
    const { highest, total } = statistics(logits.add(row.mul(classes * 4)));
    k.storeF32(largest.add(row.mul(4)), highest);
    k.storeF32(sums.add(row.mul(4)), total);
  });
}

/** dy (softmax - 1 at the label). Items: rows. Args: dy [n], logits, labels [n] i32, gradient of the logits. */
export function softmaxCrossEntropyGradient(k: KernelBuilder, { classes }: CrossEntropyParams): void {
  const [dy, logits, labels, dx] = k.args(4) as [I32, I32, I32, I32];
  const statistics = rowStatistics(k, classes);
  const exp = exponential(k);
  const value = k.v128();
  k.forRange(k.from, k.to, (row) => {
    const line = row.mul(classes * 4);
    const { highest, total } = statistics(logits.add(line));
    const slope = k.f32(dy.add(row.mul(4)).loadF32());
    const share = k.v128(slope.div(total).splat());
    const [from, to] = [k.i32(logits.add(line)), k.i32(dx.add(line))];
    forClasses(
      k,
      classes,
      (lanes) => {
        exp(value, from.load().sub(highest.splat()));
        value.set(value.mul(share));
        k.storeLanes(to, value, lanes);
      },
      (bytes) => [from, to].forEach((address) => address.advance(bytes)),
    );
    const ofLabel = k.i32(dx.add(line).add(labels.add(row.mul(4)).loadI32().mul(4)));
    k.storeF32(ofLabel, ofLabel.loadF32().sub(slope));
  });
}

/** Code that finds the largest number of a row, and the sum of e to the differences from it. */
function rowStatistics(k: KernelBuilder, classes: number): (row: I32) => { highest: F32Local; total: F32Local } {
  const exp = exponential(k);
  const [value, best, sum] = [k.v128(), k.v128(), k.v128()];
  const [highest, total] = [k.f32(), k.f32()];
  const eachOf = (row: I32, visit: (value: V128) => void) => {
    const at = k.i32(row);
    forClasses(
      k,
      classes,
      (lanes) => visit(withClasses(at.load(), lanes)),
      (bytes) => at.advance(bytes),
    );
  };
  return (row) => {
    best.set(V128.of(LOWEST));
    eachOf(row, (x) => best.set(best.max(x)));
    highest.set(acrossLanes(best, (a, b) => a.max(b)));
    sum.set(k.zero);
    eachOf(row, (x) => {
      exp(value, x.sub(highest.splat()));
      sum.set(sum.add(value));
    });
    total.set(acrossLanes(sum, (a, b) => a.add(b)));
    return { highest, total };
  };
}

function forClasses(
  k: KernelBuilder,
  classes: number,
  body: (lanes: number) => void,
  advance: (bytes: number) => void,
): void {
  forChannelGroups(k, { channels: classes, width: 4 }, body, advance);
}

/** The first `lanes` lanes of a vector, the lowest number in the others. */
function withClasses(x: V128, lanes: number): V128 {
  if (lanes === 4) return x;
  const isClass = V128.bits([0, 1, 2, 3].map((lane) => (lane < lanes ? -1 : 0)));
  return x.and(isClass).or(V128.of(LOWEST).andNot(isClass));
}

function acrossLanes(value: V128Local, join: (a: F32, b: F32) => F32): F32 {
  return join(join(value.lane(0), value.lane(1)), join(value.lane(2), value.lane(3)));
}
