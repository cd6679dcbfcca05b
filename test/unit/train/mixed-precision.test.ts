/**
 * Mixed precision without a GPU: kernels whose products take operands rounded to f16, overflow included, and add in f32,
 * as matrix units do. It proves the scaling of the loss and that training bears the rounding; it says nothing of a GPU's
 * own kernels.
 */
import {
  getKernel,
  memory,
  registerKernel,
  setBackend,
  unregisterKernel,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StepMetrics } from '../../../src-main/contract/records.ts';
import { openReferenceBackend } from '../../../src-main/engine/reference.ts';
import { LossScale } from '../../../src-main/train/loss-scale.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { linearCard, MemorySink, momentData, toyConfig } from '../../support/toy-training.ts';

/** The only products of the toy network, forward and backward. */
const PRODUCTS = ['BatchMatMul', '_FusedMatMul'];

type Reader = {
  readSync(dataId: object): Float32Array;
  makeTensorInfo(...a: [number[], 'float32', Float32Array]): TensorInfo;
};

/** Rounds the operands of products to f16, infinite beyond `largest`; gives a function that takes it back. */
function roundProducts(largest = F16_LARGEST): () => void {
  const restore = PRODUCTS.map((kernelName) => {
    const stock = getKernel(kernelName, 'cpu')!;
    unregisterKernel(kernelName, 'cpu');
    registerKernel({
      ...stock,
      kernelFunc: (call) => {
        const backend = call.backend as Reader & { disposeIntermediateTensorInfo(info: TensorInfo): void };
        const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
        const rounded = [a, b].map((operand) =>
          backend.makeTensorInfo(
            operand.shape,
            'float32',
            Float32Array.from(backend.readSync(operand.dataId), (value) => toF16(value, largest)),
          ),
        );
        const result = stock.kernelFunc({ ...call, inputs: { ...call.inputs, a: rounded[0]!, b: rounded[1]! } });
        rounded.forEach((info) => backend.disposeIntermediateTensorInfo(info));
        return result;
      },
    });
    return () => {
      unregisterKernel(kernelName, 'cpu');
      registerKernel(stock);
    };
  });
  return () => restore.forEach((each) => each());
}

const F16_LARGEST = 65504;
const F16_SMALLEST_EXPONENT = -14;
const F16_MANTISSA_BITS = 10;

/** Nearest number of f16, ties to even as near as doubles tell; what is too large becomes infinite. */
function toF16(value: number, largest: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const exponent = Math.max(F16_SMALLEST_EXPONENT, Math.floor(Math.log2(Math.abs(value))));
  const step = 2 ** (exponent - F16_MANTISSA_BITS);
  const rounded = Math.round(value / step) * step;
  return Math.abs(rounded) > largest ? Math.sign(rounded) * Infinity : rounded;
}

let takeBack: (() => void) | null = null;
afterEach(() => {
  takeBack?.();
  takeBack = null;
});
beforeAll(async () => {
  await openReferenceBackend();
  await setBackend('cpu');
});

const DATA = { train: 12, val: 3, frames: 8 };

async function train(pairs: readonly string[], seed = 1) {
  const sink = new MemorySink();
  const config = toyConfig(['pooling=average', `seed=${seed}`, ...pairs]);
  const before = memory().numTensors;
  await trainRun({ ...momentData(3, DATA), config, card: linearCard, sink });
  expect(memory().numTensors).toBe(before);
  const steps = sink.metrics.filter((record): record is StepMetrics => record.kind === 'step');
  return { sink, steps };
}

describe('training in mixed precision', () => {
  it('takes 1,000 steps with finite losses that differ from float32 by less than another seed does', async () => {
    const long = ['epochs=500', 'patience=500', 'schedule=constant', 'learningRate=0.002'];
    const [exact, other] = [await train(long), await train(long, 2)];
    takeBack = roundProducts();
    const mixed = await train([...long, 'precision=mixed']);
    expect(mixed.steps).toHaveLength(1000);
    expect(mixed.steps.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    const distance = (a: StepMetrics[], b: StepMetrics[]) =>
      Math.sqrt(a.reduce((sum, { loss }, i) => sum + (loss - b[i]!.loss) ** 2, 0) / a.length);
    expect(distance(mixed.steps, exact.steps)).toBeLessThan(0.5 * distance(other.steps, exact.steps));
  }, 120_000);

  it('skips the steps that overflow, halves the scale each time, and learns in the others', async () => {
    takeBack = roundProducts(500);
    const { steps, sink } = await train(['precision=mixed', 'epochs=8']);
    const skipped = steps.filter(({ gradientNorm }) => gradientNorm === null).length;
    expect(skipped).toBeGreaterThan(1);
    expect(steps.length).toBeGreaterThan(skipped + 2);
    const scales = steps.map(({ lossScale }) => Math.log2(lossScale!));
    const skippedBefore = (i: number) => steps.slice(0, i).filter(({ gradientNorm }) => gradientNorm === null).length;
    expect(scales).toEqual(steps.map((_, i) => 16 - skippedBefore(i)));
    const { state } = sink.checkpoints.get('last')!;
    expect((state as { optimizerSteps: number }).optimizerSteps).toBe(steps.length - skipped);
  });

  it('goes on exactly where a checkpoint left the scale', async () => {
    const { sink } = await train(['precision=mixed']);
    const { state } = sink.checkpoints.get('last')!;
    const { lossScale } = state as { lossScale: LossScale['state'] };
    expect(lossScale.goodSteps).toBe(sink.metrics.filter(({ kind }) => kind === 'step').length);
    expect(new LossScale(lossScale).factor).toBe(2 ** 16);
  });

  it('leaves float32 as it is: no scale, and the numbers of a scale of 1', async () => {
    const { steps, sink } = await train([]);
    expect(steps.every((step) => !('lossScale' in step) && step.gradientNorm !== null)).toBe(true);
    expect(sink.checkpoints.get('last')!.state).toMatchObject({ lossScale: null });
  });
});
