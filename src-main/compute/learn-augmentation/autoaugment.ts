/** AutoAugment (Cubuk et al. 2019; algorithms.md 3.6): policy gradient, whose reward is how well a child trained with it does. */
import { Rng } from '../../data/rng.ts';
import { freshController, rewarded, sampleDecisions, subpoliciesOf } from '../../train/augmentation/policy-space.ts';
import type { Subpolicy } from '../../train/augmentation/policy.ts';
import {
  byValidation,
  childConfig,
  finalTraining,
  trainTasks,
  type AugmentationSearch,
  type Finder,
} from './search.ts';
import type { Recipe } from '../../train/augmentation/recipe.ts';
import type { TrainingResult } from '../training-executor.ts';

const CHILDREN = 12;
/** Policies whose sub-policies make the one that is kept [AutoAugment]. */
const KEPT = 5;
/** Of the controller; far larger than in the paper, which samples 15 000 children. */
const RATE = 2;
const MEMORY = 0.8;

export const autoAugment: Finder = async (search, job) => {
  const rng = new Rng(search.config.seed).fork('autoaugment');
  const children: { result: TrainingResult; subpolicies: Subpolicy[] }[] = [];
  let controller = freshController();
  for (let i = 0; i < (search.options.trials ?? CHILDREN); i++) {
    const decisions = sampleDecisions(controller, rng);
    const subpolicies = subpoliciesOf(decisions);
    const task = { name: `child-${i + 1}`, config: childConfig(search), recipe: recipeOf(search, subpolicies) };
    const [result] = await trainTasks(search, [task], job);
    controller = rewarded(controller, decisions, { reward: result!.valWar, rate: RATE, memory: MEMORY });
    children.push({ result: result!, subpolicies });
  }
  const best = children.sort((one, other) => byValidation(one.result, other.result)).slice(0, KEPT);
  const merged = best.flatMap(({ subpolicies }) => subpolicies);
  return finalTraining(search, recipeOf(search, merged), job);
};

function recipeOf({ options: { method }, config }: AugmentationSearch, subpolicies: Subpolicy[]): Recipe {
  const policy = { draws: 'one-of' as const, subpolicies };
  return { version: 1, method, kind: 'policy', flip: config.augment.flip, policy };
}
