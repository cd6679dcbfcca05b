import { avgPool3d, grad, maxPool3d, mul, sum, tensor, type Tensor, type Tensor5D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWasmBackend, type WasmEngine } from '../../../src-main/engine/wasm/register.ts';
import { expectLikeCpu, normal, onEngine, type Computation } from './against-cpu.ts';

let engine: WasmEngine;
beforeAll(async () => {
  engine = await openWasmBackend({ threads: 2, poison: true });
});
afterAll(() => engine.close());

type Axes = [number, number, number];
type Case = { x: number[]; size: Axes; strides: Axes; pad: 'same' | 'valid' };

/** Heights equal widths: the slow backend's gradient of max pooling is wrong for other windows. */
const CASES: Case[] = [
  { x: [2, 4, 6, 8, 16], size: [1, 2, 2], strides: [1, 2, 2], pad: 'valid' },
  { x: [2, 5, 7, 9, 3], size: [2, 2, 2], strides: [2, 2, 2], pad: 'valid' },
  { x: [2, 5, 7, 9, 3], size: [2, 2, 2], strides: [2, 2, 2], pad: 'same' },
  { x: [2, 4, 6, 6, 17], size: [3, 3, 3], strides: [1, 2, 2], pad: 'same' },
  { x: [1, 4, 6, 6, 64], size: [3, 3, 3], strides: [2, 2, 2], pad: 'valid' },
  { x: [1, 1, 5, 1, 4], size: [1, 3, 3], strides: [1, 1, 1], pad: 'same' },
  { x: [3, 2, 3, 3, 1], size: [2, 3, 3], strides: [2, 3, 3], pad: 'valid' },
];

const name = ({ x, size, strides, pad }: Case) => `${x.join()} by ${size.join()} at ${strides.join()} ${pad}`;

function weighted(y: Tensor): Tensor {
  return sum(mul(y, tensor(normal(y.shape, 7).values, y.shape)));
}

describe.each(CASES.map((c) => [name(c), c] as const))('%s', (_, { x, size, strides, pad }) => {
  test('max pool and its gradient equal the slow backend', async () => {
    const pool = (v: Tensor) => maxPool3d(v as Tensor5D, size, strides, pad);
    await expectLikeCpu((v) => [pool(v!), grad((u) => weighted(pool(u)))(v!)], [normal(x, 1)]);
  });

  test('average pool equals the slow backend', async () => {
    await expectLikeCpu((v) => [avgPool3d(v as Tensor5D, size, strides, pad)], [normal(x, 1)]);
  });

  test('the gradient of the average pool is its adjoint', async () => {
    const pool = (v: Tensor) => avgPool3d(v as Tensor5D, size, strides, pad);
    const both: Computation = (v, direction) => {
      const slope = sum(mul(direction!, grad((u) => weighted(pool(u)))(v!)));
      return [slope, weighted(pool(direction!))];
    };
    const [slope, change] = await onEngine(both, [normal(x, 1), normal(x, 2)]);
    expect(slope!.values[0]).toBeCloseTo(change!.values[0]!, 3);
  });
});

test('max pool over windows that are not square sends the gradient to the largest value', async () => {
  const pool = (v: Tensor) => maxPool3d(v as Tensor5D, [1, 3, 2], [1, 3, 2], 'valid');
  const values = [1, 2, 3, 4, 9, 6];
  const [y, dx] = await onEngine(
    (v) => [pool(v!), grad((u) => sum(pool(u)))(v!)],
    [{ shape: [1, 1, 3, 2, 1], values: Float32Array.from(values) }],
  );
  expect(y!.values).toEqual([9]);
  expect(dx!.values).toEqual([0, 0, 0, 0, 1, 0]);
});

test('equal values send the gradient to the first', async () => {
  const pool = (v: Tensor) => maxPool3d(v as Tensor5D, [1, 2, 2], [1, 1, 1], 'valid');
  const values = Float32Array.from([5, 5, 5, 5, 5, 5]);
  const [dx] = await onEngine((v) => [grad((u) => sum(pool(u)))(v!)], [{ shape: [1, 1, 2, 3, 1], values }]);
  expect(dx!.values).toEqual([1, 1, 0, 0, 0, 0]);
});
