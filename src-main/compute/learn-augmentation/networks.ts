/** Augmenters that learn while the network trains: what moves them is the goal of the method (algorithms.md 3.3, 3.6). */
import { augmenter } from '../../../models/augmenter.ts';
import type { ResolvedConfig } from '../../contract/config.ts';
import type {
  AugmentationMethod,
  AugmenterNetwork,
  LearnAugmentationOptions,
} from '../../contract/learn-augmentation.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import { epochsOf } from '../../train/augmentation/change-record.ts';
import {
  learnedAugmentation,
  parseStoredOuter,
  type AugmenterGoal,
} from '../../train/augmentation/learned-augmentation.ts';
import { networkRecipe, type Recipe } from '../../train/augmentation/recipe.ts';
import type { TemporalWeights } from '../../train/bilevel-problem.ts';
import { parseLastState } from '../../train/checkpoint.ts';
import { temporalWeights } from '../../train/temporal-weights/methods.ts';
import { prefixed } from '../../train/training-state.ts';
import { trainTasks, type AugmentationSearch, type Finder } from './search.ts';

/** Of the augmenter [DABO]. */
const AUGMENTER = { momentum: 0.9, weightDecay: 0.01 };

/** One training, in which an augmenter learns. */
export function augmenterWith(goal: AugmenterGoal): Finder {
  return async (search, job) => {
    const { options, config, place } = search;
    const problem = () => augmenterProblem(search, goal, config);
    const own = { ...search, place: { ...place, problem } };
    const [winner] = await trainTasks(
      own,
      [{ name: options.method, config: { ...config, augmentation: 'none' } }],
      job,
    );
    return { winner: winner!, recipe: await recipeIn(place.dir, search) };
  };
}

/** The network of a method with an augmenter. */
export function augmenterOf({
  method,
  network,
}: Pick<LearnAugmentationOptions, 'method' | 'network'>): AugmenterNetwork {
  return network ?? (method === 'stn' ? 'conditional' : 'affine');
}

function augmenterProblem({ options }: AugmentationSearch, goal: AugmenterGoal, config: ResolvedConfig) {
  const setting = { ...AUGMENTER, goal, flip: config.augment.flip, seed: config.seed };
  const own = { ...setting, network: augmenterOf(options), learningRate: options.augmenterRate };
  return learnedAugmentation(temporalWeights(config), own) as TemporalWeights;
}

/** What the augmenter became by the last epoch. */
async function recipeIn(dir: string, { options, config }: AugmentationSearch): Promise<Recipe> {
  const method: AugmentationMethod = options.method;
  const network = augmenterOf(options);
  const run = await openRunFolder(dir, method);
  try {
    const last = (await run.readCheckpoint('last'))!;
    const changes = epochsOf(parseStoredOuter(parseLastState(last.state).outer).changes);
    const facts = {
      method,
      network,
      flip: config.augment.flip,
      parameters: [...augmenter(network).parameters],
      changes,
    };
    return networkRecipe(facts, prefixed(last.tensors, 'outer.theta.'));
  } finally {
    await run.close();
  }
}
