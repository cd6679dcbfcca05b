import { augmenter } from '../../../models/augmenter.ts';
import type { Recipe } from '../../train/augmentation/recipe.ts';

/**
 * A recipe as it was at an epoch. Of an augmenter only mean and spread of each epoch are kept, so its last layer is moved:
 * the same draws, in the same relation to one another, about the mean and with the spread of that epoch. Exact up to the
 * limits of the parameters. Other recipes are as they are; schedules go by the epoch themselves.
 */
export function recipeAtEpoch(recipe: Recipe, epoch: number): Recipe {
  if (recipe.kind !== 'network') return recipe;
  const then = recipe.changes.findLast((one) => one.epoch <= epoch);
  const last = recipe.changes.at(-1);
  if (then === undefined || last === undefined || then === last) return recipe;
  const [kernel, bias] = Object.keys(augmenter(recipe.network).specs).slice(-2) as [string, string];
  const outputs = recipe.parameters.length;
  const ratios = last.std.map((std, p) => (std === 0 ? 0 : then.std[p]! / std));
  const moved = (b: number, p: number) => ratios[p]! * (b - last.mean[p]!) + then.mean[p]!;
  const { [kernel]: w, [bias]: b } = recipe.weights;
  return {
    ...recipe,
    weights: {
      ...recipe.weights,
      [kernel]: { shape: w!.shape, data: w!.data.map((value, i) => value * ratios[i % outputs]!) },
      [bias]: { shape: b!.shape, data: b!.data.map(moved) },
    },
  };
}
