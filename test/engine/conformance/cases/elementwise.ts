/** Ops on single numbers, with every way of stretching one operand, and sums over axes. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ConformanceCase } from '../conformance-case.ts';
import { blank, mapped, normal, sizeOf, type Values } from '../values.ts';

/** The last without gradient: that of TensorFlow.js does not know of stretched operands. */
const BINARY: [(a: Tensor, b: Tensor) => Tensor, (a: number, b: number) => number][] = [
  [tf.add, (a, b) => a + b],
  [tf.sub, (a, b) => a - b],
  [tf.mul, (a, b) => a * b],
  [tf.div, (a, b) => a / b],
  [tf.squaredDifference, (a, b) => (a - b) ** 2],
];

/** Engines have ways of their own from a few hundred numbers on. */
const SHAPES: [number[], number[]][] = [
  [[300], [300]],
  [[7, 300], [300]],
  [[1], [7, 300]],
  [
    [5, 7, 30],
    [5, 1, 30],
  ],
  [
    [5, 7, 30],
    [7, 1],
  ],
  [[2, 3, 4, 5, 17], [17]],
  [
    [3, 1, 1, 1, 16],
    [3, 2, 4, 5, 16],
  ],
  [
    [3, 40, 1, 4],
    [1, 40, 5, 1],
  ],
  [[999], []],
];

/** Index into a tensor of `shape` for index `at` of the shape `full` that it is stretched to. */
function stretchedIndex(at: number, full: readonly number[], shape: readonly number[]): number {
  let [rest, index, step] = [at, 0, 1];
  for (let axis = full.length - 1; axis >= 0; axis--) {
    const extent = shape[axis - full.length + shape.length] ?? 1;
    if (extent > 1) index += (rest % full[axis]!) * step;
    step *= extent;
    rest = Math.floor(rest / full[axis]!);
  }
  return index;
}

/** Numbers at least half away from zero, for divisors. */
function awayFromZero(shape: readonly number[], seed: number): Values {
  const values = normal(shape, seed).values.map((value) => value + Math.sign(value || 1) / 2);
  return { shape, values };
}

function binaryCase([a, b]: [number[], number[]]): ConformanceCase {
  const full = tf.backend_util.assertAndGetBroadcastShape(a, b);
  return {
    op: 'elementwise',
    what: `five ops of [${a.join()}] and [${b.join()}]`,
    inputs: [normal(a, 1), awayFromZero(b, 2)],
    compute: (x, y) => BINARY.map(([op]) => op(x!, y!)),
    reference: (x, y) =>
      BINARY.map(([, op]) =>
        mapped(blank(full), (_, i) =>
          op(x!.values[stretchedIndex(i, full, a)]!, y!.values[stretchedIndex(i, full, b)]!),
        ),
      ),
    gradientsOf: [0, 1],
    outputsInLoss: BINARY.length - 1,
  };
}

const UNARY: [string, (x: Tensor) => Tensor, (x: number) => number][] = [
  ['relu', tf.relu, (x) => Math.max(0, x)],
  ['neg', tf.neg, (x) => -x],
  ['square', tf.square, (x) => x * x],
  ['sqrt', (x) => tf.sqrt(tf.add(tf.square(x), 1)), (x) => Math.sqrt(x * x + 1)],
  ['rsqrt', (x) => tf.rsqrt(tf.add(tf.square(x), 1)), (x) => 1 / Math.sqrt(x * x + 1)],
];

function unaryCase([name, op, byNumbers]: (typeof UNARY)[number]): ConformanceCase {
  return {
    op: 'elementwise',
    what: name,
    inputs: [normal([33, 77], 1)],
    compute: (x) => [op(x!)],
    reference: (x) => [mapped(x!, byNumbers)],
    gradientsOf: [0],
  };
}

function stepCase(what: string, special: readonly number[]): ConformanceCase {
  const x = normal([33, 77], 1);
  x.values.set(special);
  return {
    op: 'elementwise',
    what: `step of ${what}`,
    inputs: [x],
    compute: (values) => [tf.step(values!)],
    reference: (values) => [mapped(values!, (value) => (Number.isNaN(value) ? NaN : value > 0 ? 1 : 0))],
    gradientsOf: [],
  };
}

const REDUCTIONS: [number[], number[] | undefined, boolean][] = [
  [[5, 6, 7, 8], [0, 1, 2], false],
  [[5, 6, 7, 8], [1, 2], true],
  [[5, 6, 7, 17], [1], false],
  [[5, 6, 7, 17], [0, 2], false],
  [[50, 60], [1], false],
  [[9000, 3], [0], true],
  [[900, 10, 3], [0, 1], false],
  [[5, 6, 7], undefined, false],
];

function reductionCase([shape, axes, keepDims]: (typeof REDUCTIONS)[number]): ConformanceCase {
  return {
    op: 'sum and mean',
    what: `of [${shape.join()}] over ${axes?.join() ?? 'all'}${keepDims ? ', axes kept' : ''}`,
    inputs: [normal(shape, 1)],
    compute: (x) => [tf.sum(x!, axes, keepDims), tf.mean(x!, axes, keepDims)],
    reference: (x) => {
      const sums = sumByLoops(x!, new Set(axes ?? shape.keys()), keepDims);
      const count = sizeOf(shape) / sums.values.length;
      return [sums, mapped(sums, (sum) => sum / count)];
    },
    gradientsOf: [0],
    outputsInLoss: 2,
  };
}

function sumByLoops({ shape, values }: Values, axes: ReadonlySet<number>, keepDims: boolean): Values {
  const ones = shape.map((extent, axis) => (axes.has(axis) ? 1 : extent));
  const sums = blank(ones);
  values.forEach((value, i) => (sums.values[stretchedIndex(i, shape, ones)]! += value));
  return { ...sums, shape: keepDims ? ones : shape.filter((_, axis) => !axes.has(axis)) };
}

export const elementwiseCases: readonly ConformanceCase[] = [
  ...SHAPES.map(binaryCase),
  ...UNARY.map(unaryCase),
  stepCase('zeros and infinities', [0, -0, Infinity, -Infinity]),
  stepCase('NaN', [NaN, 1, NaN]),
  ...REDUCTIONS.map(reductionCase),
];
