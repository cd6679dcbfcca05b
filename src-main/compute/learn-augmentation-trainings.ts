/** The trainings that each way to find an augmentation takes, as settings. */
import { modelCard } from '../../models/index.ts';
import type { AugmentationMethod, LearnAugmentationOptions } from '../contract/learn-augmentation.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import { parseConfig, resolveConfig } from '../data/config-resolution.ts';
import type { TemporalWeights } from '../train/bilevel-problem.ts';
import { learnedAugmentation, type AugmenterGoal } from '../train/augmentation/learned-augmentation.ts';
import { strengthsAt } from '../train/augmentation/transformations.ts';
import { temporalWeights } from '../train/temporal-weights/methods.ts';
import type { TrainingTask } from './training-executor.ts';

type Settings = Pick<LearnAugmentationOptions, 'model' | 'images' | 'epochs' | 'seed' | 'set'>;

/** Of the paper where it says so (algorithms.md 3.4); SGD, whose step the look-ahead follows. */
const SHARED = ['pooling=average', 'optimizer=sgd', 'momentum=0.9', 'weightDecay=0.0005', 'patience=100000'];
const PICTURES = [
  ...['model=resnet18', 'clipFrames=1', 'batch=128', 'epochs=200', 'learningRate=0.1', 'dropout=0'],
  // Why: crops of a picture padded by 4 of 32 pixels, and mirrored ones.
  ...['augment.translate=0.125', 'augment.rotationDeg=0', 'augment.scale=0'],
  ...['augment.brightness=0', 'augment.contrast=0', 'augment.saturation=0'],
];
const VIDEOS = ['model=small3d', 'batch=8', 'epochs=40', 'learningRate=0.02'];

/** Of the augmenter [DABO]. */
const AUGMENTER = { momentum: 0.9, weightDecay: 0.01 };
/** Values of the one magnitude that validation chooses among. */
const MAGNITUDES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

const GOALS: Partial<Record<AugmentationMethod, AugmenterGoal>> = {
  learned: 'validation',
  stn: 'training',
  dan: 'adversarial',
};

/** The name of the training without augmentation whose time others are compared with. */
export const PLAIN = 'plain';

/** @throws AppError `bad-config` for settings that do not exist, or that a look-ahead step cannot follow */
export function augmentationConfig({ model, images, epochs, seed, set }: Settings): ResolvedConfig {
  const chosen = model === null ? [] : [`model=${model}`];
  const budget = epochs === null ? [] : [`epochs=${epochs}`];
  const defaults = images === null ? VIDEOS : PICTURES;
  const config = parseConfig({}, [...SHARED, ...defaults, ...chosen, ...set, ...budget, `seed=${seed}`]);
  const refuse = (what: string, hint: string) => {
    throw new AppError('bad-config', `learn-augmentation: ${what}.`, { hint });
  };
  if (config.optimizer !== 'sgd') refuse(`optimizer is ${config.optimizer}, expected sgd`, 'Leave optimizer out.');
  if (config.backboneFactor !== 1) refuse('backboneFactor must be 1', 'Leave backboneFactor out.');
  if (config.recipe !== undefined) refuse('a recipe is what it finds', 'Leave recipe out, or use train.');
  return resolveConfig(config, modelCard(config.model));
}

/** What to train; the best on validation is the result. */
export function trainingsOf(method: AugmentationMethod, config: ResolvedConfig): TrainingTask[] {
  if (method === 'predefined') return [{ name: method, config: { ...config, augmentation: 'standard' } }];
  if (method === 'validated-magnitude')
    return MAGNITUDES.map((magnitude) => ({
      name: `magnitude-${magnitude}`,
      config: { ...config, augmentation: 'standard', augment: strengthsAt(magnitude, config.augment.flip) },
    }));
  return [{ name: method, config: { ...config, augmentation: 'none' } }];
}

/** The first epochs without augmentation: the second is timed, behind whatever the engine has to warm up. */
export function plainTraining(config: ResolvedConfig): TrainingTask {
  return { name: PLAIN, config: { ...config, augmentation: 'none', epochs: Math.min(2, config.epochs) } };
}

/** The bilevel problem of a method with an augmenter. */
export function problemOf(
  { method, network, augmenterRate }: Pick<LearnAugmentationOptions, 'method' | 'network' | 'augmenterRate'>,
  config: ResolvedConfig,
): TemporalWeights | undefined {
  const goal = GOALS[method];
  if (goal === undefined) return undefined;
  const { flip } = config.augment;
  const setting = { ...AUGMENTER, network, goal, flip, seed: config.seed, learningRate: augmenterRate };
  return learnedAugmentation(temporalWeights(config), setting) as TemporalWeights;
}
