import { SHOW_ALL } from '../lib/library-filter.ts';
import { LIBRARY_COMMANDS } from './command-catalogue.ts';
import { withActions, type Command } from './commands.svelte.ts';
import type { ImportState } from './import.svelte.ts';
import type { LibraryState } from './library.svelte.ts';
import type { Session } from './session.svelte.ts';

export type LibraryParts = { library: LibraryState; imports: ImportState; focusSearch: () => void };

/** What can be done in the Library. */
export function libraryCommands(session: Session, { library, imports, focusSearch }: LibraryParts): Command[] {
  const hasVideos = () => library.all.length > 0;
  const hasCurrent = () => library.current !== null;
  const show = (tab: 'label' | 'inspect') => () => {
    if (library.current) session.show(tab, { videoId: library.current.id });
  };
  return withActions(LIBRARY_COMMANDS, {
    'library.import': { run: () => void imports.choose() },
    'library.import-list': { run: () => void imports.chooseList() },
    'library.prepare': {
      when: hasVideos,
      run: () => void session.attempt(session.jobs.start({ kind: 'prepare' })),
    },
    'library.find': { when: hasVideos, run: focusSearch },
    'library.show-all': { when: () => library.filter !== SHOW_ALL, run: () => (library.filter = SHOW_ALL) },
    'library.view': {
      when: hasVideos,
      run: () => (library.view = library.view === 'table' ? 'grid' : 'table'),
    },
    'library.all': { when: hasVideos, run: () => library.chooseAll() },
    'library.label': { when: hasCurrent, run: show('label') },
    'library.inspect': { when: hasCurrent, run: show('inspect') },
  });
}
