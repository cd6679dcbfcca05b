/** Stock kernels and callers hold views of tensors in the heap; these must not change when the memory is used again. */
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWasmBackend, type WasmEngine } from '../../../src-main/engine/wasm/register.ts';

let engine: WasmEngine;
beforeAll(async () => {
  engine = await openWasmBackend({ threads: 2, poison: true });
});
afterAll(() => engine.close());

test('a slice outlives the tensor it was cut from', () => {
  const whole = tf.add(tf.range(0, 600).reshape([2, 300]), 1);
  const part = tf.slice(whole, [0, 0], [1, 300]);
  const [first] = tf.split(whole, 2) as [Tensor];
  whole.dispose();
  tf.add(tf.zeros([2, 300]), 5);
  expect([...tf.add(part, first).dataSync()]).toEqual(Array.from({ length: 300 }, (_, i) => 2 * (i + 1)));
});

test('read values stay when their tensor is gone', () => {
  const x = tf.add(tf.ones([400]), 1);
  const values = x.dataSync();
  x.dispose();
  tf.add(tf.ones([400]), 7).dispose();
  expect(new Set(values)).toEqual(new Set([2]));
});
