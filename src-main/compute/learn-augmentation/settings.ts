/** The settings that the trainings of all ways to find an augmentation share. */
import { modelCard } from '../../../models/index.ts';
import type { LearnAugmentationOptions } from '../../contract/learn-augmentation.ts';
import type { ResolvedConfig } from '../../contract/config.ts';
import { AppError } from '../../contract/errors.ts';
import { parseConfig, resolveConfig } from '../../data/config-resolution.ts';
import { temporalWeights } from '../../train/temporal-weights/methods.ts';
import type { TrainingTask } from '../training-executor.ts';

type Settings = Pick<LearnAugmentationOptions, 'model' | 'images' | 'epochs' | 'seed' | 'set'>;

/** Of the paper where it says so (algorithms.md 3.4); SGD, whose step the look-ahead follows. */
const SHARED = ['pooling=average', 'optimizer=sgd', 'momentum=0.9', 'weightDecay=0.0005', 'patience=100000'];
const PICTURES = [
  ...['model=resnet18', 'clipFrames=1', 'batch=128', 'epochs=200', 'learningRate=0.1', 'dropout=0'],
  // Why: crops of a picture padded by 4 of 32 pixels, and mirrored ones.
  ...['augment.translate=0.125', 'augment.rotationDeg=0', 'augment.scale=0'],
  ...['augment.brightness=0', 'augment.contrast=0', 'augment.saturation=0'],
];
const CLIP_POOLING = 'Set pooling=average or pooling=stochastic-softmax.';
const VIDEOS = ['model=small3d', 'batch=8', 'epochs=40', 'learningRate=0.02'];

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
  if (config.initialWeights !== undefined)
    refuse('its trainings start from random weights', 'Leave initialWeights out; `train` takes them with the recipe.');
  const resolved = resolveConfig(config, modelCard(config.model));
  if (temporalWeights(resolved).reads !== 'clips')
    refuse(`pooling=${config.pooling} trains on whole videos, expected one that trains on drawn clips`, CLIP_POOLING);
  return resolved;
}

const TIMED_EPOCHS = 3;

/** A few epochs without augmentation, the fastest of which is the time of one. Trained last, when the engine is warm. */
export function plainTraining(config: ResolvedConfig): TrainingTask {
  return { name: PLAIN, config: { ...config, augmentation: 'none', epochs: Math.min(TIMED_EPOCHS, config.epochs) } };
}
