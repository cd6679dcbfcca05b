import {
  memory,
  mul,
  sum,
  tensor,
  valueAndGrads,
  type Tensor,
  type Tensor1D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convBlock, type ConvBlockOptions } from '../../../models/ops/conv3d.ts';
import { openWasmBackend, type WasmEngine } from '../../../src-main/engine/wasm/register.ts';
import { expectLikeCpu, normal, onEngine, type Computation } from './against-cpu.ts';

type Case = { x: number[]; kernel: number[]; o: number; options: Partial<ConvBlockOptions>; bias?: boolean };

const CASES: Record<string, Case> = {
  'first layer, three channels': { x: [2, 4, 6, 7, 3], kernel: [3, 3, 3], o: 16, options: { pool: [1, 2, 2] } },
  'Winograd, even': { x: [2, 4, 6, 6, 8], kernel: [3, 3, 3], o: 16, options: { pool: [2, 2, 2] } },
  'Winograd, odd extents': { x: [2, 5, 7, 3, 16], kernel: [3, 3, 3], o: 32, options: {} },
  'Winograd, valid': { x: [1, 5, 7, 9, 8], kernel: [3, 3, 3], o: 16, options: { pad: 'valid' } },
  'Winograd, one output place': { x: [1, 3, 3, 3, 16], kernel: [3, 3, 3], o: 16, options: { pad: 'valid' } },
  'Winograd, many blocks': { x: [4, 8, 10, 12, 16], kernel: [3, 3, 3], o: 16, options: {} },
  'Winograd, tiles of 4x4x4': { x: [4, 8, 8, 12, 16], kernel: [3, 3, 3], o: 32, options: { pool: [1, 2, 2] } },
  'Winograd, large tiles cut by every edge': { x: [2, 11, 11, 7, 16], kernel: [3, 3, 3], o: 16, options: {} },
  'Winograd, tiles of 2x4x4, valid': { x: [4, 4, 10, 14, 8], kernel: [3, 3, 3], o: 16, options: { pad: 'valid' } },
  'Winograd, 64 channels': { x: [1, 2, 4, 4, 64], kernel: [3, 3, 3], o: 64, options: {} },
  'seventeen channels to one': { x: [1, 3, 5, 6, 17], kernel: [3, 3, 3], o: 1, options: {} },
  'sixteen channels to seventeen': { x: [1, 3, 5, 6, 16], kernel: [3, 3, 3], o: 17, options: {} },
  'one channel to three': { x: [2, 3, 5, 6, 1], kernel: [3, 3, 3], o: 3, options: { pad: 'valid' } },
  '1x3x3': { x: [2, 3, 5, 6, 4], kernel: [1, 3, 3], o: 5, options: {} },
  '3x1x1': { x: [2, 3, 5, 6, 4], kernel: [3, 1, 1], o: 8, options: { pool: [2, 2, 2] } },
  '1x1x1': { x: [2, 3, 5, 6, 17], kernel: [1, 1, 1], o: 9, options: {} },
  '1x1x1, stride 2': { x: [2, 4, 6, 7, 8], kernel: [1, 1, 1], o: 16, options: { strides: [2, 2, 2] } },
  '3x3x3, stride 2': { x: [2, 5, 7, 8, 3], kernel: [3, 3, 3], o: 10, options: { strides: [2, 2, 2] } },
  '3x3x3, stride 2, valid': {
    x: [1, 6, 8, 9, 5],
    kernel: [3, 3, 3],
    o: 4,
    options: { strides: [2, 2, 2], pad: 'valid' },
  },
  '7x7x7': { x: [1, 8, 9, 7, 2], kernel: [7, 7, 7], o: 3, options: {} },
  '3x7x7, stride 1x2x2': { x: [1, 4, 9, 10, 3], kernel: [3, 7, 7], o: 8, options: { strides: [1, 2, 2] } },
  'even kernel': { x: [1, 4, 5, 6, 3], kernel: [2, 2, 4], o: 8, options: {} },
  'axes of one element': { x: [2, 1, 8, 1, 4], kernel: [3, 3, 3], o: 5, options: {} },
  'no ReLU, no bias': { x: [1, 3, 4, 5, 8], kernel: [3, 3, 3], o: 16, options: { relu: false }, bias: false },
  'pool that leaves a rest': { x: [1, 5, 7, 7, 8], kernel: [3, 3, 3], o: 6, options: { pool: [2, 3, 3] } },
};

const DEFAULTS: ConvBlockOptions = { strides: [1, 1, 1], pad: 'same', relu: true, pool: null };

