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

export const INSPECT_COMMANDS = [
  { id: 'inspect.play', title: 'Play or pause', group: 'Inspect', keys: ['Space'] },
  { id: 'inspect.frame-on', title: 'One frame on', group: 'Inspect', keys: ['ArrowRight', '.'] },
  { id: 'inspect.frame-back', title: 'One frame back', group: 'Inspect', keys: ['ArrowLeft', ','] },
  { id: 'inspect.second-on', title: 'One second on', group: 'Inspect', keys: ['Shift+ArrowRight'] },
  { id: 'inspect.second-back', title: 'One second back', group: 'Inspect', keys: ['Shift+ArrowLeft'] },
  { id: 'inspect.heaviest', title: 'Go to the heaviest moment', group: 'Inspect', keys: ['H'] },
  { id: 'inspect.loop', title: 'Play the heaviest moment round and round', group: 'Inspect', keys: ['L'] },
  { id: 'inspect.next', title: 'Next video of the list', group: 'Inspect', keys: ['F', 'ArrowDown'] },
  { id: 'inspect.previous', title: 'Previous video of the list', group: 'Inspect', keys: ['D', 'ArrowUp'] },
  { id: 'inspect.sharper', title: 'γ lens: towards the maximum', group: 'Inspect', keys: [']'] },
  { id: 'inspect.flatter', title: 'γ lens: towards the average', group: 'Inspect', keys: ['['] },
  { id: 'inspect.reset-lens', title: 'γ lens: back to the run', group: 'Inspect', keys: ['G', 'Escape'] },
  { id: 'inspect.queue', title: 'Show the queue of contradictions', group: 'Inspect', keys: ['Q'] },
  { id: 'inspect.confirm', title: 'Let the label stand', group: 'Inspect', keys: ['0', 'M'] },
  { id: 'inspect.view', title: 'Next view: moments, figures, sampling', group: 'Inspect', keys: ['V'] },
  { id: 'inspect.predict', title: 'Predict a new video', group: 'Inspect', keys: ['Mod+Shift+O'] },
] as const satisfies readonly CommandInfo[];

export const COMMAND_CATALOGUE: readonly CommandInfo[] = [...START_COMMANDS, ...LIBRARY_COMMANDS, ...INSPECT_COMMANDS];
