/** The policies that searches choose from (algorithms.md 3.6): five sub-policies of two operations each. */
import type { Rng } from '../../data/rng.ts';
import { drawnChoice, reinforced, uniformLogits } from './choice-logits.ts';
import type { Operation, Subpolicy } from './policy.ts';
import { TRANSFORMATION_NAMES } from './transformations.ts';

const SUBPOLICIES = 5;
const OPERATIONS = 2;
/** Steps of probability, 0..10, and of level, 0..9 [AutoAugment]. */
const PROBABILITIES = 11;
const LEVELS = 10;
/** What is decided about one operation. */
const CHOICES = [TRANSFORMATION_NAMES.length, PROBABILITIES, LEVELS] as const;

/** A policy at random, with any probability and level [Fast AutoAugment]. */
export function randomSubpolicies(rng: Rng): Subpolicy[] {
  const operation = (): Operation => ({
    transformation: rng.pick(TRANSFORMATION_NAMES),
    probability: rng.next(),
    level: rng.next(),
  });
  return grouped(Array.from({ length: SUBPOLICIES * OPERATIONS }, operation));
}

/** A controller of 30 independent softmaxes, one for each decision, all uniform at the start. */
export type Controller = { logits: number[][]; baseline: number | null };

export function freshController(): Controller {
  const logits = Array.from({ length: SUBPOLICIES * OPERATIONS }, () => CHOICES.map(uniformLogits)).flat();
  return { logits, baseline: null };
}

/** One decision of each softmax. */
export function sampleDecisions({ logits }: Controller, rng: Rng): number[] {
  return logits.map((row) => drawnChoice(row, rng));
}

export function subpoliciesOf(decisions: readonly number[]): Subpolicy[] {
  const operations = Array.from({ length: SUBPOLICIES * OPERATIONS }, (_, i): Operation => {
    const [transformation, probability, level] = decisions.slice(i * CHOICES.length) as [number, number, number];
    return {
      transformation: TRANSFORMATION_NAMES[transformation]!,
      probability: probability / (PROBABILITIES - 1),
      level: level / (LEVELS - 1),
    };
  });
  return grouped(operations);
}

/** The controller after the reward of a sample: REINFORCE with a moving average for its baseline. */
export function rewarded(
  { logits, baseline }: Controller,
  decisions: readonly number[],
  { reward, rate, memory }: { reward: number; rate: number; memory: number },
): Controller {
  const expected = baseline ?? reward;
  const step = { advantage: reward - expected, rate };
  return {
    logits: logits.map((row, i) => reinforced(row, { ...step, choice: decisions[i]! })),
    baseline: memory * expected + (1 - memory) * reward,
  };
}

function grouped(operations: readonly Operation[]): Subpolicy[] {
  return Array.from({ length: SUBPOLICIES }, (_, i) => operations.slice(i * OPERATIONS, (i + 1) * OPERATIONS));
}
