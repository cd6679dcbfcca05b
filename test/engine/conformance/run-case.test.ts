/** The suite must see what it is there to see. */
import { add, keep, mul, scalar, square, stack, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { openReferenceBackend } from '../../../src-main/engine/reference.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { runCase } from './run-case.ts';
import { mapped, normal } from './values.ts';

beforeAll(async () => {
  await openReferenceBackend();
});

const SQUARES: ConformanceCase = {
  op: 'square',
  what: 'of ten numbers',
  inputs: [normal([10], 1)],
  compute: (x) => [square(x!)],
  reference: (x) => [mapped(x!, (value) => value * value)],
  gradientsOf: [0],
};

const failuresOf = (compute: (x: Tensor) => Tensor, heldBytes = () => 0) =>
  runCase({ ...SQUARES, compute: (x) => [compute(x!)] }, { backend: 'cpu', heldBytes });

test('a right case has no failures', async () => {
  expect(await failuresOf(square)).toEqual([]);
});

test('a single wrong value is seen', async () => {
  const failures = await failuresOf((x) => add(square(x), stack([scalar(0.01), ...Array(9).fill(scalar(0))])));
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatch(/^output 0: 1 of 10 values wrong, at 0 /);
});

test('a wrong shape is seen', async () => {
  const shaped: ConformanceCase = { ...SQUARES, compute: (x) => [square(x!).reshape([2, 5])], gradientsOf: [] };
  expect(await runCase(shaped, { backend: 'cpu', heldBytes: () => 0 })).toEqual(['output 0: shape 2,5, not 10']);
});

test('a wrong gradient is seen', async () => {
  const failures = await failuresOf((x) => mul(x, x.clone().dataSync()));
  expect(failures[0]).toMatch(/^gradient of input 0: slope /);
});

test('tensors and bytes left behind are seen', async () => {
  expect(await failuresOf((x) => square(keep(x.clone())))).toContain('left 2 tensors behind');
  let bytes = 0;
  expect(await failuresOf(square, () => (bytes += 64))).toEqual(['left 64 bytes behind']);
});

test('results that differ from run to run are seen', async () => {
  let calls = 0;
  const failures = await failuresOf((x) => mul(square(x), 1 + 1e-7 * calls++));
  expect(failures).toEqual(['result 0: not the same in a second run, on memory full of NaN']);
});

test('an error is a failure', async () => {
  const broken = () => {
    throw new Error('no such kernel');
  };
  expect(await failuresOf(broken)).toEqual(['threw no such kernel']);
});
