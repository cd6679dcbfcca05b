import { SHOW_ALL } from '../lib/library-filter.ts';
import type { Command } from './commands.svelte.ts';
import type { ImportState } from './import.svelte.ts';
import type { LibraryState } from './library.svelte.ts';
import type { Session } from './session.svelte.ts';

export type LibraryParts = { library: LibraryState; imports: ImportState; focusSearch: () => void };

/** What can be done in the Library. */
export function libraryCommands(session: Session, { library, imports, focusSearch }: LibraryParts): Command[] {
  const group = 'Library';
  const hasVideos = () => library.all.length > 0;
  const hasCurrent = () => library.current !== null;
  const show = (tab: 'label' | 'inspect') => () => {
    if (library.current) session.show(tab, { videoId: library.current.id });
  };
  return [
    { id: 'library.import', title: 'Import a folder', group, keys: ['Mod+I'], run: () => void imports.choose() },
    { id: 'library.import-list', title: 'Import a CSV', group, keys: [], run: () => void imports.chooseList() },
    {
      id: 'library.prepare',
      title: 'Prepare: find the faces of all videos',
      group,
      keys: ['Mod+Shift+F'],
      when: hasVideos,
      run: () => void session.attempt(session.jobs.start({ kind: 'prepare' })),
    },
    { id: 'library.find', title: 'Find videos', group, keys: ['/', 'Mod+F'], when: hasVideos, run: focusSearch },
    {
      id: 'library.show-all',
      title: 'Show all videos again',
      group,
      keys: ['Escape'],
      when: () => library.filter !== SHOW_ALL,
      run: () => (library.filter = SHOW_ALL),
    },
    {
      id: 'library.view',
      title: 'Switch between table and grid',
      group,
      keys: ['G'],
      when: hasVideos,
      run: () => (library.view = library.view === 'table' ? 'grid' : 'table'),
    },
    {
      id: 'library.all',
      title: 'Choose all shown',
      group,
      keys: ['Mod+A'],
      when: hasVideos,
      run: () => library.chooseAll(),
    },
    { id: 'library.label', title: 'Label this video', group, keys: ['L'], when: hasCurrent, run: show('label') },
    { id: 'library.inspect', title: 'Inspect this video', group, keys: ['I'], when: hasCurrent, run: show('inspect') },
  ];
}
