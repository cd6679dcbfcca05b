import { describe, expect, test } from 'vitest';
import type { Target } from '../../../src-main/engine/wasm/assembler/kernel-builder.ts';
import type { ConvGeometry } from '../../../src-main/engine/wasm/kernels/conv-geometry.ts';
import { convolve, filterGradient } from '../../../src-main/engine/wasm/ops/convolve.ts';
import { probeAbilities } from '../../../src-main/engine/wasm/probe.ts';
import { Runtime } from '../../../src-main/engine/wasm/runtime.ts';
import { normal } from '../conformance/values.ts';

const FULL: Target = { relaxedSimd: true, sharedMemory: true, tileVectors: 2 };
const GEOMETRY: ConvGeometry = {
  ...{ n: 2, c: 8, o: 16, input: [4, 5, 6], output: [4, 5, 6] },
  ...{ kernel: [3, 3, 3], stride: [1, 1, 1], front: [1, 1, 1] },
};
const FILTER_FLOATS = 27 * 8 * 16;
const PLACES = 2 * 4 * 5 * 6;

/** Result and filter gradient of a convolution on a runtime of its own. */
async function convolveOn(target: Target, threads: number): Promise<number[]> {
  const runtime = new Runtime({ threads, target, limitBytes: 2 ** 25, shared: target.sharedMemory, poison: true });
  const put = ({ values }: { values: Float32Array }) => {
    const address = runtime.heap.allocate(values.length * 4);
    runtime.heap.floats.set(values, address / 4);
    return address;
  };
  const [x, filter, dy] = [put(normal([PLACES, 8], 1)), put(normal([FILTER_FLOATS], 2)), put(normal([PLACES, 16], 3))];
  const [y, gradient] = [runtime.heap.allocate(PLACES * 64), runtime.heap.allocate(FILTER_FLOATS * 4)];
  convolve(runtime, GEOMETRY, { x, filter, y, bias: 0, relu: false });
  filterGradient(runtime, GEOMETRY, { x, dy, filter: gradient });
  const read = (address: number, floats: number) => [
    ...runtime.heap.floats.subarray(address / 4, address / 4 + floats),
  ];
  const results = [...read(y, PLACES * 16), ...read(gradient, FILTER_FLOATS)];
  await runtime.pool.close();
  return results;
}

describe('an engine on a machine that lacks', () => {
  test.each([
    ['relaxed SIMD', { ...FULL, relaxedSimd: false }],
    ['shared memory', { ...FULL, sharedMemory: false }],
    ['both', { ...FULL, relaxedSimd: false, sharedMemory: false }],
  ] as [string, Target][])('%s computes the same', async (_, target) => {
    const [expected, found] = [await convolveOn(FULL, 2), await convolveOn(target, 1)];
    found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-4));
  });
});

test('this machine offers SIMD, relaxed SIMD and shared memory', () => {
  expect(probeAbilities()).toEqual({ simd: true, relaxedSimd: true, sharedMemory: true });
});
