/** Policies: how the transformations of a clip are drawn (algorithms.md 3.6). All are data, so that a recipe can hold them. */
import { z } from 'zod';
import type { Rng } from '../../data/rng.ts';
import { applyTransformation } from './apply-transformation.ts';
import type { PixelClip } from './pixel-clip.ts';
import { TRANSFORMATION_NAMES } from './transformations.ts';

const share = z.number().min(0).max(1);

const operationSchema = z.strictObject({
  transformation: z.enum(TRANSFORMATION_NAMES),
  probability: share,
  level: share,
});
/** A transformation, how likely it is used, and how strong. */
export type Operation = z.infer<typeof operationSchema>;

export const subpolicySchema = z.array(operationSchema);
/** Operations that act one after another. */
export type Subpolicy = z.infer<typeof subpolicySchema>;

const stageSchema = z.strictObject({
  fromEpoch: z.number().int().positive(),
  operations: z.array(operationSchema).min(1),
});
export type ScheduleStage = z.infer<typeof stageSchema>;

export const policySchema = z.discriminatedUnion('draws', [
  /** `count` transformations uniformly, with replacement, all at one level (Cubuk et al. 2020). */
  z.strictObject({ draws: z.literal('uniform'), count: z.number().int().min(0).max(10), level: share }),
  /** One sub-policy for each clip (Cubuk et al. 2019; Lim et al. 2019). */
  z.strictObject({ draws: z.literal('one-of'), subpolicies: z.array(subpolicySchema).min(1) }),
  /** Operations in random order until 0, 1 or 2 have acted; other operations as epochs go by (Ho et al. 2019). */
  z.strictObject({ draws: z.literal('schedule'), stages: z.array(stageSchema).min(1) }),
  /** For each position one of `operations`, independently, [position][operation] (Ratner et al. 2017, mean field). */
  z
    .strictObject({
      draws: z.literal('sequence'),
      operations: z.array(operationSchema).min(1),
      probabilities: z.array(z.array(share)).min(1),
    })
    .refine(({ operations, probabilities }) => probabilities.every(({ length }) => length === operations.length), {
      path: ['probabilities'],
      message: 'expected one number for each operation',
    }),
]);
export type Policy = z.infer<typeof policySchema>;

/** How likely 0, 1 and 2 operations of a schedule act on a clip [PBA]. */
const COUNTS = [0.2, 0.3, 0.5] as const;

/** Changes a clip as a policy draws it. Epochs count from 1. */
export function applyPolicy(clip: PixelClip, policy: Policy, epoch: number, rng: Rng): PixelClip {
  if (policy.draws === 'schedule') return applySome(clip, stageOf(policy.stages, epoch).operations, rng);
  return applyAll(clip, drawnOperations(policy, rng), rng);
}

/** Operations of a sub-policy in order, each with its probability. */
export function applyAll(clip: PixelClip, operations: readonly Operation[], rng: Rng): PixelClip {
  return operations.reduce((changed, { transformation, probability, level }) => {
    const isUsed = rng.next() < probability;
    return isUsed ? applyTransformation(changed, transformation, level, rng) : changed;
  }, clip);
}

/** The stage of a schedule that an epoch is in. */
export function stageOf(stages: readonly ScheduleStage[], epoch: number): ScheduleStage {
  return stages.findLast(({ fromEpoch }) => fromEpoch <= epoch) ?? stages[0]!;
}

/** An index, by its weight. */
export function drawIndex(weights: readonly number[], rng: Rng): number {
  let left = rng.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found < 0 ? weights.length - 1 : found;
}

function drawnOperations(policy: Exclude<Policy, { draws: 'schedule' }>, rng: Rng): readonly Operation[] {
  if (policy.draws === 'uniform')
    return Array.from({ length: policy.count }, () => ({
      ...{ transformation: rng.pick(TRANSFORMATION_NAMES), probability: 1, level: policy.level },
    }));
  if (policy.draws === 'one-of') return rng.pick(policy.subpolicies);
  return policy.probabilities.map((weights) => policy.operations[drawIndex(weights, rng)]!);
}

function applySome(clip: PixelClip, operations: readonly Operation[], rng: Rng): PixelClip {
  let left = drawIndex(COUNTS, rng);
  return rng.shuffle(operations).reduce((changed, operation) => {
    if (left === 0 || rng.next() >= operation.probability) return changed;
    left--;
    return applyTransformation(changed, operation.transformation, operation.level, rng);
  }, clip);
}
