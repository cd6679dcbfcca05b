import type { LibrarySplit, SplitLeak } from '../../src-main/contract/window/library.ts';

/** How videos are divided into sets, in a few words. */
export const SPLIT_WORDS = {
  declared: 'as the data says',
  subject: 'by person',
  random: 'by video',
} satisfies Record<LibrarySplit['how'], string>;

const LEAK_WORDS = {
  subject: (key) => key,
  performance: (key) => `performance ${key}`,
  content: () => 'the same recording',
} satisfies Record<SplitLeak['what'], (key: string) => string>;

const ORDER = ['train', 'val', 'test'];

/** `person-07 is in train and test`. */
export function leakText({ what, key, sets }: SplitLeak): string {
  const inOrder = sets.toSorted((one, other) => ORDER.indexOf(one) - ORDER.indexOf(other));
  return `${LEAK_WORDS[what](key)} is in ${inOrder.join(' and ')}`;
}
