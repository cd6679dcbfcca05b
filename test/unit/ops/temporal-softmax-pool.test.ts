import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-cpu';
import { grad, memory, mul, setBackend, sum, tensor2d, tensor3d, type Tensor3D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { poolScores } from '../../../models/ops/softmax-pool-scores.ts';
import {
  jointLogSumExpPool,
  jointTemporalWeights,
  temporalMaxPool,
  temporalSoftmaxPool,
  temporalWeights,
} from '../../../models/ops/temporal-softmax-pool.ts';
import { windowMax } from '../../../models/ops/window-max.ts';
import { Rng } from '../../../src-main/data/rng.ts';

beforeAll(() => setBackend('cpu'));

const [N, P, K] = [2, 5, 3];
const rng = new Rng(3);
const scores = Array.from({ length: N }, () =>
  Array.from({ length: P }, () => Array.from({ length: K }, () => rng.normal())),
);
const logits = () => tensor3d(scores);
const masked = [
  [1, 0, 1, 1, 0],
  [0, 1, 0, 0, 0],
];

/** Scores [p][k] of clip n whose mask is 1. */
const kept = (n: number) => scores[n]!.filter((_, p) => masked[n]![p] === 1);

describe('softmax pooling', () => {
  test.each([0, 0.5, 1, 10])('with gamma %d equals the pure-number version', async (gamma) => {
    const pooled = temporalSoftmaxPool(logits(), gamma).arraySync();
    pooled.forEach((row, n) => {
      const expected = poolScores(scores[n]!, gamma).scores;
      row.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 5));
    });
  });

  test('leaves out clip positions of weight 0', () => {
    const pooled = temporalSoftmaxPool(logits(), 1, tensor2d(masked)).arraySync();
    pooled.forEach((row, n) =>
      row.forEach((value, k) => expect(value).toBeCloseTo(poolScores(kept(n), 1).scores[k]!, 5)),
    );
  });

  test('counts a weight of 2 as two equal clips', () => {
    const doubled = temporalSoftmaxPool(tensor3d([[[1], [3]]]), 1, tensor2d([[2, 1]])).arraySync();
    expect(doubled[0]![0]).toBeCloseTo(poolScores([[1], [1], [3]], 1).scores[0]!, 5);
  });

  test('has the gradient y (1 + gamma (f - F)), whose sum over clips is 1', () => {
    const gamma = 1.5;
    const gradient = grad((f) => sum(temporalSoftmaxPool(f as Tensor3D, gamma)))(logits()).arraySync() as number[][][];
    gradient.forEach((clip, n) => {
      const { scores: pooled, weights } = poolScores(scores[n]!, gamma);
      clip.forEach((row, p) =>
        row.forEach((value, k) =>
          expect(value).toBeCloseTo(weights[p]![k]! * (1 + gamma * (scores[n]![p]![k]! - pooled[k]!)), 5),
        ),
      );
      expect(clip.reduce((total, row) => total + row[0]!, 0)).toBeCloseTo(1, 5);
    });
  });

  test('has a gradient that agrees with finite differences under weights', () => {
    const weights = tensor2d(masked);
    const loss = (f: Tensor3D) =>
      sum(
        mul(
          temporalSoftmaxPool(f, 0.7, weights),
          tensor2d([
            [1, -2, 3],
            [0.5, 1, 2],
          ]),
        ),
      );
    const gradient = grad((f) => loss(f as Tensor3D))(logits()).dataSync();
    const step = 1e-2;
    for (const index of [0, 4, 7, 20]) {
      const at = (sign: number) => {
        const values = scores.flat(2).map((value, i) => (i === index ? value + sign * step : value));
        return loss(tensor3d(values, [N, P, K])).dataSync()[0]!;
      };
      expect((at(1) - at(-1)) / (2 * step)).toBeCloseTo(gradient[index]!, 2);
    }
  });

  test('weights of each class sum to 1', () => {
    const totals = sum(temporalWeights(logits(), 2, tensor2d(masked)), 1).dataSync();
    totals.forEach((total) => expect(total).toBeCloseTo(1, 5));
  });

  test('leaves no tensors behind', () => {
    const [f, weights] = [logits(), tensor2d(masked)];
    const before = memory().numTensors;
    temporalSoftmaxPool(f, 1, weights).dispose();
    grad((x) => sum(temporalSoftmaxPool(x as Tensor3D, 1, weights)))(f).dispose();
    windowMax(f, 2, 1).dispose();
    expect(memory().numTensors).toBe(before);
  });
});

test('the mean and the maximum heed weights', () => {
  const [mean, max] = [temporalSoftmaxPool(logits(), 0, tensor2d(masked)), temporalMaxPool(logits(), tensor2d(masked))];
  const [means, maxima] = [mean.arraySync(), max.arraySync()];
  for (let n = 0; n < N; n++) {
    const column = kept(n).map((row) => row[1]!);
    expect(means[n]![1]).toBeCloseTo(column.reduce((a, b) => a + b) / column.length, 5);
    expect(maxima[n]![1]).toBeCloseTo(Math.max(...column), 5);
  }
});

test('the softmax of joint log-sum-exp is the joint softmax summed over positions', () => {
  const powers = scores[0]!.map((row) => row.map(Math.exp));
  const total = powers.flat().reduce((a, b) => a + b);
  const pooled = jointLogSumExpPool(logits()).arraySync()[0]!;
  const denominator = pooled.map(Math.exp).reduce((a, b) => a + b);
  pooled.forEach((value, k) => {
    const joint = powers.reduce((sum, row) => sum + row[k]!, 0) / total;
    expect(Math.exp(value) / denominator).toBeCloseTo(joint, 5);
  });
  const weights = jointTemporalWeights(logits()).arraySync()[0]!;
  weights.forEach((weight, p) => expect(weight).toBeCloseTo(powers[p]!.reduce((a, b) => a + b) / total, 5));
});

describe('windowed maximum', () => {
  const frames = tensor3d([[[1], [5], [2], [0], [4], [3]]]);

  test('takes the largest frame of each window', () => {
    expect(windowMax(frames, 3, 2).arraySync()).toEqual([[[5], [4]]]);
  });

  test('of a clip shorter than the window is one window', () => {
    expect(windowMax(frames, 16, 1).arraySync()).toEqual([[[5]]]);
  });

  test('sends its gradient to the largest frame', () => {
    const gradient = grad((f) => sum(windowMax(f as Tensor3D, 3, 3)))(frames);
    expect(Array.from(gradient.dataSync())).toEqual([0, 1, 0, 0, 1, 0]);
  });
});
