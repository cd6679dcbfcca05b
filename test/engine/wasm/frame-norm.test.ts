/** Frame norm on the engine against its reference in plain ops, its definition, and itself with other threads. */
import { grads, memory, mul, sum, tensor, type Tensor, type Tensor1D, type Tensor5D } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { frameNorm } from '../../../models/ops/frame-norm.ts';
import { openWasmBackend, type WasmEngine } from '../../../src-main/engine/wasm/register.ts';
import { expectLikeCpu, normal, onEngine, type Computation } from './against-cpu.ts';

let engine: WasmEngine;
const open = async (threads: number) => {
  engine = await openWasmBackend({ threads, poison: true });
};
beforeEach(() => open(2));
afterEach(() => engine.close());

const normalised = (relu: boolean, ...[x, scale, offset]: Tensor[]) =>
  frameNorm(x as Tensor5D, { scale: scale as Tensor1D, offset: offset as Tensor1D }, { epsilon: 1e-3, relu });
const weighted = (y: Tensor) => sum(mul(y, tensor(normal(y.shape, 7).values, y.shape)));

/** Value and gradients of x, scale and offset. */
const valueAndGradients =
  (relu: boolean): Computation =>
  (...inputs) => [normalised(relu, ...inputs), ...grads((...args) => weighted(normalised(relu, ...args)))(inputs)];

const inputsOf = (shape: number[]) => [normal(shape, 1), normal([shape[4]!], 2), normal([shape[4]!], 3)];

describe.each([1, 3, 16, 17, 30, 64])('frame norm of %i channels', (c) => {
  test.each([false, true])('and its gradients equal the reference (ReLU: %s)', async (relu) => {
    for (const [n, t, h, w] of [
      [2, 3, 5, 7],
      [3, 7, 4, 3],
    ] as const)
      await expectLikeCpu(valueAndGradients(relu), inputsOf([n, t, h, w, c]), 1e-4);
  });

  // Why: of two pixels, the normalised values are ±1 whatever these are; float32 keeps four digits of the gradient.
  test('on maps of two pixels and its gradients equal the reference to three digits', async () => {
    await expectLikeCpu(valueAndGradients(true), inputsOf([1, 1, 2, 1, c]), 1e-3);
  });
});

describe.each([3, 17])('maps of one pixel and %i channels', (c) => {
  test('become the offset and pass no gradient to the map', async () => {
    const shape = [2, 3, 1, 1, c];
    const [, , offset] = inputsOf(shape);
    const [y, dx, dscale] = await onEngine(valueAndGradients(false), inputsOf(shape));
    expect(y!.values).toEqual(Array.from({ length: 6 }, () => [...offset!.values]).flat());
    for (const value of [...dx!.values, ...dscale!.values]) expect(Math.abs(value)).toBeLessThan(1e-4);
  });
});

test('its gradient equals finite differences', async () => {
  const inputs = inputsOf([1, 2, 3, 2, 5]);
  const [, ...gradients] = await onEngine(valueAndGradients(false), inputs);
  const lossWith = async (which: number, at: number, change: number) => {
    const moved = inputs.map(({ shape, values }, i) => ({
      shape,
      values: values.map((value, j) => (i === which && j === at ? value + change : value)),
    }));
    const [y] = await onEngine((...args) => [normalised(false, ...args)], moved);
    const weights = normal(y!.shape, 7).values;
    return y!.values.reduce((total, value, i) => total + value * weights[i]!, 0);
  };
  for (const [which, { values }] of gradients.entries())
    for (const at of [0, values.length - 1]) {
      const slope = ((await lossWith(which, at, 1e-2)) - (await lossWith(which, at, -1e-2))) / 2e-2;
      expect(Math.abs(slope - values[at]!)).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)));
    }
});

test('frames far from zero, and with a first pixel unlike all others, are normalised exactly', async () => {
  const shape = [1, 2, 6, 6, 4];
  const { values } = normal(shape, 1);
  const far = values.map((value, i) => (i < 4 ? 1000 : value * 0.1) + 100);
  const run = await onEngine(
    (x) => [normalised(false, x!, tensor([1, 1, 1, 1]), tensor([0, 0, 0, 0]))],
    [{ shape, values: far }],
  );
  for (let frame = 0; frame < 2; frame++)
    for (let channel = 0; channel < 4; channel++) {
      const places = Array.from({ length: 36 }, (_, place) => (frame * 36 + place) * 4 + channel);
      const mean = places.reduce((total, i) => total + far[i]!, 0) / 36;
      const variance = places.reduce((total, i) => total + (far[i]! - mean) ** 2, 0) / 36;
      for (const i of places) expect(run[0]!.values[i]!).toBeCloseTo((far[i]! - mean) / Math.sqrt(variance + 1e-3), 3);
    }
});

test('any number of threads gives the same bits', async () => {
  const inputs = inputsOf([5, 67, 3, 5, 17]);
  const results: unknown[] = [];
  for (const threads of [1, 2, 3]) {
    await engine.close();
    await open(threads);
    results.push(await onEngine(valueAndGradients(true), inputs));
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

test('leaves nothing behind', async () => {
  const inputs = inputsOf([2, 3, 4, 4, 17]);
  await onEngine(valueAndGradients(true), inputs);
  const before = [memory().numTensors, engine.runtime.heap.liveBytes];
  await onEngine(valueAndGradients(true), inputs);
  expect([memory().numTensors, engine.runtime.heap.liveBytes]).toEqual(before);
});
