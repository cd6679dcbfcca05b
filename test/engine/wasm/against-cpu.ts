/** Runs the same computation on the CPU engine and on TensorFlow.js's slow cpu backend. */
import { setBackend, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { Rng } from '../../../src-main/data/rng.ts';
import { WASM_BACKEND } from '../../../src-main/engine/wasm/register.ts';

type Values = { shape: number[]; values: number[] };
export type Computation = (...inputs: Tensor[]) => Tensor[];

/** Normal random numbers of a shape; the same for the same seed. */
export function normal(shape: number[], seed: number): { shape: number[]; values: Float32Array } {
  const rng = new Rng(seed);
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { shape, values: Float32Array.from({ length: size }, () => rng.normal()) };
}

async function compute(backend: string, computation: Computation, inputs: ReturnType<typeof normal>[]) {
  await setBackend(backend);
  const results: Values[] = [];
  tidy(() => {
    const outputs = computation(...inputs.map(({ shape, values }) => tensor(values, shape)));
    for (const output of outputs) results.push({ shape: output.shape, values: Array.from(output.dataSync()) });
  });
  return results;
}

/** Results of a computation on the CPU engine, as plain numbers. */
export async function onEngine(computation: Computation, inputs: ReturnType<typeof normal>[]): Promise<Values[]> {
  return compute(WASM_BACKEND, computation, inputs);
}

/** Expects equal shapes and values within `tolerance` of the largest. */
export async function expectLikeCpu(
  computation: Computation,
  inputs: ReturnType<typeof normal>[],
  tolerance = 2e-5,
): Promise<void> {
  const ours = await compute(WASM_BACKEND, computation, inputs);
  const reference = await compute('cpu', computation, inputs);
  await setBackend(WASM_BACKEND);
  expect(ours.map(({ shape }) => shape)).toEqual(reference.map(({ shape }) => shape));
  ours.forEach(({ values }, i) => {
    const expected = reference[i]!.values;
    const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-6);
    const worst = values.reduce((max, value, j) => Math.max(max, nanIsHuge(Math.abs(value - expected[j]!))), 0);
    expect(worst / largest, `output ${i}`).toBeLessThan(tolerance);
  });
}

function nanIsHuge(value: number): number {
  return Number.isNaN(value) ? Infinity : value;
}
