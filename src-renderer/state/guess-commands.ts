import { INSPECT_GUESS_COMMANDS, LABEL_GUESS_COMMANDS } from './command-catalogue.ts';
import { withActions, type Command } from './commands.svelte.ts';
import type { Guesses } from './guesses.svelte.ts';
import type { LabelState } from './label.svelte.ts';

/** What can be done with guesses in the Label tab. @param isFree - keys are meant for the video */
export function labelGuessCommands(label: LabelState, isFree: () => boolean): Command[] {
  const { guesses } = label;
  const when = () => isFree() && !label.habits.blind && guesses.chosen !== null;
  return withActions(LABEL_GUESS_COMMANDS, {
    'label.guess-confirm': { when, run: () => void guesses.confirm(label.habits.rater) },
    'label.guess-reject': { when, run: () => void guesses.reject(label.habits.rater) },
    'label.guess-next': { when, run: () => guesses.next() },
    'label.guess-queue': { when: () => isFree() && guesses.queue.length > 0, run: () => label.showTeaching() },
    'label.guess-curve': { when: isFree, run: () => void guesses.showCurve() },
  });
}

/** What can be done with guesses in the Inspect tab. */
export function inspectGuessCommands(guesses: Guesses): Command[] {
  const when = () => guesses.chosen !== null;
  const asPreferred = async (act: (who: string) => Promise<void>) => act(await guesses.preferredRater());
  return withActions(INSPECT_GUESS_COMMANDS, {
    'inspect.guess-confirm': { when, run: () => void asPreferred((who) => guesses.confirm(who)) },
    'inspect.guess-reject': { when, run: () => void asPreferred((who) => guesses.reject(who)) },
    'inspect.guess-next': { when, run: () => guesses.next() },
  });
}
