import { poolScores, softmaxWeights } from '../../models/ops/softmax-pool-scores.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { largestOf } from '../contract/largest-of.ts';

/**
 * Temporal pooling of stored clip logits in plain numbers: what a video's clips decide together, for any inverse
 * temperature, without the network (algorithms.md 1.2 eq. 1-3, and 1.9). Every class has temporal weights of its own, but for the
 * joint softmax, in which a clip counts for all classes at once.
 */

/**
 * `softmax`: eq. 3; gamma 0 is the average (eq. 1), gamma Infinity the maximum (eq. 2).
 * `log-sum-exp`: the joint softmax over clips and classes of the ICIAR paper, whose class scores are logsumexp_t.
 */
export type PoolingRule = { kind: 'softmax'; gamma: number } | { kind: 'log-sum-exp' };

/**
 * `logits` [k] of the video; `weights` [p][k], each class summing to 1 over the clips. With `log-sum-exp` those of all classes are the
 * clip's row of the joint softmax, summed over classes: its share of the whole decision (algorithms.md 1.9).
 */
export type PooledClips = { logits: number[]; weights: number[][] };

/** A change of mind: from `gamma` on the decision is class `to`. */
export type DecisionFlip = { gamma: number; from: number; to: number };

/** What a pooling method does at inference; those that differ only in how they sample while training share a rule. */
export function inferenceRule(config: Pick<ResolvedConfig, 'pooling' | 'gamma'>): PoolingRule {
  switch (config.pooling) {
    case 'average':
      return { kind: 'softmax', gamma: 0 };
    case 'max':
      return { kind: 'softmax', gamma: Infinity };
    case 'softmax':
    case 'weighted-uniform':
    case 'stochastic-softmax':
    case 'reinforce':
      return { kind: 'softmax', gamma: config.gamma };
    case 'joint-softmax':
      return { kind: 'log-sum-exp' };
    default:
      return config.pooling satisfies never;
  }
}

/** @param clipLogits - [p][k] with p >= 1 */
export function poolClips(clipLogits: readonly (readonly number[])[], rule: PoolingRule): PooledClips {
  return rule.kind === 'softmax' ? softmaxPooled(clipLogits, rule.gamma) : jointPooled(clipLogits);
}

function softmaxPooled(clipLogits: readonly (readonly number[])[], gamma: number): PooledClips {
  const { scores, weights } = poolScores(clipLogits, gamma);
  return { logits: scores, weights };
}

function jointPooled(clipLogits: readonly (readonly number[])[]): PooledClips {
  const joint = softmaxWeights(clipLogits.map(logSumExp), 1);
  return {
    logits: clipLogits[0]!.map((_, k) => logSumExp(clipLogits.map((clip) => clip[k]!))),
    weights: clipLogits.map((clip, p) => clip.map(() => joint[p]!)),
  };
}

/** Softmax over classes of pooled logits [k]; for `log-sum-exp` these are the joint softmax summed over clips. */
export function classProbabilities(logits: readonly number[]): number[] {
  return softmaxWeights(logits, 1);
}

/** Index of the largest value; the first one of equals. */
export function largest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

/** The class decided at one inverse temperature. */
export function decisionAt(clipLogits: readonly (readonly number[])[], gamma: number): number {
  return largest(poolClips(clipLogits, { kind: 'softmax', gamma }).logits);
}

/**
 * Where the decision flips between average and maximum pooling. Flips closer together than 5 % of gamma can be missed.
 * @param clipLogits - [p][k]
 * @param upTo - largest finite gamma looked at; a flip beyond it is reported at Infinity
 */
export function decisionFlips(clipLogits: readonly (readonly number[])[], upTo = 1000): DecisionFlip[] {
  const flips: DecisionFlip[] = [];
  let low = { gamma: 0, decision: decisionAt(clipLogits, 0) };
  for (const gamma of flipGrid(upTo)) {
    const decision = decisionAt(clipLogits, gamma);
    if (decision !== low.decision) {
      const at = Number.isFinite(gamma) ? bisect(clipLogits, low, gamma) : gamma;
      flips.push({ gamma: at, from: low.decision, to: decision });
    }
    low = { gamma, decision };
  }
  return flips;
}

function flipGrid(upTo: number): number[] {
  const grid = [0.01];
  while (grid.at(-1)! < upTo) grid.push(Math.min(upTo, grid.at(-1)! * 1.05));
  return [...grid, Infinity];
}

/** Narrows the gamma at which the decision stops being that of `low`. */
function bisect(
  clipLogits: readonly (readonly number[])[],
  low: { gamma: number; decision: number },
  high: number,
): number {
  let [from, to] = [low.gamma, high];
  for (let step = 0; step < 30; step++) {
    const middle = (from + to) / 2;
    if (decisionAt(clipLogits, middle) === low.decision) from = middle;
    else to = middle;
  }
  return to;
}

function logSumExp(scores: readonly number[]): number {
  const highest = largestOf(scores);
  return highest + Math.log(scores.reduce((total, score) => total + Math.exp(score - highest), 0));
}
