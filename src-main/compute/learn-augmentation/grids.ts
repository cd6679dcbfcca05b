/** Augmentations that are chosen from a list, each by a training of full length (algorithms.md 3.4 and 3.6). */
import type { AugmentationMethod, PredefinedLevel } from '../../contract/learn-augmentation.ts';
import type { AugmentStrengths } from '../../data/augment.ts';
import type { Recipe } from '../../train/augmentation/recipe.ts';
import { strengthsAt } from '../../train/augmentation/transformations.ts';
import { byValidation, trainTasks, type AugmentationSearch, type Finder } from './search.ts';

/** Crops of a picture padded by 4 of 32 pixels. */
const CROP = { translate: 0.125 };
const FLIP = { flip: true };
const AFFINE = { rotationDeg: 10, scale: 0.5 };
const JITTER = { brightness: 0.4, contrast: 0.4, saturation: 0.4 };

const LADDER: Record<PredefinedLevel, Partial<AugmentStrengths>> = {
  '0': {},
  '1': CROP,
  '1.5': FLIP,
  '2': { ...CROP, ...FLIP },
  '2.5': { ...CROP, ...AFFINE },
  '3': { ...CROP, ...AFFINE, ...FLIP },
  '3-jitter': { ...CROP, ...AFFINE, ...FLIP, ...JITTER },
};

/** Values of the one magnitude, and of the level of randaugment, that are tried unless asked otherwise. */
const MAGNITUDES = 10;
const RANDAUGMENT_TRIALS = 6;
/** N of randaugment [Cubuk et al. 2020: 1 to 3]. */
const RANDAUGMENT_COUNTS = [1, 2];

type Candidate = { name: string; recipe: Recipe };

/** Trains with each candidate; the best on validation is the result. */
export function fromList(candidatesOf: (search: AugmentationSearch) => Candidate[]): Finder {
  return async (search, job) => {
    const candidates = candidatesOf(search);
    const tasks = candidates.map((candidate) => ({ ...candidate, config: search.config }));
    const [winner] = (await trainTasks(search, tasks, job)).sort(byValidation);
    return { winner: winner!, recipe: candidates.find(({ name }) => name === winner!.name)!.recipe };
  };
}

export function noAugmentation(): Candidate[] {
  return [{ name: 'none', recipe: { ...head('none'), kind: 'none' } }];
}

/** The strengths of the settings, or a rung of the ladder. */
export function predefined({ options: { level }, config }: AugmentationSearch): Candidate[] {
  const strengths = level === undefined ? config.augment : { ...strengthsAt(0, false), ...LADDER[level] };
  return [{ name: 'predefined', recipe: { ...head('predefined'), kind: 'standard', strengths } }];
}

export function magnitudes({ options: { trials = MAGNITUDES }, config }: AugmentationSearch): Candidate[] {
  return Array.from({ length: trials }, (_, i) => {
    const magnitude = (i + 1) / trials;
    const strengths = strengthsAt(magnitude, config.augment.flip);
    return {
      name: `magnitude-${Number(magnitude.toFixed(3))}`,
      recipe: { ...head('validated-magnitude'), kind: 'standard', strengths },
    };
  });
}

/** A grid over N and M. */
export function randAugment({ options: { trials = RANDAUGMENT_TRIALS }, config }: AugmentationSearch): Candidate[] {
  return Array.from({ length: trials }, (_, i): Candidate => {
    const count = RANDAUGMENT_COUNTS[i % RANDAUGMENT_COUNTS.length]!;
    const steps = Math.ceil(trials / RANDAUGMENT_COUNTS.length);
    const level = (Math.floor(i / RANDAUGMENT_COUNTS.length) + 1) / (steps + 1);
    const policy = { draws: 'uniform', count, level } as const;
    const recipe = { ...head('randaugment'), kind: 'policy', flip: config.augment.flip, policy } as const;
    return { name: `randaugment-${count}-${Number(level.toFixed(3))}`, recipe };
  });
}

function head(method: AugmentationMethod) {
  return { version: 1, method } as const;
}
