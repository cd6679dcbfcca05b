import { poolingSearchSchema } from '../../src-main/contract/pooling-search.ts';
import { settingsOf } from '../../src-main/contract/settings.ts';
import { fieldOf, trainSections, type TrainChoices, type TrainField, type TrainSection } from './train-form.ts';

const TITLES: Readonly<Record<string, string>> = {
  method: 'Method',
  model: 'Network, and so the space',
  supernets: 'Supernets (M)',
  epochs: 'Epochs of the search',
  aloneEpochs: 'Epochs of a network alone',
  topK: 'Configurations trained alone (k)',
  seed: 'Seed',
};

/** Methods that train every configuration alone, or one, have no shared weights. */
const DIRECT = ['default', 'brute-force'];

const COUNTS_WITH: Readonly<Record<string, (method: unknown) => boolean>> = {
  supernets: (method) => method === 'balanced-mixture',
  epochs: (method) => !DIRECT.includes(String(method)),
  topK: (method) => !DIRECT.includes(String(method)),
};

/** Set by the search itself, or for all of it. */
const NOT_ASKED = ['model', 'poolAt', 'epochs', 'patience', 'seed', 'recipe', 'initialWeights'];

/** What a search is asked for, as fields of a form. @param method - the chosen one */
export function searchFields(method: unknown): TrainField[] {
  return [...settingsOf(poolingSearchSchema)]
    .filter(([key]) => COUNTS_WITH[key]?.(method) ?? true)
    .map(([key, setting]) => ({ ...fieldOf(key, setting), title: TITLES[key] ?? key, help: setting.description }));
}

/** Settings of the networks that are trained. */
export function networkSections(): TrainSection[] {
  return closedSections(NOT_ASKED);
}

/** Settings of a training within a search, all of them closed. @param notAsked - those that the search sets itself */
export function closedSections(notAsked: readonly string[]): TrainSection[] {
  return trainSections()
    .map(({ title, fields }) => ({ title, open: false, fields: fields.filter(({ key }) => !notAsked.includes(key)) }))
    .filter(({ fields }) => fields.length > 0);
}

/** `key=value` pairs of what was changed. */
export function pairsOf(choices: TrainChoices): string[] {
  return Object.entries(choices).map(([key, value]) => `${key}=${String(value)}`);
}
