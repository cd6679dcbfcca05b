/** Winograd's matrices, their code, the choice of tiles, and the rounding errors of what is built of them. */
import { describe, expect, test } from 'vitest';
import { KernelBuilder, type Target } from '../../../src-main/engine/wasm/assembler/kernel-builder.ts';
import type { Axes3, ConvGeometry } from '../../../src-main/engine/wasm/kernels/conv-geometry.ts';
import { linearMap } from '../../../src-main/engine/wasm/kernels/linear-map.ts';
import {
  schemeOf,
  TILE_OUTPUTS,
  transpose,
  type Matrix,
} from '../../../src-main/engine/wasm/kernels/winograd-matrices.ts';
import { cheapestTile } from '../../../src-main/engine/wasm/kernels/winograd-tiles.ts';
import { convolve, filterGradient, inputGradient } from '../../../src-main/engine/wasm/ops/convolve.ts';
import { Runtime } from '../../../src-main/engine/wasm/runtime.ts';
import { normal } from '../conformance/values.ts';

const TARGET: Target = { relaxedSimd: true, sharedMemory: false, tileVectors: 2 };

const times = (matrix: Matrix, values: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * values[i]!, 0));

/** The matrix product as the generated kernel computes it. */
function byKernel(matrix: Matrix, values: readonly number[]): number[] {
  const k = new KernelBuilder(TARGET);
  const inputs = values.map((_, i) => [k.v128(k.arg(0).loadSplat(i * 4))]);
  linearMap(k, matrix, inputs, (row, value) => k.store(k.arg(1), value[0]!, row * 16));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: false });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(k.build()), { e: { m: memory } });
  const floats = new Float32Array(memory.buffer);
  floats.set(values);
  (instance.exports['k'] as (...args: number[]) => void)(0, 1, 0, 0, 1024);
  return matrix.map((_, row) => floats[256 + row * 4]!);
}

describe.each(TILE_OUTPUTS)('F(%i,3)', (outputs) => {
  const { input, filter, output } = schemeOf(outputs);

  test('convolves three taps', () => {
    const x = Array.from({ length: outputs + 2 }, (_, i) => Math.sin(5 * i + 1));
    const taps = [0.3, -1.7, 0.9];
    const products = times(input, x).map((value, i) => value * times(filter, taps)[i]!);
    times(output, products).forEach((y, i) => {
      expect(y).toBeCloseTo(taps[0]! * x[i]! + taps[1]! * x[i + 1]! + taps[2]! * x[i + 2]!, 12);
    });
  });

  test.each([
    ['input', input],
    ['filter', filter],
    ['output', output],
    ['output, transposed', transpose(output)],
    ['filter, transposed', transpose(filter)],
  ])('its %s matrix is multiplied as written', (_, matrix) => {
    const values = matrix[0]!.map((_, i) => Math.cos(3 * i));
    const expected = times(matrix, values);
    byKernel(matrix, values).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
  });
});

test('extents get tiles that divide them, small outputs small ones', () => {
  const tileOf = (n: number, output: Axes3) => cheapestTile(geometry({ n, extents: output, c: 16, o: 16 }));
  expect(tileOf(8, [16, 24, 24])).toEqual([4, 4, 4]);
  expect(tileOf(8, [2, 24, 24])).toEqual([2, 4, 4]);
  expect(tileOf(8, [16, 6, 6])).toEqual([4, 3, 3]);
  expect(tileOf(1, [4, 6, 6])).toEqual([2, 2, 2]);
});

test('filters of very many channels get the smallest tiles', () => {
  expect(cheapestTile(geometry({ n: 8, extents: [16, 24, 24], c: 512, o: 512 }))).toEqual([2, 2, 2]);
});

function geometry({ n, extents, c, o }: { n: number; extents: Axes3; c: number; o: number }): ConvGeometry {
  const ones: Axes3 = [1, 1, 1];
  return { n, c, o, input: extents, output: extents, kernel: [3, 3, 3], stride: ones, front: ones };
}

/** Relative rms errors against sums in float64. */
async function rmsErrors({ input: [t, h, w], ...g }: ConvGeometry) {
  const { n, c, o } = g;
  const runtime = new Runtime({ threads: 1, target: TARGET, limitBytes: 2 ** 27, shared: false });
  const [x, filter, dy] = [normal([n, t, h, w, c], 1), normal([27, c, o], 2), normal([n, t, h, w, o], 3)];
  const put = ({ values }: { values: Float32Array }) => {
    const address = runtime.heap.allocate(values.length * 4);
    runtime.heap.floats.set(values, address / 4);
    return address;
  };
  const at = { x: put(x), filter: put(filter), dy: put(dy), y: put(dy), dx: put(x), gradient: put(filter) };
  const whole: ConvGeometry = { ...g, input: [t, h, w] };
  convolve(runtime, whole, { ...at, bias: 0, relu: false });
  inputGradient(runtime, whole, at);
  filterGradient(runtime, whole, { ...at, filter: at.gradient });
  const expected = [x, filter, dy].map(({ values }) => new Float64Array(values.length));
  const [dx, gradient, y] = expected as [Float64Array, Float64Array, Float64Array];
  forTaps(whole, (from, to, tap) => {
    for (let i = 0; i < c; i++)
      for (let j = 0; j < o; j++) {
        const weight = filter.values[(tap * c + i) * o + j]!;
        y[to * o + j]! += x.values[from * c + i]! * weight;
        dx[from * c + i]! += dy.values[to * o + j]! * weight;
        gradient[(tap * c + i) * o + j]! += x.values[from * c + i]! * dy.values[to * o + j]!;
      }
  });
  const error = (address: number, wanted: Float64Array) => {
    const found = runtime.heap.floats.subarray(address / 4, address / 4 + wanted.length);
    const [off, all] = wanted.reduce(([a, b], value, i) => [a! + (found[i]! - value) ** 2, b! + value ** 2], [0, 0]);
    return Math.sqrt(off! / all!);
  };
  await runtime.pool.close();
  return { y: error(at.y, y), dx: error(at.dx, dx), filter: error(at.gradient, gradient) };
}

/** All pairs of an input place and an output place under a tap. */
function forTaps({ n, input: [t, h, w] }: ConvGeometry, visit: (from: number, to: number, tap: number) => void): void {
  for (let to = 0; to < n * t * h * w; to++)
    for (let tap = 0; tap < 27; tap++) {
      const place = [Math.floor(to / (h * w)) % t, Math.floor(to / w) % h, to % w];
      const at = [Math.floor(tap / 9), Math.floor(tap / 3) % 3, tap % 3].map((k, i) => place[i]! + k - 1);
      const [ti, hi, wi] = at as [number, number, number];
      if (ti < 0 || hi < 0 || wi < 0 || ti >= t || hi >= h || wi >= w) continue;
      visit(((Math.floor(to / (t * h * w)) * t + ti) * h + hi) * w + wi, to, tap);
    }
}

test('rounding errors of tiles of 4x4x4 stay below 5e-6 (rms, relative) for normal numbers', async () => {
  const errors = await rmsErrors(geometry({ n: 4, extents: [8, 8, 12], c: 16, o: 16 }));
  for (const [what, error] of Object.entries(errors)) {
    expect(error, what).toBeLessThan(5e-6);
    expect(error, what).toBeGreaterThan(0);
  }
});