/** Result and gradients of a block, by a loss that weights each output differently. */
function blockAndGradients({ options, bias = true }: Case): Computation {
  return (x, filter, offsets) => {
    const block = (...args: Tensor[]) =>
      convBlock(args[0] as Tensor5D, args[1] as Tensor5D, bias ? (args[2] as Tensor1D) : null, {
        ...DEFAULTS,
        ...options,
      });
    const y = block(x!, filter!, offsets!);
    const weights = tensor(normal(y.shape, 99).values, y.shape);
    const inputs = bias ? [x!, filter!, offsets!] : [x!, filter!];
    return [y, ...valueAndGrads((...args) => sum(mul(block(...args), weights)))(inputs).grads];
  };
}

function inputsOf({ x, kernel, o }: Case): ReturnType<typeof normal>[] {
  return [normal(x, 1), normal([...kernel, x[4]!, o], 2), normal([o], 3)];
}

const ENGINES = {
  'one thread, 128 bits': { threads: 1, wide: false },
  'three threads, 256 bits where they pay': { threads: 3, wide: true },
};

describe.each(Object.entries(ENGINES))('conv block on %s', (_, options) => {
  let engine: WasmEngine;
  beforeAll(async () => {
    engine = await openWasmBackend({ ...options, poison: true });
  });
  afterAll(() => engine.close());

  test.each(Object.entries(CASES))('%s: equals the slow backend, gradients too', async (_, testCase) => {
    await expectLikeCpu(blockAndGradients(testCase), inputsOf(testCase));
  });

  test('gives back all memory of a forward and backward pass', async () => {
    const testCase = CASES['Winograd, even']!;
    await onEngine(blockAndGradients(testCase), inputsOf(testCase));
    const [tensors, bytes] = [memory().numTensors, engine.runtime.heap.liveBytes];
    await onEngine(blockAndGradients(testCase), inputsOf(testCase));
    expect([memory().numTensors, engine.runtime.heap.liveBytes]).toEqual([tensors, bytes]);
  });
});

test('results are the same to the last bit for one, two and three threads', async () => {
  const results = [];
  const chosen = [
    'first layer, three channels',
    'Winograd, many blocks',
    'Winograd, tiles of 4x4x4',
    '3x3x3, stride 2',
  ];
  for (const threads of [1, 2, 3]) {
    const engine = await openWasmBackend({ threads, wide: false });
    const ofEngine = [];
    for (const name of chosen) ofEngine.push(await onEngine(blockAndGradients(CASES[name]!), inputsOf(CASES[name]!)));
    results.push(ofEngine);
    await engine.close();
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

test('gradients agree with finite differences', async () => {
  const engine = await openWasmBackend({ threads: 2 });
  const testCase = { x: [1, 4, 6, 6, 8], kernel: [3, 3, 3], o: 16, options: { pool: null, relu: false } } as const;
  const shape = [...testCase.kernel, 8, 16];
  const [x, filter, direction] = [normal([...testCase.x], 1), normal(shape, 2), normal(shape, 5)];
  const step = 1e-2;
  const loss =
    (sign: number): Computation =>
    (clip, kernel, offset) => [
      sum(
        mul(
          convBlock(clip as Tensor5D, kernel!.add(offset!.mul(sign * step)) as Tensor5D, null, {
            ...DEFAULTS,
            relu: false,
          }),
          tensor(normal([1, 4, 6, 6, 16], 9).values, [1, 4, 6, 6, 16]),
        ),
      ),
    ];
  const [up] = await onEngine(loss(1), [x, filter, direction]);
  const [down] = await onEngine(loss(-1), [x, filter, direction]);
  const weighted = { ...testCase, x: [...testCase.x], kernel: [...testCase.kernel], bias: false } as unknown as Case;
  const [, , gradient] = await onEngine(gradientsWith(weighted, 9), [x, filter, normal([16], 3)]);
  const slope = gradient!.values.reduce((total, g, i) => total + g * direction.values[i]!, 0);
  expect((up!.values[0]! - down!.values[0]!) / (2 * step) / slope).toBeCloseTo(1, 2);
  await engine.close();
});

function gradientsWith(testCase: Case, seed: number): Computation {
  return (x, filter) => {
    const block = (...args: Tensor[]) =>
      convBlock(args[0] as Tensor5D, args[1] as Tensor5D, null, { ...DEFAULTS, ...testCase.options });
    const y = block(x!, filter!);
    const weights = tensor(normal(y.shape, seed).values, y.shape);
    return [y, ...valueAndGrads((...args) => sum(mul(block(...args), weights)))([x!, filter!]).grads];
  };
}
