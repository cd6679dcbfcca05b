/** Invariant 7 of algorithms.md 1.11. */
import '../../../src-main/engine/gradients.ts';
import {
  grad,
  logSoftmax,
  matMul,
  memory,
  mul,
  setBackend,
  softmax,
  sum,
  tensor2d,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import type { ClipChoice, LabelledRef } from '../../../src-main/train/bilevel-problem.ts';
import { reinforce, scoreFunctionLoss } from '../../../src-main/train/temporal-weights/reinforce.ts';

const [N, D, K, GAMMA, LABEL] = [5, 3, 4, 1.4, 2];
const video: LabelledRef = { id: 'v', label: LABEL, positions: clipPositions({ runs: [{ start: 0, end: N }] }, 1) };
const drawOf = (cell: number): ClipChoice => ({ epoch: 9, draws: [{ video, cells: [cell], logitWeights: [1] }] });

const random = (rows: number, columns: number, seed: number): Tensor2D => {
  const rng = new Rng(seed);
  return tensor2d(Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.normal())));
};

/** Five clips with features x [N,D] and a network f = x theta. */
function scene() {
  const x = random(N, D, 1);
  const theta = random(D, K, 2);
  const logits = (w: Tensor) => matMul(x, w as Tensor2D);
  const losses = (w: Tensor) => logSoftmax(logits(w)).slice([0, LABEL], [N, 1]).neg();
  const trueLogits = (w: Tensor) => logits(w).slice([0, LABEL], [N, 1]);
  const weights = (w: Tensor) => softmax(trueLogits(w).mul(GAMMA).reshape([N])).reshape([N, 1]);
  return { theta, logits, losses, trueLogits, weights, J: (w: Tensor) => sum(mul(weights(w), losses(w))) };
}

const list = (tensor: Tensor) => Array.from(tensor.dataSync());

/** Expectation over draws of the gradient that one draw gives. */
function expectedGradient(
  { theta, logits, trueLogits, weights }: ReturnType<typeof scene>,
  baseline: number,
): number[] {
  const y = list(weights(theta));
  const total = new Array<number>(D * K).fill(0);
  for (let s = 0; s < N; s++) {
    const objective = (w: Tensor) => {
      const forward = (): Tensor3D => logits(w).slice([s, 0], [1, K]).reshape([1, 1, K]);
      const drawnScores = [[list(trueLogits(theta))[s]!]];
      return scoreFunctionLoss(forward, drawOf(s), {
        gamma: GAMMA,
        baselines: [baseline],
        drawnScores,
      }).objective.sum();
    };
    list(grad(objective)(theta)).forEach((value, i) => (total[i]! += y[s]! * value));
  }
  return total;
}

/** The term that the short form leaves out: -gamma E[loss - b] sum_j y_j grad f_j. */
function logPartitionTerm({ theta, weights, trueLogits, J }: ReturnType<typeof scene>, baseline: number): number[] {
  const y = weights(theta);
  const slope = list(grad((w) => sum(mul(y, trueLogits(w))))(theta));
  return slope.map((value) => -GAMMA * (J(theta).dataSync()[0]! - baseline) * value);
}

beforeAll(async () => {
  await setBackend('cpu');
});

describe('invariant 7: REINFORCE by exact enumeration', () => {
  it('has the gradient of J as expectation when the baseline is J', () => {
    tidy(() => {
      const s = scene();
      const exact = list(grad(s.J)(s.theta));
      expectedGradient(s, s.J(s.theta).dataSync()[0]!).forEach((value, i) => expect(value).toBeCloseTo(exact[i]!, 5));
    });
  });

  it.each([-2, 0, 6])('with another baseline (%d) is right only with the log-partition term', (baseline) => {
    tidy(() => {
      const s = scene();
      const exact = list(grad(s.J)(s.theta));
      const short = expectedGradient(s, baseline);
      const full = short.map((value, i) => value + logPartitionTerm(s, baseline)[i]!);
      full.forEach((value, i) => expect(value).toBeCloseTo(exact[i]!, 5));
      expect(Math.max(...short.map((value, i) => Math.abs(value - exact[i]!)))).toBeGreaterThan(0.05);
    });
  });
});

