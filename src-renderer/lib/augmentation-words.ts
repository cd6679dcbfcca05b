import type { AugmentationMethod, SafetyReport } from '../../src-main/contract/learn-augmentation.ts';
import type { AugmentationPicture, AugmentationRow } from '../../src-main/contract/window/augmentation.ts';
import { percentText } from './plain-numbers.ts';
import type { RunTone } from './run-words.ts';

export const AUGMENTATION_TITLES: Readonly<Record<AugmentationMethod, string>> = {
  none: 'No augmentation',
  predefined: 'Predefined',
  stn: 'Spatial transformer',
  'validated-magnitude': 'Validated magnitude',
  randaugment: 'RandAugment',
  'fast-autoaugment': 'Fast AutoAugment',
  autoaugment: 'AutoAugment',
  pba: 'Population based',
  tanda: 'TANDA',
  dan: 'Adversarial (DAN)',
  bayesian: 'Bayesian',
  learned: 'Learned',
};

/** Method and result of a search, in a line. */
export function augmentationSubtitle({ method, result }: Pick<AugmentationRow, 'method' | 'result'>): string {
  const title = AUGMENTATION_TITLES[method];
  return result === null ? title : `${title} · ${result.judgedOn} WAR ${percentText(result.war)}`;
}

/** Whether a recipe keeps expressions what they are. */
export function safetyWords({ recipe, threshold, clips }: SafetyReport): { tone: RunTone; text: string; why: string } {
  const why = `A frozen network changes its mind on ${percentText(recipe)} of ${clips} augmented clips; up to ${percentText(threshold)} counts as safe.`;
  return recipe <= threshold
    ? { tone: 'good', text: 'Expressions stay what they are', why }
    : { tone: 'wrong', text: 'Expressions may change', why };
}

/** Why there are no augmented clips to see. */
export function nothingToShow({ recipe, status }: Pick<AugmentationPicture, 'recipe' | 'status'>): string | null {
  if (recipe === null)
    return status === 'finished'
      ? 'This search left no recipe.'
      : 'Clips come with the recipe, when the training has ended.';
  if (recipe === 'none') return 'This method leaves all clips as they are.';
  if (recipe === 'features') return 'This method makes new features inside the network; there are no pictures of them.';
  return null;
}
