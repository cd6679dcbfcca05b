/** An augmentation that was found, as JSON that another training takes. */
import { z } from 'zod';
import { augmenter, AUGMENTER_NAMES } from '../../../models/augmenter.ts';
import { augmentSchema, type ResolvedConfig } from '../../contract/config.ts';
import type { NamedValues } from '../../data/stored-variables.ts';
import type { TemporalWeights } from '../bilevel-problem.ts';
import { temporalWeights } from '../temporal-weights/methods.ts';
import { epochChangesSchema } from './change-record.ts';
import { featureGenerator } from './feature-generator.ts';
import { learnedAugmentation, type LearnedSetting } from './learned-augmentation.ts';
import { policyAugmentation } from './policy-augmentation.ts';
import { policySchema } from './policy.ts';

const VERSION = 1;
const shared = { version: z.literal(VERSION), method: z.string() };
const storedTensor = z.strictObject({ shape: z.array(z.number().int().positive()), data: z.array(z.number()) });

const networkSchema = z
  .strictObject({
    ...shared,
    kind: z.literal('network'),
    network: z.enum(AUGMENTER_NAMES),
    flip: z.boolean(),
    /** Mean and spread of each parameter in each epoch, in the order of `parameters`. */
    parameters: z.array(z.string()),
    changes: z.array(epochChangesSchema),
    weights: z.record(z.string(), storedTensor),
  })
  .superRefine(({ network, weights }, context) => {
    for (const [name, { shape }] of Object.entries(augmenter(network).specs)) {
      const found = weights[name];
      const size = shape.reduce((product, length) => product * length, 1);
      if (found?.shape.join() === shape.join() && found.data.length === size) continue;
      context.addIssue({ code: 'custom', path: ['weights', name], message: `expected [${shape.join(',')}]` });
    }
  });

export const recipeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...shared, kind: z.literal('none') }),
  z.strictObject({ ...shared, kind: z.literal('standard'), strengths: augmentSchema }),
  networkSchema,
  /** Transformations of a policy; `flip`: half of the clips are mirrored first. */
  z.strictObject({ ...shared, kind: z.literal('policy'), flip: z.boolean(), policy: policySchema }),
  /** Generated features (Bayesian data augmentation): fitted to whatever network and videos it is used on. */
  z.strictObject({ ...shared, kind: z.literal('features'), flip: z.boolean() }),
]);
export type Recipe = z.infer<typeof recipeSchema>;
export type NetworkRecipe = z.infer<typeof networkSchema>;

/**
 * Settings with a recipe in them, and the problem where more than settings change; what was learned stays as it is.
 * @throws AppError `bad-config` for pooling methods that train on whole videos, where the recipe needs drawn clips
 */
export function withRecipe(
  config: ResolvedConfig,
  recipe: Recipe,
): { config: ResolvedConfig; problem?: TemporalWeights } {
  const pooling = temporalWeights(config);
  switch (recipe.kind) {
    case 'none':
      return { config: { ...config, augmentation: 'none' } };
    case 'standard':
      return { config: { ...config, augmentation: 'standard', augment: recipe.strengths } };
    case 'policy':
      return { config, problem: policyAugmentation(pooling, recipe) as TemporalWeights };
    case 'features':
      return { config, problem: featureGenerator(pooling, recipe) as TemporalWeights };
    case 'network':
      return { config, problem: learnedAugmentation(pooling, fixedSetting(config, recipe)) as TemporalWeights };
  }
}

function fixedSetting({ seed }: ResolvedConfig, recipe: NetworkRecipe): LearnedSetting {
  const still = { goal: 'fixed', learningRate: 0, momentum: 0, weightDecay: 0 } as const;
  return { ...still, seed, network: recipe.network, flip: recipe.flip, weights: weightsOf(recipe) };
}

/** @param values - of the weights of an augmenter */
export function networkRecipe(facts: Omit<NetworkRecipe, 'version' | 'kind' | 'weights'>, values: NamedValues): Recipe {
  const entries = Object.entries(values).map(([name, { shape, data }]) => [
    name,
    { shape: [...shape], data: Array.from(data) },
  ]);
  return {
    version: VERSION,
    kind: 'network',
    ...facts,
    weights: Object.fromEntries(entries) as NetworkRecipe['weights'],
  };
}

function weightsOf({ weights }: NetworkRecipe): NamedValues {
  const entries = Object.entries(weights).map(([name, { shape, data }]) => [
    name,
    { shape, data: Float32Array.from(data) },
  ]);
  return Object.fromEntries(entries) as NamedValues;
}
