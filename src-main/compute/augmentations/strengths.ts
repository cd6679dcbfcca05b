import type { TransformationStrength } from '../../contract/window/augmentation.ts';
import { stageOf, type Operation, type Policy } from '../../train/augmentation/policy.ts';
import type { Recipe } from '../../train/augmentation/recipe.ts';
import {
  TRANSFORMATION_NAMES,
  TRANSFORMATIONS,
  valueAt,
  type TransformationName,
} from '../../train/augmentation/transformations.ts';

/** Size changes have no place in the registry of transformations. */
const LARGEST_SCALE = 0.5;
/** Entries of a changed matrix end here. */
const LARGEST_CHANGE = 0.75;
/** What a schedule does last. */
const AT_THE_END = Number.MAX_SAFE_INTEGER;

/** How strong each transformation of a recipe is in the end; empty where there is none. */
export function strengthsOf(recipe: Recipe): TransformationStrength[] {
  switch (recipe.kind) {
    case 'none':
    case 'features':
      return [];
    case 'standard':
      return standardStrengths(recipe.strengths);
    case 'network':
      return networkStrengths(recipe);
    case 'policy':
      return policyStrengths(recipe.policy);
  }
}

function standardStrengths(strengths: Extract<Recipe, { kind: 'standard' }>['strengths']): TransformationStrength[] {
  const known = TRANSFORMATION_NAMES.flatMap((name): TransformationStrength[] => {
    const { setting, range, unit } = TRANSFORMATIONS[name];
    if (setting === undefined) return [];
    const value = strengths[setting];
    return [{ name, level: Math.min(1, value / range[1]), used: 1, value: `up to ${rounded(value)} ${unit}` }];
  });
  const { scale } = strengths;
  const size = { name: 'scale', level: Math.min(1, scale / LARGEST_SCALE), used: 1 };
  return [...known, { ...size, value: `up to ${rounded(scale)} relative change of size` }];
}

/** Three digits that count: a searched strength is a product, as 0.09000000000000001. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function networkStrengths({ parameters, changes }: Extract<Recipe, { kind: 'network' }>): TransformationStrength[] {
  const last = changes.at(-1);
  if (last === undefined) return [];
  return parameters.map((name, p) => {
    const [mean, std] = [last.mean[p]!, last.std[p]!];
    const level = Math.min(1, (Math.abs(mean) + std) / LARGEST_CHANGE);
    return { name, level, used: 1, value: `${mean.toFixed(3)} ± ${std.toFixed(3)}` };
  });
}

function policyStrengths(policy: Policy): TransformationStrength[] {
  return TRANSFORMATION_NAMES.flatMap((name): TransformationStrength[] => {
    const { used, level } = useOf(policy, name);
    if (used === 0) return [];
    const { unit } = TRANSFORMATIONS[name];
    return [{ name, level, used, value: `${valueAt(name, level).toFixed(2)} ${unit}` }];
  });
}

/** How often a clip meets a transformation, at most once counted, and the mean level where it does. */
function useOf(policy: Policy, name: TransformationName): { used: number; level: number } {
  if (policy.draws === 'uniform') {
    const missed = (1 - 1 / TRANSFORMATION_NAMES.length) ** policy.count;
    return { used: 1 - missed, level: policy.level };
  }
  const weighted = operationsOf(policy).filter(({ operation }) => operation.transformation === name);
  const sum = weighted.reduce((total, { weight, operation }) => total + weight * operation.probability, 0);
  const levels = weighted.reduce((t, { weight, operation }) => t + weight * operation.probability * operation.level, 0);
  return { used: Math.min(1, sum), level: sum === 0 ? 0 : levels / sum };
}

/** Operations with how often each is considered for a clip. */
function operationsOf(policy: Exclude<Policy, { draws: 'uniform' }>): { weight: number; operation: Operation }[] {
  if (policy.draws === 'one-of')
    return policy.subpolicies.flatMap((one) =>
      one.map((operation) => ({ weight: 1 / policy.subpolicies.length, operation })),
    );
  if (policy.draws === 'schedule')
    return stageOf(policy.stages, AT_THE_END).operations.map((operation) => ({ weight: 1, operation }));
  return policy.probabilities.flatMap((weights) =>
    weights.map((weight, o) => ({ weight, operation: policy.operations[o]! })),
  );
}
