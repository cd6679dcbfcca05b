import { describe, expect, it } from 'vitest';
import { bestOverSubpolicies } from '../../../src-main/compute/learn-augmentation/density.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { reinforced, softmaxOf, uniformLogits } from '../../../src-main/train/augmentation/choice-logits.ts';
import { drawFrom, fitted, noSums, withSample } from '../../../src-main/train/augmentation/class-gaussians.ts';
import type { PixelClip } from '../../../src-main/train/augmentation/pixel-clip.ts';
import {
  freshController,
  randomSubpolicies,
  rewarded,
  sampleDecisions,
  subpoliciesOf,
} from '../../../src-main/train/augmentation/policy-space.ts';
import { applyAll, applyPolicy, stageOf, type Policy } from '../../../src-main/train/augmentation/policy.ts';
import {
  explored,
  freshGenes,
  MOST_PROBABLE,
  operationsOf,
  parentsOf,
  STRONGEST,
} from '../../../src-main/train/augmentation/population.ts';
import { gainsOf } from '../../../src-main/train/augmentation/sequence-generator.ts';
import { TRANSFORMATION_NAMES } from '../../../src-main/train/augmentation/transformations.ts';

const rng = new Rng(2);
const clip: PixelClip = { bytes: Uint8Array.from({ length: 5 * 5 * 3 }, () => 60 + rng.integer(90)), t: 1, h: 5, w: 5 };
const invert = (probability: number, level = 1) => ({ transformation: 'invert' as const, probability, level });
const changedShare = (policy: Policy, epoch = 1) => {
  const own = new Rng(5);
  const results = Array.from({ length: 300 }, () => applyPolicy(clip, policy, epoch, own).bytes);
  return results.filter((bytes) => bytes.some((value, i) => value !== clip.bytes[i])).length / results.length;
};

describe('a policy', () => {
  it.each<[string, Policy]>([
    ['RandAugment with M = 0', { draws: 'uniform', count: 2, level: 0 }],
    ['RandAugment with N = 0', { draws: 'uniform', count: 0, level: 1 }],
    ['a sub-policy of probability 0', { draws: 'one-of', subpolicies: [[invert(0), invert(0)]] }],
    ['a sub-policy of level 0', { draws: 'one-of', subpolicies: [[invert(1, 0)]] }],
    ['a schedule of probability 0', { draws: 'schedule', stages: [{ fromEpoch: 1, operations: [invert(0)] }] }],
  ])('%s is the identity', (_, policy) => {
    expect(changedShare(policy)).toBe(0);
  });

  it('uses an operation as often as its probability says', () => {
    const policy: Policy = { draws: 'one-of', subpolicies: [[invert(0.3)]] };
    expect(Math.abs(changedShare(policy) - 0.3)).toBeLessThan(0.08);
  });

  it('of a schedule lets 0, 1 or 2 operations act, in the ratio of the paper', () => {
    const operations = Array.from({ length: 5 }, () => invert(1));
    const stages = [{ fromEpoch: 1, operations }];
    // Two inversions undo each other: only one of them, with probability 0.3, is seen.
    expect(Math.abs(changedShare({ draws: 'schedule', stages }) - 0.3)).toBeLessThan(0.08);
  });

  it('of a schedule goes by the epoch', () => {
    const stages = [1, 4, 9].map((fromEpoch) => ({ fromEpoch, operations: [invert(0)] }));
    expect([1, 3, 4, 8, 9, 50].map((epoch) => stageOf(stages, epoch).fromEpoch)).toEqual([1, 1, 4, 4, 9, 9]);
  });

  it('of sequences takes each place from its own probabilities', () => {
    const operations = [invert(1), invert(1, 0)];
    const sure: Policy = {
      draws: 'sequence',
      operations,
      probabilities: [
        [1, 0],
        [0, 1],
      ],
    };
    expect(changedShare(sure)).toBe(1);
    expect(
      changedShare({
        ...sure,
        probabilities: [
          [1, 0],
          [1, 0],
        ],
      }),
    ).toBe(0);
  });

  it('draws the transformations of RandAugment uniformly', () => {
    const counts = new Map<string, number>();
    const own = new Rng(9);
    const total = 6000;
    for (let i = 0; i < total; i++) {
      const name = own.pick(TRANSFORMATION_NAMES);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const expected = total / TRANSFORMATION_NAMES.length;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 14 degrees of freedom, 0.1 %.
    expect(chiSquare).toBeLessThan(36.1);
  });
});

describe('policy gradient', () => {
  it('makes the rewarded choice likelier, keeps the sum of logits, and stands still without advantage', () => {
    const logits = uniformLogits(4);
    const after = reinforced(logits, { choice: 2, advantage: 1, rate: 0.5 });
    expect(softmaxOf(after)[2]).toBeGreaterThan(0.25);
    expect(after.reduce((sum, logit) => sum + logit, 0)).toBeCloseTo(0);
    expect(reinforced(logits, { choice: 2, advantage: 0, rate: 0.5 })).toEqual(logits);
  });

  it('is, on average over choices, the gradient of the expected reward', () => {
    const logits = [0.3, -0.2, 0.5];
    const rewards = [1, 4, 2];
    const expected = (at: number[]) => softmaxOf(at).reduce((sum, p, i) => sum + p * rewards[i]!, 0);
    const steps = softmaxOf(logits).map((p, choice) =>
      reinforced(logits, { choice, advantage: rewards[choice]! - 1.7, rate: 1 }).map(
        (next, i) => p * (next - logits[i]!),
      ),
    );
    logits.forEach((_, i) => {
      const mean = steps.reduce((sum, step) => sum + step[i]!, 0);
      const moved = (by: number) => expected(logits.map((logit, j) => (j === i ? logit + by : logit)));
      expect(mean).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 5);
    });
  });

  it('of a controller of 30 softmaxes finds the transformation that is rewarded', () => {
    const own = new Rng(3);
    let controller = freshController();
    expect(controller.logits).toHaveLength(30);
    const countOf = (decisions: readonly number[]) =>
      subpoliciesOf(decisions)
        .flat()
        .filter(({ transformation }) => transformation === 'rotate').length;
    for (let i = 0; i < 600; i++) {
      const decisions = sampleDecisions(controller, own);
      controller = rewarded(controller, decisions, { reward: countOf(decisions), rate: 0.3, memory: 0.9 });
    }
    const late = Array.from({ length: 30 }, () => countOf(sampleDecisions(controller, own)));
    expect(late.reduce((sum, count) => sum + count, 0) / 30).toBeGreaterThan(5);
  });

  it('reads decisions as five sub-policies of two operations', () => {
    const policies = subpoliciesOf(Array.from({ length: 30 }, (_, i) => [4, 10, 9][i % 3]!));
    expect(policies.map(({ length }) => length)).toEqual([2, 2, 2, 2, 2]);
    expect(policies[0]![0]).toEqual({ transformation: 'rotate', probability: 1, level: 1 });
  });
});

