import type { ResolvedConfig } from '../../contract/config.ts';
import { drawAugmentation } from '../../data/augment.ts';
import { clipTensor } from '../../data/batches.ts';
import type { Render } from './frozen-answers.ts';
import { withRecipe, type Recipe } from './recipe.ts';

/**
 * Shows clips as a training with a recipe sees them, changes drawn at random.
 * @param epoch - which the changes are those of, for recipes that go by it
 * @returns `dispose` frees what the recipe holds
 */
export function recipeRenderer(
  config: ResolvedConfig,
  recipe: Recipe,
  epoch: number,
): { render: Render; dispose: () => void } {
  const { config: solved, problem } = withRecipe(config, recipe);
  const augmentation = problem?.augmentation;
  if (augmentation === undefined) return { render: standardRender(solved), dispose: () => undefined };
  const outer = problem!.initial([]);
  return {
    render: (batch, rng) =>
      augmentation.clips(outer, {
        batch,
        learned: augmentation.draw(batch.shape[0], rng),
        choice: { epoch, draws: [] },
      }),
    dispose: () => augmentation.dispose(outer),
  };
}

function standardRender({ augmentation, augment }: ResolvedConfig): Render {
  if (augmentation === 'none') return (batch) => clipTensor(batch, null);
  return (batch, rng) => {
    const drawn = Array.from({ length: batch.shape[0] }, () => drawAugmentation(rng, augment));
    return clipTensor(batch, drawn);
  };
}
