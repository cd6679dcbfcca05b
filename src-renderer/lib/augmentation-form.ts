import { augmentationSearchSchema } from '../../src-main/contract/window/augmentation.ts';
import { settingsOf } from '../../src-main/contract/settings.ts';
import { closedSections } from './search-form.ts';
import { fieldOf, type TrainField, type TrainSection } from './train-form.ts';

const TITLES: Readonly<Record<string, string>> = {
  method: 'Method',
  network: 'What may change',
  augmenterRate: 'Step of the augmenter',
  model: 'Network',
  epochs: 'Epochs',
  trials: 'Trials',
  childEpochs: 'Epochs of a child training',
  seed: 'Seed',
};

const WITH_AUGMENTER = ['learned', 'stn', 'dan'];
const WITH_TRIALS = ['validated-magnitude', 'randaugment', 'fast-autoaugment', 'autoaugment', 'pba'];
const WITH_CHILDREN = ['autoaugment', 'pba'];

const COUNTS_WITH: Readonly<Record<string, readonly string[]>> = {
  network: WITH_AUGMENTER,
  augmenterRate: WITH_AUGMENTER,
  trials: WITH_TRIALS,
  childEpochs: WITH_CHILDREN,
};

/** Set by the search itself, or by what the step of the augmenter can follow. */
const NOT_ASKED = [
  'model',
  'epochs',
  'seed',
  'recipe',
  'initialWeights',
  'optimizer',
  'backboneFactor',
  'augmentation',
];

/** What finding an augmentation is asked for, as fields of a form. @param method - the chosen one */
export function augmentationFields(method: string): TrainField[] {
  return [...settingsOf(augmentationSearchSchema)]
    .filter(([key]) => COUNTS_WITH[key]?.includes(method) ?? true)
    .map(([key, setting]) => ({ ...fieldOf(key, setting), title: TITLES[key] ?? key, help: setting.description }));
}

/** Settings of the training. */
export function trainingSections(): TrainSection[] {
  return closedSections(NOT_ASKED);
}
