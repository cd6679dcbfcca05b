import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-cpu';
import {
  matMul,
  memory,
  mul,
  setBackend,
  square,
  sub,
  sum,
  tanh,
  tensor2d,
  tidy,
  transpose,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NamedTensors } from '../../../models/types.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { hyperGradient, lookAhead } from '../../../src-main/train/augmentation/hyper-gradient.ts';
import { disposeNamed } from '../../../src-main/train/named-tensors.ts';

beforeAll(() => setBackend('cpu'));

/** L_train = w'Aw / 2 + w'B tanh(theta), L_val = |w - c|^2 / 2 (algorithms.md 3.8). */
const W = 5;
const P = 3;
const rng = new Rng(11);
const draw = (rows: number, columns: number) =>
  tensor2d(
    Array.from({ length: rows * columns }, () => rng.normal()),
    [rows, columns],
  );

function toy() {
  const root = draw(W, W);
  const A = tidy(() => matMul(root, root, true, false));
  return { A, B: draw(W, P), c: draw(W, 1), w: draw(W, 1), theta: draw(P, 1), m: draw(W, 1) };
}
type Toy = ReturnType<typeof toy>;

const weightGradient = ({ A, B, theta }: Toy, w: Tensor2D): Tensor2D =>
  tidy(() => matMul(A, w).add(matMul(B, tanh(theta))));
/** d/dtheta of w'B tanh(theta) at w. */
const thetaGradient = ({ B, theta }: Toy, w: Tensor2D): Tensor2D =>
  tidy(() => mul(matMul(transpose(B), w), sub(1, square(tanh(theta)))));

const STEP = { learningRate: 0.07, momentum: 0.9 };

function behind(problem: Toy, velocity: NamedTensors, step = STEP) {
  return lookAhead({ w: problem.w }, { w: weightGradient(problem, problem.w) }, velocity, step);
}

async function gradientOf(problem: Toy, velocity: NamedTensors, step = STEP, sign = 1) {
  const slope = tidy(() => mul(sub(behind(problem, velocity, step).weights['w']!, problem.c), sign));
  const gradientAt = ({ w }: NamedTensors) => ({ theta: thetaGradient(problem, w as Tensor2D) });
  return hyperGradient(gradientAt, {
    weights: { w: problem.w },
    slope: { w: slope },
    learningRate: step.learningRate,
  });
}

const values = (tensors: NamedTensors) => Array.from(tensors['theta']!.dataSync());

describe('the hyper-gradient of the quadratic toy', () => {
  it('is the closed form and the numeric derivative of the validation loss behind the step', async () => {
    const problem = toy();
    const velocity = { w: problem.m };
    const found = values(await gradientOf(problem, velocity));
    const ahead = behind(problem, velocity).weights['w'] as Tensor2D;
    const closed = tidy(() => mul(thetaGradient(problem, sub(ahead, problem.c)), -STEP.learningRate)).dataSync();
    found.forEach((value, i) => expect(value).toBeCloseTo(closed[i]!, 4));
    const lossAt = (i: number, by: number) => {
      const theta = problem.theta.arraySync().map(([one], j) => [one! + (i === j ? by : 0)]);
      const moved = behind({ ...problem, theta: tensor2d(theta) }, velocity).weights['w']!;
      return tidy(() => sum(square(sub(moved, problem.c))).div(2)).dataSync()[0]!;
    };
    found.forEach((value, i) => expect(value).toBeCloseTo((lossAt(i, 0.05) - lossAt(i, -0.05)) / 0.1, 2));
  });

  it('hardly depends on the length of the difference', async () => {
    const problem = toy();
    const slope = { w: draw(W, 1) };
    const gradientAt = ({ w }: NamedTensors) => ({ theta: thetaGradient(problem, w as Tensor2D) });
    const step = { weights: { w: problem.w }, slope, learningRate: 0.1 };
    const [one, half] = [
      await hyperGradient(gradientAt, step),
      await hyperGradient(gradientAt, { ...step, epsilon: 0.005 }),
    ];
    values(one).forEach((value, i) => expect(value).toBeCloseTo(values(half)[i]!, 3));
  });

  it('is exactly zero in first order, which is a step of length 0, and where validation has no slope', async () => {
    const problem = toy();
    expect(values(await gradientOf(problem, {}, { ...STEP, learningRate: 0 })).map(Math.abs)).toEqual([0, 0, 0]);
    expect(values(await gradientOf(problem, {}, STEP, 0)).map(Math.abs)).toEqual([0, 0, 0]);
    expect(Math.max(...values(await gradientOf(problem, {})).map(Math.abs))).toBeGreaterThan(0.01);
  });

  it('changes sign with the slope and knows the past only through the weights ahead', async () => {
    const problem = toy();
    const [one, other] = [await gradientOf(problem, {}), await gradientOf(problem, {}, STEP, -1)];
    values(one).forEach((value, i) => expect(value).toBeCloseTo(-values(other)[i]!, 4));
    const gradientAt = ({ w }: NamedTensors) => ({ theta: thetaGradient(problem, w as Tensor2D) });
    const ahead = (velocity: NamedTensors) => behind(problem, velocity).weights['w']!;
    const difference = tidy(() => sub(ahead({ w: problem.m }), ahead({})));
    const moved = await hyperGradient(gradientAt, {
      weights: { w: problem.w },
      slope: { w: difference },
      learningRate: 1,
    });
    const without = values(await gradientOf(problem, {}));
    values(await gradientOf(problem, { w: problem.m })).forEach((value, i) =>
      expect(value - without[i]!).toBeCloseTo(STEP.learningRate * values(moved)[i]!, 3),
    );
  });

  it('leaves the weights as they are, bit for bit, and no tensor behind', async () => {
    const problem = toy();
    const kept = problem.w.dataSync().slice();
    const slope = draw(W, 1);
    const before = memory().numTensors;
    const ahead = lookAhead({ w: problem.w }, { w: slope }, {}, STEP);
    const gradientAt = ({ w }: NamedTensors) => ({ theta: thetaGradient(problem, w as Tensor2D) });
    const grads = await hyperGradient(gradientAt, { weights: { w: problem.w }, slope: { w: slope }, learningRate: 1 });
    [grads, ahead.weights, ahead.velocity].forEach(disposeNamed);
    expect(memory().numTensors).toBe(before);
    expect(problem.w.dataSync()).toEqual(kept);
  });
});
