import { LABEL_COMMANDS } from './command-catalogue.ts';
import { withActions, type Command, type CommandAction } from './commands.svelte.ts';
import type { LabelAgreement } from './label-agreement.svelte.ts';
import type { LabelFiles } from './label-files.svelte.ts';
import { CONFIDENCES, type LabelState } from './label.svelte.ts';

/** Places of the panel that a key can bring the focus to, and dialogs that it opens. */
export type LabelPlaces = {
  /** No dialog is open: keys are meant for the video. */
  isFree: () => boolean;
  isOnStage: () => boolean;
  focusSearch: () => void;
  focusNote: () => void;
  askRater: () => void;
  askLabel: () => void;
};

export type LabelParts = { label: LabelState; agreement: LabelAgreement; files: LabelFiles; places: LabelPlaces };

/** What can be done in the Label tab. */
export function labelCommands(parts: LabelParts): Command[] {
  const commands = withActions(LABEL_COMMANDS, {
    ...playerActions(parts),
    ...wayActions(parts),
    ...labelActions(parts),
    ...classActions(parts),
    ...momentActions(parts),
    ...panelActions(parts),
  });
  const { isFree } = parts.places;
  return commands.map((command) => ({ ...command, when: () => isFree() && (command.when?.() ?? true) }));
}

function playerActions({ label }: LabelParts) {
  const { player } = label;
  const when = () => player.count > 0;
  return {
    'label.play': { when, run: () => player.toggle() },
    'label.frame-on': { when, run: () => player.step(1) },
    'label.frame-back': { when, run: () => player.step(-1) },
    'label.second-on': { when, run: () => player.jump(1) },
    'label.second-back': { when, run: () => player.jump(-1) },
    'label.begin': { when, run: () => player.step(-player.count) },
    'label.end': { when, run: () => player.step(player.count) },
    'label.faster': { run: () => player.changeSpeed(1) },
    'label.slower': { run: () => player.changeSpeed(-1) },
    'label.loop': { run: () => (player.loop = !player.loop) },
    'label.sound': { run: () => player.toggleSound() },
  } satisfies Record<string, CommandAction>;
}

function wayActions({ label, places }: LabelParts) {
  const to = (step: 1 | -1) => () => {
    if (!label.toNextTodo(step)) label.session.toasts.show({ tone: 'good', message: 'Every video has a label.' });
  };
  return {
    'label.next-todo': { run: to(1) },
    'label.previous-todo': { run: to(-1) },
    'label.stage-next': { when: places.isOnStage, run: to(1) },
    'label.stage-previous': { when: places.isOnStage, run: to(-1) },
    'label.next': { run: () => label.move(1) },
    'label.previous': { run: () => label.move(-1) },
    'label.find': { run: places.focusSearch },
    'label.inspect': {
      when: () => label.currentId !== null,
      run: () => label.currentId !== null && label.session.show('inspect', { videoId: label.currentId }),
    },
  } satisfies Record<string, CommandAction>;
}

function labelActions({ label, places }: LabelParts) {
  const when = () => label.line !== null;
  const [unsure, fairly, sure] = CONFIDENCES;
  return {
    'label.reject': { when, run: () => label.reject() },
    'label.other': { when, run: places.askLabel },
    'label.confirm': { when, run: () => label.confirm() },
    'label.clear': { when, run: () => label.clear() },
    'label.unsure': { when, run: () => label.setConfidence(unsure.value) },
    'label.fairly': { when, run: () => label.setConfidence(fairly.value) },
    'label.sure': { when, run: () => label.setConfidence(sure.value) },
    'label.note': { when, run: places.focusNote },
  } satisfies Record<string, CommandAction>;
}

type Digit = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

function classActions({ label }: LabelParts): Record<`label.class-${Digit}`, CommandAction> {
  const give = (digit: Digit): CommandAction => ({
    when: () => label.line !== null && label.classes.length >= digit,
    run: () => label.giveLabel(label.classes[digit - 1]!),
  });
  return {
    'label.class-1': give(1),
    'label.class-2': give(2),
    'label.class-3': give(3),
    'label.class-4': give(4),
    'label.class-5': give(5),
    'label.class-6': give(6),
    'label.class-7': give(7),
    'label.class-8': give(8),
    'label.class-9': give(9),
  };
}

function momentActions({ label }: LabelParts) {
  const { player } = label;
  const canMark = () => player.count > 0;
  const when = () => label.range !== null;
  return {
    'label.mark-in': { when: canMark, run: () => label.mark('first', player.frame) },
    'label.mark-out': { when: canMark, run: () => label.mark('last', player.frame) },
    'label.to-in': { when, run: () => label.range && player.step(label.range.first - player.frame) },
    'label.to-out': { when, run: () => label.range && player.step(label.range.last - player.frame) },
    'label.in-earlier': { when, run: () => label.nudge('first', -1) },
    'label.in-later': { when, run: () => label.nudge('first', 1) },
    'label.out-earlier': { when, run: () => label.nudge('last', -1) },
    'label.out-later': { when, run: () => label.nudge('last', 1) },
    'label.remove-moment': { when, run: () => label.removeMoment() },
  } satisfies Record<string, CommandAction>;
}

function panelActions({ label, agreement, files, places }: LabelParts) {
  const { habits, session } = label;
  return {
    'label.rater': { run: places.askRater },
    'label.blind': { run: () => void label.changeHabits({ blind: !habits.blind }) },
    'label.advance': { run: () => void habits.set({ advance: !habits.advance }) },
    'label.autoplay': { run: () => void habits.set({ autoplay: !habits.autoplay }) },
    'label.agreement': { when: () => !habits.blind, run: () => void agreement.show() },
    'label.import': { run: () => void files.chooseImport() },
    'label.export': { run: () => (files.exporting = true) },
    'label.proxies': { run: () => void session.attempt(session.jobs.start({ kind: 'proxy' })) },
  } satisfies Record<string, CommandAction>;
}
