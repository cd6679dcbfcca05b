import '../../../src-main/engine/gradients.ts';
import { memory, setBackend, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { valuesOf } from '../../../src-main/data/stored-variables.ts';
import { disposeNamed } from '../../../src-main/train/named-tensors.ts';
import { Optimiser, type OptimiserConfig } from '../../../src-main/train/optimisers.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

const model = { headParams: ['head.kernel', 'head.bias'] };
const start = () => ({
  'body.kernel': tensor([[1, -2]]),
  'head.kernel': tensor([[0.5, 0.25]]),
  'head.bias': tensor([1, 1]),
});
const slopes = () => ({
  'body.kernel': tensor([[0.1, 0.2]]),
  'head.kernel': tensor([[-0.3, 0.4]]),
  'head.bias': tensor([0.5, -0.5]),
});

/** Values of all parameters after some steps with the same gradient. */
function after(steps: number, config: OptimiserConfig, lr: number): Record<string, number[]> {
  const params = start();
  const optimiser = new Optimiser(config, model, params);
  const grads = slopes();
  for (let i = 0; i < steps; i++) optimiser.apply(params, grads, lr);
  const values = Object.fromEntries(Object.entries(params).map(([name, p]) => [name, Array.from(p.dataSync())]));
  disposeNamed(params);
  disposeNamed(grads);
  optimiser.dispose();
  return values;
}

const sgd: OptimiserConfig = { optimizer: 'sgd', momentum: 0.9, weightDecay: 0.1, backboneFactor: 0.5 };
const adamw: OptimiserConfig = { ...sgd, optimizer: 'adamw' };

describe('SGD', () => {
  it('takes two steps with momentum, decay on kernels only and the slower backbone as by hand', () => {
    const byHand = (p: number, g: number, { lr, decay }: { lr: number; decay: number }) => {
      let [value, velocity] = [p, 0];
      for (let i = 0; i < 2; i++) {
        velocity = 0.9 * velocity + g + decay * value;
        value -= lr * velocity;
      }
      return value;
    };
    const values = after(2, sgd, 0.01);
    expect(values['head.kernel']![0]).toBeCloseTo(byHand(0.5, -0.3, { lr: 0.01, decay: 0.1 }), 6);
    expect(values['head.bias']![1]).toBeCloseTo(byHand(1, -0.5, { lr: 0.01, decay: 0 }), 6);
    expect(values['body.kernel']![1]).toBeCloseTo(byHand(-2, 0.2, { lr: 0.005, decay: 0.1 }), 6);
  });
});

describe('AdamW', () => {
  it('takes steps of the learning rate against a constant gradient, decay apart', () => {
    const values = after(3, adamw, 0.01);
    expect(values['head.bias']![0]).toBeCloseTo(1 - 3 * 0.01, 5);
    const decayed = [1, 2, 3].reduce((value) => value * (1 - 0.01 * 0.1) + 0.01, 0.5);
    expect(values['head.kernel']![0]).toBeCloseTo(decayed, 5);
  });
});

describe.each([sgd, adamw])('a stored $optimizer', (config) => {
  it('goes on with the same numbers, and none leaks a tensor', async () => {
    const before = memory().numTensors;
    const params = start();
    const grads = slopes();
    const first = new Optimiser(config, model, params);
    first.apply(params, grads, 0.01);
    const stored = { slots: await valuesOf(first.slots), steps: first.steps };
    first.dispose();
    const second = new Optimiser(config, model, params, stored);
    second.apply(params, grads, 0.01);
    const values = Object.fromEntries(Object.entries(params).map(([name, p]) => [name, Array.from(p.dataSync())]));
    second.dispose();
    disposeNamed(params);
    disposeNamed(grads);
    expect(memory().numTensors).toBe(before);
    expect(values).toEqual(after(2, config, 0.01));
  });
});
