import '@tensorflow/tfjs-backend-cpu';
import { tensor3d, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  jointLogSumExpPool,
  jointTemporalWeights,
  temporalMaxPool,
  temporalSoftmaxPool,
} from '../../../models/ops/temporal-softmax-pool.ts';
import { POOLING_NAMES } from '../../../src-main/contract/config.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import {
  classProbabilities,
  decisionAt,
  decisionFlips,
  inferenceRule,
  poolClips,
} from '../../../src-main/infer/gamma-lens.ts';

type PoolingName = (typeof POOLING_NAMES)[number];

const GAMMAS = [0, 0.5, 1, 10];

function randomScores(seed: number, count: number): number[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, () => 3 * rng.normal());
}

function randomClips(seed: number, p: number, k: number): number[][] {
  return Array.from({ length: p }, (_, i) => randomScores(seed * 1000 + i, k));
}

/** Softmax pooling of the scores of one class. */
function pool(scores: number[], gamma: number): { score: number; weights: number[] } {
  const clips = scores.map((score) => [score]);
  const { logits, weights } = poolClips(clips, { kind: 'softmax', gamma });
  return { score: logits[0]!, weights: weights.flat() };
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('softmax pooling of one class (algorithms.md 1.11, 1 to 3)', () => {
  it('gives a worked example', () => {
    const { score, weights } = pool([0, Math.log(3)], 1);
    expect(weights).toEqual([expect.closeTo(0.25), expect.closeTo(0.75)]);
    expect(score).toBeCloseTo(0.75 * Math.log(3));
  });

  it.each([1, 2, 3, 4])('is the mean at gamma 0 and goes to maximum and minimum at both ends (seed %i)', (seed) => {
    const scores = randomScores(seed, 37);
    expect(pool(scores, 0).score).toBeCloseTo(mean(scores), 14);
    expect(pool(scores, Infinity).score).toBe(Math.max(...scores));
    expect(pool(scores, -40).score).toBeCloseTo(Math.min(...scores), 2);
    expect(pool(scores, 1e4).score).toBeCloseTo(Math.max(...scores), 6);
  });

  it('stays between minimum and maximum and never falls as gamma grows', () => {
    const scores = randomScores(5, 20);
    let last = -Infinity;
    for (let gamma = -20; gamma <= 20; gamma += 0.25) {
      const { score } = pool(scores, gamma);
      expect(score).toBeGreaterThanOrEqual(Math.min(...scores) - 1e-12);
      expect(score).toBeLessThanOrEqual(Math.max(...scores) + 1e-12);
      expect(score).toBeGreaterThanOrEqual(last - 1e-12);
      last = score;
    }
  });

  it('grows with gamma by the variance of the scores under the weights', () => {
    const scores = randomScores(6, 15);
    const step = 1e-5;
    for (const gamma of [0, 0.7, 2]) {
      const { score, weights } = pool(scores, gamma);
      const variance = weights.reduce((total, weight, t) => total + weight * (scores[t]! - score) ** 2, 0);
      const slope = (pool(scores, gamma + step).score - pool(scores, gamma - step).score) / (2 * step);
      expect(slope).toBeCloseTo(variance, 5);
    }
  });

  it.each(GAMMAS)('has weights that sum to 1 and ignore a constant added to all scores (gamma %f)', (gamma) => {
    const scores = randomScores(7, 25);
    const { score, weights } = pool(scores, gamma);
    const shifted = pool(
      scores.map((f) => f + 100),
      gamma,
    );
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
    shifted.weights.forEach((weight, t) => expect(weight).toBeCloseTo(weights[t]!, 10));
    expect(shifted.score).toBeCloseTo(score + 100, 9);
  });

  it.each(GAMMAS)('does not care about the order of clips (gamma %f)', (gamma) => {
    const scores = randomScores(8, 25);
    expect(pool(new Rng(1).shuffle(scores), gamma).score).toBeCloseTo(pool(scores, gamma).score, 12);
  });

  it.each([...GAMMAS, Infinity])('gives back constant scores and a single score (gamma %f)', (gamma) => {
    expect(pool([2.5, 2.5, 2.5], gamma)).toEqual({ score: expect.closeTo(2.5, 12), weights: [1 / 3, 1 / 3, 1 / 3] });
    expect(pool([-4.25], gamma)).toEqual({ score: -4.25, weights: [1] });
  });

  it('shares the weight of tied maxima and survives scores beyond the range of exp', () => {
    expect(pool([5, 1, 5], Infinity).weights).toEqual([0.5, 0, 0.5]);
    expect(pool([2000, 1000, -3000], 10).score).toBe(2000);
  });
});

describe('pooling of clip logits', () => {
  it('gives each class temporal weights of its own', () => {
    const { logits, weights } = poolClips(
      [
        [9, 0],
        [0, 9],
      ],
      { kind: 'softmax', gamma: Infinity },
    );
    expect(logits).toEqual([9, 9]);
    expect(weights).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('knows the inference rule of every pooling method', () => {
    const rules = Object.fromEntries(POOLING_NAMES.map((pooling) => [pooling, inferenceRule({ pooling, gamma: 2 })]));
    const softmax = { kind: 'softmax', gamma: 2 };
    expect(rules).toEqual({
      average: { kind: 'softmax', gamma: 0 },
      max: { kind: 'softmax', gamma: Infinity },
      softmax,
      'weighted-uniform': softmax,
      'stochastic-softmax': softmax,
      reinforce: softmax,
      'joint-softmax': { kind: 'log-sum-exp' },
    });
  });
});

describe('joint softmax pooling (algorithms.md 1.9 and 1.11, 13)', () => {
  const jointPool = (clips: number[][]) => classProbabilities(poolClips(clips, { kind: 'log-sum-exp' }).logits);

  it('equals one softmax over all clips and classes, summed over clips', () => {
    const clips = randomClips(9, 6, 4);
    const total = clips.flat().reduce((sum, x) => sum + Math.exp(x), 0);
    const joint = [0, 1, 2, 3].map((k) => clips.reduce((sum, clip) => sum + Math.exp(clip[k]!), 0) / total);
    jointPool(clips).forEach((probability, k) => expect(probability).toBeCloseTo(joint[k]!, 12));
    expect(jointPool(clips).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  it('weighs a clip by its row of that softmax, for all classes alike', () => {
    const clips = randomClips(9, 6, 4);
    const total = clips.flat().reduce((sum, x) => sum + Math.exp(x), 0);
    const { weights } = poolClips(clips, { kind: 'log-sum-exp' });
    clips.forEach((clip, p) => {
      const row = clip.reduce((sum, x) => sum + Math.exp(x), 0) / total;
      expect(weights[p]).toEqual(clip.map(() => expect.closeTo(row, 12)));
    });
  });

  it('does not change when all clips are doubled, and leans towards a clip that alone is doubled', () => {
    const clips = randomClips(10, 5, 3);
    const once = jointPool(clips);
    jointPool([...clips, ...clips]).forEach((probability, k) => expect(probability).toBeCloseTo(once[k]!, 12));
    const strongest = clips[0]!.indexOf(Math.max(...clips[0]!));
    const lean = jointPool([...clips, clips[0]!, clips[0]!, clips[0]!]);
    const alone = classProbabilities(clips[0]!);
    expect(Math.abs(lean[strongest]! - alone[strongest]!)).toBeLessThan(Math.abs(once[strongest]! - alone[strongest]!));
  });

  it('is the plain softmax for one clip', () => {
    const [clip] = randomClips(11, 1, 5);
    jointPool([clip!]).forEach((probability, k) => expect(probability).toBeCloseTo(classProbabilities(clip!)[k]!, 12));
  });
});

describe('the decision over gamma', () => {
  // Class 0 is steady at 1; class 1 is 0 but for one clip of 4: the average says 0, the maximum 1.
  const clips = [
    [1, 0],
    [1, 0],
    [1, 4],
    [1, -2],
  ];

  it('flips once, where both pooled scores are equal', () => {
    const flips = decisionFlips(clips);
    expect(flips).toEqual([{ gamma: expect.any(Number), from: 0, to: 1 }]);
    expect(
      pool(
        clips.map(([, f]) => f!),
        flips[0]!.gamma,
      ).score,
    ).toBeCloseTo(1, 6);
    expect(decisionAt(clips, flips[0]!.gamma * 0.99)).toBe(0);
    expect(decisionAt(clips, flips[0]!.gamma * 1.01)).toBe(1);
  });

  it('never flips where one class leads in every clip', () => {
    expect(decisionFlips(randomClips(12, 8, 3).map(([a, b]) => [a!, b!, 100]))).toEqual([]);
  });

  it('agrees with the decisions at both ends', () => {
    for (let seed = 20; seed < 40; seed++) {
      const random = randomClips(seed, 6, 4);
      const last = decisionFlips(random).at(-1)?.to ?? decisionAt(random, 0);
      expect(last).toBe(decisionAt(random, Infinity));
    }
  });
});

describe('the lens in plain numbers', () => {
  it('says what pooling of tensors says', () => {
    const clips = randomClips(50, 12, 7);
    const onTensors = (pool: (logits: Tensor3D) => Tensor2D) =>
      tidy(() => [...pool(tensor3d([clips])).dataSync()].map((x) => expect.closeTo(x, 4)));
    const inNumbers = (pooling: PoolingName, gamma = 1) => poolClips(clips, inferenceRule({ pooling, gamma })).logits;
    for (const gamma of GAMMAS)
      expect(inNumbers('softmax', gamma)).toEqual(onTensors((x) => temporalSoftmaxPool(x, gamma)));
    expect(inNumbers('average')).toEqual(onTensors((x) => temporalSoftmaxPool(x, 0)));
    expect(inNumbers('max')).toEqual(onTensors((x) => temporalMaxPool(x)));
    expect(inNumbers('joint-softmax')).toEqual(onTensors((x) => jointLogSumExpPool(x)));
    const { weights } = poolClips(clips, inferenceRule({ pooling: 'joint-softmax', gamma: 1 }));
    for (let k = 0; k < 7; k++) expect(weights.map((row) => row[k])).toEqual(onTensors((x) => jointTemporalWeights(x)));
  });
});
