/** Invariants 1-6 and 13 of algorithms.md 1.11: the pooling functions and the estimators of them. */
import '../../../src-main/engine/gradients.ts';
import {
  grad,
  memory,
  setBackend,
  tensor2d,
  tensor3d,
  tidy,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  jointLogSumExpPool,
  jointTemporalWeights,
  temporalMaxPool,
  temporalSoftmaxPool,
  temporalWeights,
} from '../../../models/ops/temporal-softmax-pool.ts';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { pooledEstimate } from '../../../src-main/train/temporal-weights/drawn-clips.ts';
import { relativeWeights } from '../../../src-main/train/temporal-weights/score-table.ts';

beforeAll(async () => {
  await setBackend('cpu');
});

const normals = (count: number, seed: number) => {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => rng.normal());
};
const asClips = (scores: readonly number[]) => tensor3d([scores.map((f) => [f])]);
const pool = (scores: readonly number[], gamma: number) =>
  tidy(() => temporalSoftmaxPool(asClips(scores), gamma).dataSync()[0]!);
const softmax = (scores: readonly number[], gamma: number) => {
  const powers = scores.map((f) => Math.exp(gamma * (f - Math.max(...scores))));
  return powers.map((p) => p / powers.reduce((a, b) => a + b, 0));
};
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('invariant 1: softmax pooling between mean, max and min', () => {
  const scores = normals(9, 1);

  it('is the mean at gamma 0, the maximum at large gamma and the minimum at large negative gamma', () => {
    expect(pool(scores, 0)).toBeCloseTo(mean(scores), 6);
    expect(pool(scores, 1e4)).toBeCloseTo(Math.max(...scores), 5);
    expect(pool(scores, -1e4)).toBeCloseTo(Math.min(...scores), 5);
  });

  it('grows with gamma at the rate of the variance of the scores under the weights, inside [min, max]', () => {
    for (const gamma of [-2, -0.5, 0, 0.5, 1, 3]) {
      const y = softmax(scores, gamma);
      const value = dot(y, scores);
      const variance =
        dot(
          y,
          scores.map((f) => f * f),
        ) -
        value ** 2;
      const slope = (pool(scores, gamma + 1e-2) - pool(scores, gamma - 1e-2)) / 2e-2;
      expect(pool(scores, gamma)).toBeCloseTo(value, 5);
      expect(slope).toBeCloseTo(variance, 2);
      expect(pool(scores, gamma)).toBeGreaterThanOrEqual(Math.min(...scores));
      expect(pool(scores, gamma)).toBeLessThanOrEqual(Math.max(...scores));
    }
  });
});

describe('invariant 2: weights', () => {
  it('are non-negative, sum to 1, do not see a constant, and pooling carries it through', () => {
    const scores = normals(7, 2);
    const shifted = scores.map((f) => f + 5);
    const [y, z] = [scores, shifted].map((s) => Array.from(tidy(() => temporalWeights(asClips(s), 1.5).dataSync())));
    expect(Math.min(...y!)).toBeGreaterThanOrEqual(0);
    expect(y!.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    y!.forEach((weight, t) => expect(z![t]).toBeCloseTo(weight, 5));
    expect(pool(shifted, 1.5)).toBeCloseTo(pool(scores, 1.5) + 5, 5);
  });

  it('do not depend on the order of the clips', () => {
    const scores = normals(7, 3);
    expect(pool(scores.toReversed(), 2)).toBeCloseTo(pool(scores, 2), 6);
  });
});

describe('invariant 3: constant scores and single clips', () => {
  it.each([0, 0.5, 1, 10])('pool of a constant is the constant at gamma %d, and one clip is itself', (gamma) => {
    expect(pool([1.25, 1.25, 1.25, 1.25], gamma)).toBeCloseTo(1.25, 6);
    expect(pool([-0.75], gamma)).toBeCloseTo(-0.75, 6);
  });
});

/** All N^K draws of a video with N positions, each with the estimate F that training makes of it. */
function estimates(scores: readonly number[], clipsPerVideo: number, weightOf: (cell: number) => number) {
  const positions = clipPositions({ runs: [{ start: 0, end: scores.length }] }, 1);
  const video = { id: 'v', label: 0, positions };
  const tuples = Array.from({ length: scores.length ** clipsPerVideo }, (_, i) =>
    Array.from({ length: clipsPerVideo }, (_, k) => Math.floor(i / scores.length ** k) % scores.length),
  );
  return tuples.map((cells) => {
    const choice = { epoch: 1, draws: [{ video, cells, logitWeights: cells.map(weightOf) }] };
    const logits = tensor3d([cells.map((cell) => [scores[cell]!])]);
    return { cells, estimate: tidy(() => pooledEstimate(logits, choice).dataSync()[0]!) };
  });
}

function momentsOf(scores: readonly number[], gamma: number, clipsPerVideo: number) {
  const relative = relativeWeights(Float64Array.from(scores), gamma);
  const y = Array.from(relative, (weight) => weight / scores.length);
  const stats = (draws: { cells: number[]; estimate: number }[], probability: (cell: number) => number) => {
    const p = (cells: number[]) => cells.reduce((product, cell) => product * probability(cell), 1);
    const expectation = draws.reduce((sum, d) => sum + p(d.cells) * d.estimate, 0);
    const square = draws.reduce((sum, d) => sum + p(d.cells) * d.estimate ** 2, 0);
    return { expectation, variance: square - expectation ** 2 };
  };
  return {
    y,
    uniform: stats(
      estimates(scores, clipsPerVideo, (cell) => relative[cell]!),
      () => 1 / scores.length,
    ),
    importance: stats(
      estimates(scores, clipsPerVideo, () => 1),
      (cell) => y[cell]!,
    ),
  };
}

describe('invariant 4: both estimators are unbiased', () => {
  it.each([1, 2])('weighted uniform and importance sampling have the pooled score as expectation, K = %d', (k) => {
    const scores = normals(6, 4);
    const { y, uniform, importance } = momentsOf(scores, 1.3, k);
    expect(uniform.expectation).toBeCloseTo(dot(y, scores), 5);
    expect(importance.expectation).toBeCloseTo(dot(y, scores), 5);
  });
});

describe('invariant 5: variances', () => {
  it('are N sum y^2 f^2 - F^2 and sum y f^2 - F^2, and a K-th of that for K clips', () => {
    const scores = normals(6, 5);
    const one = momentsOf(scores, 0.8, 1);
    const pooled = dot(one.y, scores);
    const squares = scores.map((f) => f * f);
    expect(one.uniform.variance).toBeCloseTo(
      scores.length *
        dot(
          one.y.map((y) => y * y),
          squares,
        ) -
        pooled ** 2,
      5,
    );
    expect(one.importance.variance).toBeCloseTo(dot(one.y, squares) - pooled ** 2, 5);
    const two = momentsOf(scores, 0.8, 2);
    expect(two.uniform.variance).toBeCloseTo(one.uniform.variance / 2, 5);
    expect(two.importance.variance).toBeCloseTo(one.importance.variance / 2, 5);
  });

  it('are equal at gamma 0, and importance sampling has the smaller one for non-negative scores', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const scores = normals(5, seed).map(Math.abs);
      const flat = momentsOf(scores, 0, 1);
      expect(flat.importance.variance).toBeCloseTo(flat.uniform.variance, 6);
      const sharp = momentsOf(scores, 2, 1);
      expect(sharp.importance.variance).toBeLessThanOrEqual(sharp.uniform.variance + 1e-9);
    }
  });
});

