import { AUGMENTATION_COMMANDS } from './command-catalogue.ts';
import type { AugmentationState } from './augmentation.svelte.ts';
import { withActions, type Command } from './commands.svelte.ts';

/** What can be done in the Augmentation tab. */
export function augmentationCommands(search: AugmentationState): Command[] {
  const shown = () => search.view === 'search' && search.strips.clips.length > 0;
  const step = (by: number) => () => search.showEpoch((search.epoch ?? search.lastEpoch) + by);
  return withActions(AUGMENTATION_COMMANDS, {
    'augmentation.new': { run: () => search.showNew() },
    'augmentation.start': { when: () => search.view === 'new', run: () => void search.start() },
    'augmentation.pause': {
      when: () => search.view === 'search' && search.canPauseOrResume,
      run: () => void search.pauseOrResume(),
    },
    'augmentation.play': { when: shown, run: () => (search.playing = !search.playing) },
    'augmentation.epoch-on': { when: shown, run: step(1) },
    'augmentation.epoch-back': { when: shown, run: step(-1) },
    'augmentation.draw': { when: shown, run: () => search.drawAgain() },
    'augmentation.use': { when: () => search.picture?.summary != null, run: () => search.useRecipe() },
  });
}
