import type { ImportSummary, LayoutName } from '../../src-main/contract/api.ts';
import { countOf } from './plain-numbers.ts';

/** Layouts as a person knows them. */
export const LAYOUT_TITLES: Readonly<Record<LayoutName, string>> = {
  auto: 'Recognise by itself',
  folders: 'A folder for each label',
  csv: 'A list (CSV)',
  ravdess: 'RAVDESS',
  cremad: 'CREMA-D',
  afew: 'AFEW',
  dfew: 'DFEW',
  ferv39k: 'FERV39k',
  mafw: 'MAFW',
};

/** Layouts whose lists come in folds. */
export const FOLDED: readonly string[] = ['dfew', 'mafw'];

/** What an import brought: a sentence, and what to look at. */
export function importedText({ imported, alreadyThere, relabelled, quarantined, notes }: ImportSummary): {
  message: string;
  hint: string | undefined;
} {
  const parts = [
    `${countOf(imported, 'video')} imported`,
    ...(alreadyThere > 0 ? [`${alreadyThere} were there already`] : []),
    ...(relabelled > 0 ? [`${relabelled} have a new label`] : []),
  ];
  const refused =
    quarantined.length > 0 ? [`${countOf(quarantined.length, 'file')} could not be used: see quarantine.`] : [];
  const hint = [...refused, ...notes].join(' ');
  return { message: `${parts.join(', ')}.`, hint: hint === '' ? undefined : hint };
}
