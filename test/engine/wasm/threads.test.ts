/** Sums have a fixed order: who computes them must not show. */
import { setBackend } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openWasmBackend } from '../../../src-main/engine/wasm/register.ts';
import { allCases } from '../conformance/cases/all-cases.ts';
import { nameOf } from '../conformance/conformance-case.ts';
import { expectationOf } from '../conformance/expectation.ts';
import { resultsOf } from '../conformance/run-case.ts';

/** The whole suite three times. */
const PATIENCE_MS = 300_000;

/** Bits of all values and gradients of every case. */
async function bitsWith(threads: number): Promise<Map<string, unknown>> {
  const engine = await openWasmBackend({ threads, wide: false });
  await setBackend(engine.name);
  const bits = new Map<string, unknown>();
  for (const testCase of allCases) bits.set(nameOf(testCase), await resultsOf(testCase, expectationOf(testCase)));
  await engine.close();
  return bits;
}

test('every case gives the same bits on one, two and three threads', { timeout: PATIENCE_MS }, async () => {
  const alone = await bitsWith(1);
  for (const threads of [2, 3])
    for (const [name, bits] of await bitsWith(threads))
      expect(bits, `${name}, ${threads} threads`).toEqual(alone.get(name));
});