describe('invariant 6: gradient of softmax pooling', () => {
  it('is y (1 + gamma (f - F)), sums to 1, agrees with finite differences and leaks nothing', () => {
    const scores = normals(6, 6);
    const before = memory().numTensors;
    const slopes = tidy(() => {
      const gradient = grad((f) => temporalSoftmaxPool(f as Tensor3D, 1.7).sum())(asClips(scores));
      return Array.from(gradient.dataSync());
    });
    expect(memory().numTensors).toBe(before);
    const y = softmax(scores, 1.7);
    const pooled = dot(y, scores);
    slopes.forEach((slope, t) => {
      expect(slope).toBeCloseTo(y[t]! * (1 + 1.7 * (scores[t]! - pooled)), 5);
      const moved = (by: number) => pool(scores.with(t, scores[t]! + by), 1.7);
      expect(slope).toBeCloseTo((moved(1e-2) - moved(-1e-2)) / 2e-2, 3);
    });
    expect(slopes.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });

  it('of mean and max pooling is uniform and on the largest clip', () => {
    const slopesOf = (f: (x: Tensor3D) => Tensor2D) =>
      Array.from(tidy(() => grad((x) => f(x as Tensor3D).sum())(asClips([1, 3, 2])).dataSync()));
    expect(slopesOf((x) => temporalSoftmaxPool(x, 0))).toEqual([1, 1, 1].map((one) => Math.fround(one / 3)));
    expect(slopesOf((x) => temporalMaxPool(x))).toEqual([0, 1, 0]);
  });
});

describe('invariant 13: joint softmax over clips and classes', () => {
  const rows = Array.from({ length: 4 }, (_, t) => normals(3, 20 + t));
  const probabilities = (clips: number[][]) =>
    Array.from(
      tidy(() =>
        jointLogSumExpPool(tensor3d([clips]))
          .softmax()
          .dataSync(),
      ),
    );
  const jointSum = (clips: number[][]) => {
    const total = clips.flat().reduce((sum, x) => sum + Math.exp(x), 0);
    return clips[0]!.map((_, k) => clips.reduce((sum, row) => sum + Math.exp(row[k]!), 0) / total);
  };

  it('sums to 1 over classes and equals the softmax of logsumexp over time', () => {
    const p = probabilities(rows);
    expect(p.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    jointSum(rows).forEach((value, k) => expect(p[k]).toBeCloseTo(value, 6));
  });

  it('is unchanged when all frames come twice, and the plain softmax for one frame', () => {
    const twice = rows.flatMap((row) => [row, row]);
    probabilities(twice).forEach((value, k) => expect(value).toBeCloseTo(probabilities(rows)[k]!, 6));
    const single = Array.from(tidy(() => tensor2d([rows[0]!]).softmax().dataSync()));
    probabilities([rows[0]!]).forEach((value, k) => expect(value).toBeCloseTo(single[k]!, 6));
  });

  it('gives a frame that comes twice more influence', () => {
    const weights = (clips: number[][]) => Array.from(tidy(() => jointTemporalWeights(tensor3d([clips])).dataSync()));
    const once = weights(rows)[1]!;
    const [, first, second] = weights([rows[0]!, rows[1]!, rows[1]!, rows[2]!, rows[3]!]);
    expect(first! + second!).toBeGreaterThan(once);
  });
});