describe('REINFORCE in training', () => {
  const config = { gamma: GAMMA, clipsPerVideo: 1, stochasticSoftmax: { warmupEpochs: 0, explorationEpochs: 0 } };
  const expected = reinforce({ ...config, reinforce: { baseline: 'expected' } });
  const runningMean = reinforce({ ...config, reinforce: { baseline: 'running-mean' } });
  const scores = [0.2, -1, 0.4, 2, 0.1];
  const losses = [1, 2, 0.5, 0.25, 3];
  const stored = { scores: { v: scores }, visited: {}, losses: { v: losses }, history: { v: { sum: 9, count: 4 } } };
  const clip = [[[0.3, -0.2, 1.1, 0.4]]];
  /** Position 3 was drawn under a score of 2; the true logit has fallen since. */
  const trueLogit = clip[0]![0]![LABEL]!;
  const importance = Math.exp(GAMMA * (trueLogit - scores[3]!));
  const objectiveOf = (problem: typeof expected, state: unknown) =>
    tidy(() => {
      const forward = () => tensor2d(clip[0]!).reshape<Tensor3D>([1, 1, K]);
      const { objective, loss } = problem.innerLoss(forward, problem.restore(state), drawOf(3));
      return { objective: objective.dataSync()[0]!, loss: loss.dataSync()[0]! };
    });

  it('takes sum of weight times stored loss as baseline, or the mean of past losses', () => {
    const powers = scores.map((q) => Math.exp(GAMMA * q));
    const J = powers.reduce((sum, p, t) => sum + p * losses[t]!, 0) / powers.reduce((a, b) => a + b, 0);
    const { objective, loss } = objectiveOf(expected, stored);
    expect(objective).toBeCloseTo(loss + GAMMA * (loss - J) * importance * trueLogit, 5);
    expect(objectiveOf(runningMean, stored).objective).toBeCloseTo(
      loss + GAMMA * (loss - 9 / 4) * importance * trueLogit,
      5,
    );
  });

  it('gives a clip that now scores higher than when it was drawn no more than its full weight', () => {
    const lower = { ...stored, scores: { v: [0.2, -1, 0.4, 0.5, 0.1] }, history: { v: { sum: 0, count: 1 } } };
    const { objective, loss } = objectiveOf(runningMean, lower);
    expect(objective).toBeCloseTo(loss + GAMMA * loss * trueLogit, 5);
  });

  it('has no second term while no loss of the video is known', () => {
    const nothing = {
      scores: { v: [null, null, null, null, null] },
      visited: {},
      losses: { v: [null, null, null, null, null] },
      history: {},
    };
    const { objective, loss } = objectiveOf(expected, nothing);
    expect(objective).toBe(loss);
  });

  it('keeps losses and scores of the drawn clip, survives JSON, and leaks nothing', () => {
    const before = memory().numTensors;
    const outer = expected.initial([video]);
    const seen = { choice: drawOf(1), losses: [0.75], clipLogits: clip };
    void expected.updateOuter(outer, seen, () => Promise.reject(new Error('reads validation data')));
    const json: unknown = JSON.parse(JSON.stringify(expected.serialize(outer)));
    expect(expected.serialize(expected.restore(json))).toEqual(json);
    expect(outer.losses.scores('v')[1]).toBe(0.75);
    expect(outer.table.scores('v')[1]).toBe(clip[0]![0]![LABEL]);
    expect(outer.history.get('v')).toEqual({ sum: 0.75, count: 1 });
    objectiveOf(expected, json);
    expect(memory().numTensors).toBe(before);
  });
});
