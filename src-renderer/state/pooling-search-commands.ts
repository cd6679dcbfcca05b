import { POOLING_COMMANDS } from './command-catalogue.ts';
import { withActions, type Command } from './commands.svelte.ts';
import type { PoolingSearchState } from './pooling-search.svelte.ts';

/** What can be done in the Pooling search tab; the map has its arrow keys. */
export function poolingSearchCommands(search: PoolingSearchState): Command[] {
  const shown = () => search.view === 'search' && search.picture !== null;
  return withActions(POOLING_COMMANDS, {
    'pooling.new': { run: () => search.showNew() },
    'pooling.start': {
      when: () => search.view === 'new' && search.plan?.problem === null,
      run: () => void search.start(),
    },
    'pooling.pause': {
      when: () => search.view === 'search' && search.canPauseOrResume,
      run: () => void search.pauseOrResume(),
    },
    'pooling.measure': { when: shown, run: () => search.nextMeasure() },
    'pooling.best': { when: shown, run: () => (search.looked = null) },
    'pooling.default': { when: shown, run: () => (search.looked = search.detail!.space.defaultIndex) },
    'pooling.train': { when: shown, run: () => search.trainThis(search.configuration) },
  });
}
