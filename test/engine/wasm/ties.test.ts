/** Which of equal values gets the gradient: a choice of this engine, the first one. */
import { grad, maxPool3d, tensor, type Tensor3D, type Tensor5D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { windowMax } from '../../../models/ops/window-max.ts';
import { openWasmBackend, type WasmEngine } from '../../../src-main/engine/wasm/register.ts';

let engine: WasmEngine;
beforeAll(async () => {
  engine = await openWasmBackend({ threads: 2 });
});
afterAll(() => engine.close());

test('overlapping windows of equal values each send it to their first', () => {
  const pool = grad((x) => maxPool3d(x as Tensor5D, [1, 2, 2], [1, 1, 1], 'valid').sum());
  expect([...pool(tensor([5, 5, 5, 5, 5, 5], [1, 1, 2, 3, 1])).dataSync()]).toEqual([1, 1, 0, 0, 0, 0]);
});

test('windows side by side send it to their first', () => {
  const pool = grad((x) => maxPool3d(x as Tensor5D, [1, 1, 2], [1, 1, 2], 'valid').sum());
  expect([...pool(tensor([5, 5, 4, 4], [1, 1, 1, 4, 1])).dataSync()]).toEqual([1, 0, 1, 0]);
});

test('windows of frames send it to their first', () => {
  const pool = grad((x) => windowMax(x as Tensor3D, 3, 1).sum());
  expect([...pool(tensor([1, 2, 2, 2, 0], [1, 5, 1])).dataSync()]).toEqual([0, 2, 1, 0, 0]);
});
