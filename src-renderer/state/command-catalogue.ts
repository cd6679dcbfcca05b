/**
 * The commands of the panels, known before a panel is shown: their keys stand in the key sheet and in Settings. What
 * they do is given by `withActions` in the file of each panel's commands.
 */
import type { CommandInfo } from './commands.svelte.ts';

export const START_COMMANDS = [
  { id: 'start.folder', title: 'Open a folder of videos', group: 'Start', keys: ['N'] },
  { id: 'start.project', title: 'Open a project', group: 'Start', keys: ['Mod+O', 'O'] },
  { id: 'start.sample', title: 'Try the sample project', group: 'Start', keys: ['S'] },
  { id: 'start.small-sample', title: 'Try a small sample project', group: 'Start', keys: ['Shift+S'] },
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

export const TRAIN_COMMANDS = [
  { id: 'train.new', title: 'New run', group: 'Train', keys: ['N'] },
  { id: 'train.start', title: 'Start the new run', group: 'Train', keys: ['Mod+Enter'], inFields: true },
  { id: 'train.pause', title: 'Pause or resume the run', group: 'Train', keys: ['P'] },
  { id: 'train.compare', title: 'Compare the ticked runs', group: 'Train', keys: ['C'] },
] as const satisfies readonly CommandInfo[];

export const INSPECT_COMMANDS = [
  { id: 'inspect.play', title: 'Play or pause', group: 'Inspect', keys: ['Space'] },
  { id: 'inspect.frame-on', title: 'One frame on', group: 'Inspect', keys: ['ArrowRight', '.'] },
  { id: 'inspect.frame-back', title: 'One frame back', group: 'Inspect', keys: ['ArrowLeft', ','] },
  { id: 'inspect.second-on', title: 'One second on', group: 'Inspect', keys: ['Shift+ArrowRight'] },
  { id: 'inspect.second-back', title: 'One second back', group: 'Inspect', keys: ['Shift+ArrowLeft'] },
  { id: 'inspect.heaviest', title: 'Go to the heaviest moment', group: 'Inspect', keys: ['H'] },
  { id: 'inspect.loop', title: 'Play the heaviest moment round and round', group: 'Inspect', keys: ['L'] },
  { id: 'inspect.attention', title: 'Where the network looks in the face', group: 'Inspect', keys: ['A'] },
  { id: 'inspect.next', title: 'Next video of the list', group: 'Inspect', keys: ['F', 'ArrowDown'] },
  { id: 'inspect.previous', title: 'Previous video of the list', group: 'Inspect', keys: ['D', 'ArrowUp'] },
  { id: 'inspect.sharper', title: 'γ lens: towards the maximum', group: 'Inspect', keys: [']'] },
  { id: 'inspect.flatter', title: 'γ lens: towards the average', group: 'Inspect', keys: ['['] },
  { id: 'inspect.reset-lens', title: 'γ lens: back to the run', group: 'Inspect', keys: ['G', 'Escape'] },
  { id: 'inspect.queue', title: 'Show the queue of contradictions', group: 'Inspect', keys: ['Q'] },
  { id: 'inspect.confirm', title: 'Let the label stand', group: 'Inspect', keys: ['0', 'M'] },
  { id: 'inspect.view', title: 'Next view: moments, figures, sampling', group: 'Inspect', keys: ['V'] },
  { id: 'inspect.predict', title: 'Predict a new video', group: 'Inspect', keys: ['Mod+Shift+O'] },
  { id: 'inspect.export-csv', title: 'Export as CSV', group: 'Inspect', keys: ['Mod+E'] },
  { id: 'inspect.export-elan', title: 'Export for ELAN', group: 'Inspect', keys: [] },
  { id: 'inspect.export-webvtt', title: 'Export as WebVTT', group: 'Inspect', keys: [] },
] as const satisfies readonly CommandInfo[];

export const LABEL_COMMANDS = [
  { id: 'label.play', title: 'Play or pause', group: 'Label', keys: ['Space'] },
  { id: 'label.frame-on', title: 'One frame on', group: 'Label', keys: ['ArrowRight', '.'] },
  { id: 'label.frame-back', title: 'One frame back', group: 'Label', keys: ['ArrowLeft', ','] },
  { id: 'label.second-on', title: 'One second on', group: 'Label', keys: ['Shift+ArrowRight'] },
  { id: 'label.second-back', title: 'One second back', group: 'Label', keys: ['Shift+ArrowLeft'] },
  { id: 'label.begin', title: 'First frame', group: 'Label', keys: ['Home'] },
  { id: 'label.end', title: 'Last frame', group: 'Label', keys: ['End'] },
  { id: 'label.faster', title: 'Faster', group: 'Label', keys: ['+', '='] },
  { id: 'label.slower', title: 'Slower', group: 'Label', keys: ['-'] },
  { id: 'label.loop', title: 'Loop', group: 'Label', keys: ['L'] },
  { id: 'label.sound', title: 'Sound on or off', group: 'Label', keys: ['M'] },
  { id: 'label.next-todo', title: 'Next unlabelled video', group: 'Label', keys: ['N'] },
  { id: 'label.previous-todo', title: 'Previous unlabelled video', group: 'Label', keys: ['Shift+N'] },
  { id: 'label.stage-next', title: 'Next unlabelled, while the player has the focus', group: 'Label', keys: ['Tab'] },
  {
    id: 'label.stage-previous',
    title: 'Previous unlabelled, while the player has the focus',
    group: 'Label',
    keys: ['Shift+Tab'],
  },
  { id: 'label.next', title: 'Next video', group: 'Label', keys: ['F', 'ArrowDown'] },
  { id: 'label.previous', title: 'Previous video', group: 'Label', keys: ['D', 'ArrowUp'] },
  { id: 'label.class-1', title: 'Give the 1st label', group: 'Label', keys: ['1'] },
  { id: 'label.class-2', title: 'Give the 2nd label', group: 'Label', keys: ['2'] },
  { id: 'label.class-3', title: 'Give the 3rd label', group: 'Label', keys: ['3'] },
  { id: 'label.class-4', title: 'Give the 4th label', group: 'Label', keys: ['4'] },
  { id: 'label.class-5', title: 'Give the 5th label', group: 'Label', keys: ['5'] },
  { id: 'label.class-6', title: 'Give the 6th label', group: 'Label', keys: ['6'] },
  { id: 'label.class-7', title: 'Give the 7th label', group: 'Label', keys: ['7'] },
  { id: 'label.class-8', title: 'Give the 8th label', group: 'Label', keys: ['8'] },
  { id: 'label.class-9', title: 'Give the 9th label', group: 'Label', keys: ['9'] },
  { id: 'label.reject', title: 'Reject: of no use', group: 'Label', keys: ['0'] },
  { id: 'label.other', title: 'Another label…', group: 'Label', keys: ['A'] },
  { id: 'label.confirm', title: 'Confirm what holds', group: 'Label', keys: ['Enter'] },
  { id: 'label.clear', title: 'Clear the label', group: 'Label', keys: ['Delete'] },
  { id: 'label.unsure', title: 'Unsure', group: 'Label', keys: ['Z'] },
  { id: 'label.fairly', title: 'Fairly sure', group: 'Label', keys: ['X'] },
  { id: 'label.sure', title: 'Sure', group: 'Label', keys: ['C'] },
  { id: 'label.note', title: 'Write a note', group: 'Label', keys: ['T'] },
  { id: 'label.mark-in', title: 'Moment begins here', group: 'Label', keys: ['I'] },
  { id: 'label.mark-out', title: 'Moment ends here', group: 'Label', keys: ['O'] },
  { id: 'label.to-in', title: 'Go to where the moment begins', group: 'Label', keys: ['Q'] },
  { id: 'label.to-out', title: 'Go to where the moment ends', group: 'Label', keys: ['E'] },
  { id: 'label.in-earlier', title: 'Begin the moment a frame earlier', group: 'Label', keys: ['Alt+ArrowLeft'] },
  { id: 'label.in-later', title: 'Begin the moment a frame later', group: 'Label', keys: ['Alt+ArrowRight'] },
  { id: 'label.out-earlier', title: 'End the moment a frame earlier', group: 'Label', keys: ['Alt+Shift+ArrowLeft'] },
  { id: 'label.out-later', title: 'End the moment a frame later', group: 'Label', keys: ['Alt+Shift+ArrowRight'] },
  { id: 'label.remove-moment', title: 'Remove the moment', group: 'Label', keys: ['Backspace'] },
  { id: 'label.rater', title: 'Who labels…', group: 'Label', keys: [] },
  { id: 'label.blind', title: 'Blind mode on or off', group: 'Label', keys: ['B'] },
  { id: 'label.advance', title: 'Go on after a label, or stay', group: 'Label', keys: [] },
  { id: 'label.autoplay', title: 'Play videos when they open, or not', group: 'Label', keys: [] },
  { id: 'label.agreement', title: 'Agreement between raters', group: 'Label', keys: ['G'] },
  { id: 'label.import', title: 'Import annotations', group: 'Label', keys: [] },
  { id: 'label.export', title: 'Export labels', group: 'Label', keys: ['Mod+E'] },
  { id: 'label.proxies', title: 'Make copies of all videos that do not play', group: 'Label', keys: [] },
  { id: 'label.find', title: 'Find videos in the list', group: 'Label', keys: ['/', 'Mod+F'] },
  { id: 'label.inspect', title: 'Inspect this video', group: 'Label', keys: [] },
] as const satisfies readonly CommandInfo[];

export const LABEL_GUESS_COMMANDS = [
  { id: 'label.guess-confirm', title: 'Confirm the guess: label and moment', group: 'Label', keys: ['Y'] },
  { id: 'label.guess-reject', title: 'Reject the guess', group: 'Label', keys: ['R'] },
  { id: 'label.guess-next', title: 'Next guess of this video', group: 'Label', keys: ['J'] },
  { id: 'label.guess-queue', title: 'Show what labelling would teach most', group: 'Label', keys: ['W'] },
  { id: 'label.guess-curve', title: 'Labels so far against accuracy', group: 'Label', keys: ['K'] },
] as const satisfies readonly CommandInfo[];

export const INSPECT_GUESS_COMMANDS = [
  { id: 'inspect.guess-confirm', title: 'Confirm the guess: label and moment', group: 'Inspect', keys: ['Y'] },
  { id: 'inspect.guess-reject', title: 'Reject the guess', group: 'Inspect', keys: ['R'] },
  { id: 'inspect.guess-next', title: 'Next guess of this video', group: 'Inspect', keys: ['J'] },
] as const satisfies readonly CommandInfo[];

export const POOLING_COMMANDS = [
  { id: 'pooling.new', title: 'New search', group: 'Pooling search', keys: ['N'] },
  { id: 'pooling.start', title: 'Start the new search', group: 'Pooling search', keys: ['Mod+Enter'], inFields: true },
  { id: 'pooling.pause', title: 'Pause or resume the search', group: 'Pooling search', keys: ['P'] },
  { id: 'pooling.measure', title: 'Next view of the map', group: 'Pooling search', keys: ['V'] },
  { id: 'pooling.best', title: 'Show the best configuration', group: 'Pooling search', keys: ['B'] },
  { id: 'pooling.default', title: 'Show the default configuration', group: 'Pooling search', keys: ['D'] },
  { id: 'pooling.train', title: 'Train this configuration', group: 'Pooling search', keys: ['T'] },
] as const satisfies readonly CommandInfo[];

export const AUGMENTATION_COMMANDS = [
  { id: 'augmentation.new', title: 'New search', group: 'Augmentation', keys: ['N'] },
  {
    id: 'augmentation.start',
    title: 'Start the new search',
    group: 'Augmentation',
    keys: ['Mod+Enter'],
    inFields: true,
  },
  { id: 'augmentation.pause', title: 'Pause or resume the search', group: 'Augmentation', keys: ['P'] },
  { id: 'augmentation.play', title: 'Play or stop the clips', group: 'Augmentation', keys: ['Space'] },
  { id: 'augmentation.epoch-on', title: 'Clips of the next epoch', group: 'Augmentation', keys: [']'] },
  { id: 'augmentation.epoch-back', title: 'Clips of the epoch before', group: 'Augmentation', keys: ['['] },
  { id: 'augmentation.draw', title: 'Draw other changes', group: 'Augmentation', keys: ['R'] },
  { id: 'augmentation.use', title: 'Use this recipe in a new run', group: 'Augmentation', keys: ['U'] },
] as const satisfies readonly CommandInfo[];

export const COMMAND_CATALOGUE: readonly CommandInfo[] = [
  ...START_COMMANDS,
  ...LIBRARY_COMMANDS,
  ...LABEL_COMMANDS,
  ...TRAIN_COMMANDS,
  ...INSPECT_COMMANDS,
  ...LABEL_GUESS_COMMANDS,
  ...INSPECT_GUESS_COMMANDS,
  ...POOLING_COMMANDS,
  ...AUGMENTATION_COMMANDS,
];
