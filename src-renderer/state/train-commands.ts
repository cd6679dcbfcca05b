import { canResume } from '../lib/run-words.ts';
import { TRAIN_COMMANDS } from './command-catalogue.ts';
import { withActions, type Command } from './commands.svelte.ts';
import type { TrainState } from './train.svelte.ts';

/** What can be done in the Train tab. Discarding has no key: it asks first. */
export function trainCommands(train: TrainState): Command[] {
  const canStart = () => train.view === 'new' && train.plan?.problem === null;
  return withActions(TRAIN_COMMANDS, {
    'train.new': { run: () => train.showNew() },
    'train.start': { when: canStart, run: () => void train.start() },
    'train.pause': {
      when: () => train.view === 'run' && (train.job !== null || (train.row !== null && canResume(train.row))),
      run: () => void (train.job === null ? train.resume() : train.pause()),
    },
    'train.compare': { when: () => train.compared.length > 1, run: () => (train.view = 'compare') },
  });
}
