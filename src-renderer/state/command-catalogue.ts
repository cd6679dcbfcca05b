/**
 * The commands of the panels, known before a panel is shown: their keys stand in the key sheet and in Settings. What
 * they do is given by `withActions` in the file of each panel's commands.
 */
import type { CommandInfo } from './commands.svelte.ts';

export const START_COMMANDS = [
  { id: 'start.folder', title: 'Open a folder of videos', group: 'Start', keys: ['N'] },
  { id: 'start.project', title: 'Open a project', group: 'Start', keys: ['Mod+O', 'O'] },
  { id: 'start.sample', title: 'Try the sample project', group: 'Start', keys: ['S'] },
] as const satisfies readonly CommandInfo[];

export const LIBRARY_COMMANDS = [
  { id: 'library.import', title: 'Import a folder', group: 'Library', keys: ['Mod+I'] },
  { id: 'library.import-list', title: 'Import a CSV', group: 'Library', keys: [] },
  { id: 'library.prepare', title: 'Prepare: find the faces of all videos', group: 'Library', keys: ['Mod+Shift+F'] },
  { id: 'library.find', title: 'Find videos', group: 'Library', keys: ['/', 'Mod+F'] },
  { id: 'library.show-all', title: 'Show all videos again', group: 'Library', keys: ['Escape'] },
  { id: 'library.view', title: 'Switch between table and grid', group: 'Library', keys: ['G'] },
  { id: 'library.all', title: 'Choose all shown', group: 'Library', keys: ['Mod+A'] },
  { id: 'library.label', title: 'Label this video', group: 'Library', keys: ['L'] },
  { id: 'library.inspect', title: 'Inspect this video', group: 'Library', keys: ['I'] },
] as const satisfies readonly CommandInfo[];

export const COMMAND_CATALOGUE: readonly CommandInfo[] = [...START_COMMANDS, ...LIBRARY_COMMANDS];
