/** Elementwise ops with broadcasting, reductions, matrix products and views on heap tensors. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWasmBackend, type WasmEngine } from '../../../src-main/engine/wasm/register.ts';
import { expectLikeCpu, normal, onEngine } from './against-cpu.ts';

let engine: WasmEngine;
beforeAll(async () => {
  engine = await openWasmBackend({ threads: 2, poison: true });
});
afterAll(() => engine.close());

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
  [[3, 4, 5, 6, 17], [17]],
  [
    [3, 1, 1, 1, 16],
    [3, 4, 5, 6, 16],
  ],
  [
    [3, 40, 1, 4],
    [1, 40, 5, 1],
  ],
  [[999], []],
];

describe.each(SHAPES.map(([a, b]) => [`[${a.join()}] and [${b.join()}]`, a, b] as const))('%s', (_, a, b) => {
  test('add, sub, mul, div and squared difference equal the slow backend', async () => {
    await expectLikeCpu(
      (x, y) => [tf.add(x!, y!), tf.sub(x!, y!), tf.mul(x!, y!), tf.div(x!, y!), tf.squaredDifference(x!, y!)],
      [normal(a, 1), normal(b, 2)],
      1e-6,
    );
  });
});

test('a step, and its slope below zero, equal the slow backend', async () => {
  const { shape, values } = normal([33, 77], 1);
  values.set([0, -0, Infinity, -Infinity]);
  await expectLikeCpu((x) => [tf.step(x!), tf.step(x!, 0.5)].map((y) => tf.clipByValue(y, -9, 9)), [{ shape, values }]);
});

test('the step of NaN is NaN', async () => {
  const [found] = await onEngine((x) => [tf.step(x!)], [{ shape: [300], values: new Float32Array(300).fill(NaN) }]);
  expect(found!.values.every(Number.isNaN)).toBe(true);
});

test('unary ops equal the slow backend', async () => {
  await expectLikeCpu(
    (x) => [tf.relu(x!), tf.neg(x!), tf.square(x!), tf.sqrt(tf.abs(x!)), tf.rsqrt(tf.add(tf.abs(x!), 1))],
    [normal([33, 77], 1)],
    1e-6,
  );
});

const REDUCTIONS: [number[], number[] | undefined, boolean][] = [
  [[5, 6, 7, 8], [0, 1, 2], false],
  [[5, 6, 7, 8], [1, 2], true],
  [[5, 6, 7, 17], [1], false],
  [[5, 6, 7, 17], [0, 2], false],
  [[50, 60], [1], false],
  [[9000, 3], [0], true],
  [[5, 6, 7], undefined, false],
];

test.each(REDUCTIONS)('sum and mean of [%s] over %s (keep: %s) equal the slow backend', async (shape, axes, keep) => {
  await expectLikeCpu((x) => [tf.sum(x!, axes, keep), tf.mean(x!, axes, keep)], [normal(shape, 1)]);
});

const PRODUCTS: [number[], number[], boolean, boolean][] = [
  [[48, 33], [33, 17], false, false],
  [[33, 48], [33, 17], true, false],
  [[48, 33], [17, 33], false, true],
  [[33, 48], [17, 33], true, true],
  [[3, 20, 33], [3, 33, 7], false, false],
  [[3, 33, 20], [3, 33, 7], true, false],
  [[1, 2048], [2048, 7], false, false],
];

test.each(PRODUCTS)('matrix product of [%s] and [%s] (transposed: %s, %s) equals the slow backend', async (...args) => {
  const [a, b, transposeA, transposeB] = args;
  await expectLikeCpu((x, y) => [tf.matMul(x!, y!, transposeA, transposeB)], [normal(a, 1), normal(b, 2)]);
});

test('a slice outlives the tensor it was cut from', async () => {
  const [kept] = await onEngine(
    (x) => {
      const whole = tf.add(x!, 1);
      const part = tf.slice(whole, [0, 0], [1, 300]);
      const [first] = tf.split(whole, 2) as [Tensor];
      whole.dispose();
      tf.add(tf.zeros([2, 300]), 5);
      return [tf.add(part, first)];
    },
    [normal([2, 300], 1)],
  );
  const { values } = normal([2, 300], 1);
  kept!.values.forEach((value, i) => expect(value).toBeCloseTo(2 * (values[i]! + 1), 4));
});

test('read values stay when their tensor is gone', () => {
  const x = tf.add(tf.ones([400]), 1);
  const values = x.dataSync();
  x.dispose();
  tf.add(tf.ones([400]), 7).dispose();
  expect(new Set(values)).toEqual(new Set([2]));
});
