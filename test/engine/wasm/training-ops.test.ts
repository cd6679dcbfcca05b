/** Batch norm, clip transform and optimiser kernels against their references in plain ops. */
import {
  grads,
  memory,
  mul,
  sum,
  tensor,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batchNormTraining } from '../../../models/ops/batch-norm.ts';
import { clipTransform } from '../../../models/ops/clip-transform.ts';
import { colourMatrix } from '../../../models/ops/colour-matrix.ts';
import { adamWUpdate, globalNorm, sgdUpdate } from '../../../models/ops/optimiser-update.ts';
import { warpMatrix } from '../../../models/ops/warp-matrix.ts';
import { openWasmBackend, type WasmEngine } from '../../../src-main/engine/wasm/register.ts';
import { expectLikeCpu, normal, onEngine } from './against-cpu.ts';

let engine: WasmEngine;
beforeAll(async () => {
  engine = await openWasmBackend({ threads: 2, poison: true });
});
afterAll(() => engine.close());

const weighted = (y: Tensor) => sum(mul(y, tensor(normal(y.shape, 7).values, y.shape)));

describe.each([1, 3, 17, 64])('batch norm of %i channels', (c) => {
  test.each([false, true])('and its gradients equal the reference (ReLU: %s)', async (relu) => {
    const options = { epsilon: 1e-3, relu };
    const run = (...[x, scale, offset]: Tensor[]) =>
      batchNormTraining(x as Tensor5D, { scale: scale as Tensor1D, offset: offset as Tensor1D }, options);
    await expectLikeCpu(
      (...inputs) => {
        const { y, mean, variance } = run(...inputs);
        return [y, mean, variance, ...grads((...args) => weighted(run(...args).y))(inputs)];
      },
      [normal([2, 3, 5, 7, c], 1), normal([c], 2), normal([c], 3)],
      1e-4,
    );
  });
});

test('batch norm without affine, far from zero, equals the reference', async () => {
  const run = (x: Tensor) => batchNormTraining(x as Tensor5D, null, { epsilon: 1e-5, relu: false });
  await expectLikeCpu((x) => [run(x!.add(1000)).y, run(x!.add(1000)).variance], [normal([2, 4, 8, 8, 8], 1)], 1e-3);
});

const SCALE = { fill: [0.1, 0.2, 0.3], mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.25] };

/** Matrices of `n` different warps and colour changes. */
function matrices(n: number, aspect: number): ReturnType<typeof normal>[] {
  const items = Array.from({ length: n }, (_, i) => i);
  const warp = items.flatMap((i) =>
    warpMatrix({ flip: i % 2 === 0, rotationDeg: 17 * i + 5, scale: 1.1 - 0.3 * i, shiftX: 0.3, shiftY: -0.2, aspect }),
  );
  const colour = items.flatMap((i) => colourMatrix({ brightness: 1.2, contrast: 0.7 + 0.2 * i, saturation: 1.3 }));
  return [
    { shape: [n, 2, 3], values: Float32Array.from(warp) },
    { shape: [n, 3, 4], values: Float32Array.from(colour) },
  ];
}

describe.each([
  [2, 3, 7, 9, 3],
  [1, 2, 1, 6, 3],
  [3, 1, 8, 1, 3],
])('clip transform of [%i,%i,%i,%i,%i]', (...shape) => {
  const [n, , h, w] = shape;
  const inputs = [normal(shape, 1), ...matrices(n, w / h)];

  test('of floats and its three gradients equal the reference', async () => {
    const run = (...[clips, warp, colour]: Tensor[]) =>
      clipTransform(clips as Tensor5D, { warp: warp as Tensor3D, colour: colour as Tensor3D }, SCALE);
    await expectLikeCpu((...args) => [run(...args), ...grads((...a) => weighted(run(...a)))(args)], inputs, 1e-4);
  });

  test('of bytes and the gradients of its matrices equal the reference', async () => {
    const bytes = { shape, values: inputs[0]!.values.map((value) => Math.round(Math.min(255, Math.abs(value) * 80))) };
    const run = (clips: Tensor, warp: Tensor, colour: Tensor) =>
      clipTransform(clips.toInt() as Tensor5D, { warp: warp as Tensor3D, colour: colour as Tensor3D }, SCALE);
    await expectLikeCpu(
      (clips, warp, colour) => [
        run(clips!, warp!, colour!),
        ...grads((a, b) => weighted(run(clips!, a!, b!)))([warp!, colour!]),
      ],
      [bytes, ...inputs.slice(1)],
      1e-4,
    );
  });
});

describe.each([5, 1000, 40001])('optimiser kernels on %i numbers', (size) => {
  const hyper = { lr: 1e-2, weightDecay: 0.1, gradScale: 0.5 };
  const inputs = [1, 2, 3, 4].map((seed) => normal([size], seed));

  test('AdamW equals the reference', async () => {
    const adam = { ...hyper, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 3 };
    await expectLikeCpu((param, first, second, grad) => {
      const state = adamWUpdate({ param: param!, first: first!, second: second!.square() }, grad!, adam);
      return [state.param, state.first, state.second];
    }, inputs);
  });

  test.each([false, true])('SGD (nesterov: %s) equals the reference', async (nesterov) => {
    await expectLikeCpu(
      (param, velocity, grad) => {
        const state = sgdUpdate({ param: param!, velocity: velocity! }, grad!, { ...hyper, momentum: 0.9, nesterov });
        return [state.param, state.velocity];
      },
      inputs.slice(0, 3),
    );
  });

  test('the global norm equals the reference', async () => {
    await expectLikeCpu((...all) => [globalNorm(all)], inputs);
  });
});

test('an update leaves nothing behind', async () => {
  const inputs = [1, 2, 3].map((seed) => normal([5000], seed));
  const update = () =>
    onEngine((param, velocity, grad) => {
      const hyper = { lr: 0.1, momentum: 0.9, weightDecay: 0, nesterov: false, gradScale: 1 };
      const state = sgdUpdate({ param: param!, velocity: velocity! }, grad!, hyper);
      return [state.param, globalNorm([state.velocity])];
    }, inputs);
  await update();
  const before = [memory().numTensors, engine.runtime.heap.liveBytes];
  await update();
  expect([memory().numTensors, engine.runtime.heap.liveBytes]).toEqual(before);
});
