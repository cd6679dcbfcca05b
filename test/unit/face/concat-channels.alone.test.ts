import { createRequire } from 'node:module';
import path from 'node:path';
import type * as TensorFlow from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { registerConcatOfChannels } from '../../../src-main/face/concat-channels.ts';

const requireModule = createRequire(import.meta.url);
const tf = requireModule('@tensorflow/tfjs') as typeof TensorFlow;
const wasm = requireModule('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };

type Case = { shapes: number[][]; axis: number; dtype: 'float32' | 'int32' };
const planes = { shapes: [1, 2, 3].map(() => [2, 3, 4, 1]), axis: 3, dtype: 'float32' } satisfies Case;
const others: Case[] = [
  {
    shapes: [
      [2, 3, 1],
      [2, 3, 2],
    ],
    axis: 2,
    dtype: 'float32',
  },
  {
    shapes: [
      [1, 3, 1],
      [2, 3, 1],
    ],
    axis: 0,
    dtype: 'float32',
  },
  { ...planes, dtype: 'int32' },
];

async function joined({ shapes, axis, dtype }: Case) {
  const parts = shapes.map((shape, part) => {
    const values = Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => 100 * part + i);
    return tf.tensor(values, shape, dtype);
  });
  const whole = tf.concat(parts, axis);
  const values = [...(await whole.data())];
  tf.dispose([...parts, whole]);
  return { values, shape: whole.shape, dtype: whole.dtype };
}

describe('the join of planes in the detecting threads', () => {
  const stockCalls = vi.fn();
  const expected: Awaited<ReturnType<typeof joined>>[] = [];

  beforeAll(async () => {
    wasm.setWasmPaths(`${path.dirname(requireModule.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
    await tf.setBackend('wasm');
    for (const one of [planes, ...others]) expected.push(await joined(one));
    const stock = tf.getKernel('Concat', 'wasm');
    tf.unregisterKernel('Concat', 'wasm');
    tf.registerKernel({ ...stock, kernelFunc: (call) => (stockCalls(), stock.kernelFunc(call)) });
    registerConcatOfChannels(tf);
  });

  it('gives what the stock kernel gives, without it, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    expect(await joined(planes)).toEqual(expected[0]);
    expect(await joined({ ...planes, axis: -1 })).toEqual(expected[0]);
    expect(stockCalls).not.toHaveBeenCalled();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves every other join to the stock kernel', async () => {
    for (const [i, other] of others.entries()) expect(await joined(other)).toEqual(expected[i + 1]);
    expect(stockCalls).toHaveBeenCalledTimes(others.length);
  });
});
