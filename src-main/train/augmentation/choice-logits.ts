/** Independent categorical choices that are learned by policy gradient (Williams 1992). */
import type { Rng } from '../../data/rng.ts';
import { drawIndex } from './policy.ts';

export function uniformLogits(choices: number): number[] {
  return new Array<number>(choices).fill(0);
}

export function softmaxOf(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

export function drawnChoice(logits: readonly number[], rng: Rng): number {
  return drawIndex(softmaxOf(logits), rng);
}

/** The logits after a step up the gradient of the expected reward, of which one choice is a sample. */
export function reinforced(
  logits: readonly number[],
  { choice, advantage, rate }: { choice: number; advantage: number; rate: number },
): number[] {
  const probabilities = softmaxOf(logits);
  return logits.map((logit, i) => logit + rate * advantage * ((i === choice ? 1 : 0) - probabilities[i]!));
}
