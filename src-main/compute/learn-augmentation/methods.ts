import type { AugmentationMethod } from '../../contract/learn-augmentation.ts';
import { adversarialSequences } from './sequences.ts';
import { autoAugment } from './autoaugment.ts';
import { fastAutoAugment } from './density.ts';
import { fromList, magnitudes, noAugmentation, predefined, randAugment } from './grids.ts';
import { augmenterWith } from './networks.ts';
import { populationBased } from './population.ts';
import { finalTraining, type Finder } from './search.ts';

const generatedFeatures: Finder = (search, job) => {
  const { method } = search.options;
  return finalTraining(search, { version: 1, method, kind: 'features', flip: search.config.augment.flip }, job);
};

/** All ways to find an augmentation, behind one interface. */
export const FINDERS: Record<AugmentationMethod, Finder> = {
  none: fromList(noAugmentation),
  predefined: fromList(predefined),
  stn: augmenterWith('training'),
  'validated-magnitude': fromList(magnitudes),
  randaugment: fromList(randAugment),
  'fast-autoaugment': fastAutoAugment,
  autoaugment: autoAugment,
  pba: populationBased,
  tanda: adversarialSequences,
  dan: augmenterWith('adversarial'),
  bayesian: generatedFeatures,
  learned: augmenterWith('validation'),
};