describe('population based augmentation', () => {
  it('keeps probabilities within 0..10 and magnitudes within 0..9 however long it explores', () => {
    const own = new Rng(6);
    let genes = freshGenes();
    expect(genes).toHaveLength(2 * TRANSFORMATION_NAMES.length);
    const seen = { probability: new Set<number>(), magnitude: new Set<number>() };
    for (let i = 0; i < 200; i++) {
      genes = explored(genes, own);
      for (const { probability, magnitude } of genes) {
        seen.probability.add(probability);
        seen.magnitude.add(magnitude);
      }
    }
    const upTo = (largest: number) => Array.from({ length: largest + 1 }, (_, i) => i);
    expect([...seen.probability].sort((a, b) => a - b)).toEqual(upTo(MOST_PROBABLE));
    expect([...seen.magnitude].sort((a, b) => a - b)).toEqual(upTo(STRONGEST));
  });

  it('starts as no augmentation', () => {
    expect(operationsOf(freshGenes()).every(({ probability, level }) => probability === 0 && level === 0)).toBe(true);
  });

  it('lets the worst quarter go on from the best', () => {
    expect(parentsOf([3, 0, 2, 1])).toEqual([0, 3, 2, 3]);
    expect(parentsOf([5, 1, 0, 2, 3, 4, 7, 6])).toEqual([0, 1, 2, 3, 4, 5, 5, 1]);
    expect(parentsOf([0])).toEqual([0]);
  });
});

describe('fast autoaugment', () => {
  it('never scores lower with more sub-policies', () => {
    const own = new Rng(7);
    const labels = Array.from({ length: 20 }, () => own.integer(3));
    const answers = Array.from({ length: 5 }, () => ({
      predicted: labels.map(() => own.integer(3)),
      losses: labels.map(() => own.next()),
    }));
    const scores = answers.map((_, i) => bestOverSubpolicies(answers.slice(0, i + 1), labels));
    scores.slice(1).forEach(({ accuracy, loss }, i) => {
      expect(accuracy).toBeGreaterThanOrEqual(scores[i]!.accuracy);
      expect(loss).toBeLessThanOrEqual(scores[i]!.loss);
    });
  });

  it('draws other policies from another stream', () => {
    expect(randomSubpolicies(new Rng(1))).toEqual(randomSubpolicies(new Rng(1)));
    expect(randomSubpolicies(new Rng(1))).not.toEqual(randomSubpolicies(new Rng(2)));
  });
});

it('gains of a sequence: the step of the loss, and half of what comes later', () => {
  expect(gainsOf([0, 1, 3], -4)).toEqual([1 + 0.5 * (2 - 4), 2 - 4]);
});

it('Gaussians of features are those of their samples', () => {
  const own = new Rng(8);
  let sums = noSums(2);
  expect(fitted(sums)).toBeNull();
  for (let i = 0; i < 4000; i++) sums = withSample(sums, [3 + own.normal(), -1 + 0.5 * own.normal()]);
  const gaussian = fitted(sums)!;
  expect(gaussian.mean[0]).toBeCloseTo(3, 1);
  expect(gaussian.deviation[1]).toBeCloseTo(0.5, 1);
  const draws = Array.from({ length: 4000 }, () => drawFrom(gaussian, own)[0]!);
  expect(draws.reduce((sum, value) => sum + value / draws.length, 0)).toBeCloseTo(3, 1);
});

it('operations act in order', () => {
  const [solarize, darken] = [
    { transformation: 'solarize' as const, probability: 1, level: 1 },
    { transformation: 'invert' as const, probability: 1, level: 1 },
  ];
  // Solarize at the full level inverts everything; inverting again gives the clip back.
  expect(applyAll(clip, [solarize, darken], new Rng(1)).bytes).toEqual(clip.bytes);
});
