import type { LibrarySplit, SplitLeak } from '../../src-main/contract/window/library.ts';

/** How videos are divided into sets, in a few words. */
export const SPLIT_WORDS = {
  declared: 'as the data says',
  subject: 'by person',
  random: 'by video',
} satisfies Record<LibrarySplit['how'], string>;

const LEAK_WORDS = {
  subject: (key) => `Person ${key} is`,
  performance: (key) => `Performance ${key} is`,
  content: () => 'The same recording is',
} satisfies Record<SplitLeak['what'], (key: string) => string>;

/** `Person 7 is in train and test: figures will be too good.` */
export function leakText({ what, key, sets }: SplitLeak): string {
  return `${LEAK_WORDS[what](key)} in ${sets.join(' and ')}: figures will be too good.`;
}
