import { SvelteMap } from 'svelte/reactivity';
import { chordOf, isTyping, type KeyPress } from '../lib/key-chord.ts';

/** What can be said of a command while its panel is not shown. `id` names it for good: stored keys are found by it. */
export type CommandInfo = {
  id: string;
  title: string;
  /** Heading in the key sheet and the palette. */
  group: string;
  /** Chords of lib/key-chord.ts; the first is shown. */
  keys: readonly string[];
  /** Also works while somebody types in a field. */
  inFields?: boolean;
};

export type CommandAction = {
  run: () => void;
  /** Whether it can be done now; always, where it is left out. */
  when?: () => boolean;
};

/** Something that a person can do now. */
export type Command = CommandInfo & CommandAction;

/** Gives each command of a list what it does; the compiler sees to it that none is forgotten. */
export function withActions<const T extends readonly CommandInfo[]>(
  infos: T,
  actions: Record<T[number]['id'], CommandAction>,
): Command[] {
  return infos.map((info) => ({ ...info, ...actions[info.id as T[number]['id']] }));
}

/** Keys that a person chose, by command id; an empty list means none. */
export type KeyChoices = Readonly<Record<string, readonly string[]>>;

export type CommandOptions = {
  mac: boolean;
  /** Commands of panels that may not be shown yet, so that their keys can be seen and changed. */
  catalogue: readonly CommandInfo[];
  onKeysChosen: (choices: KeyChoices) => void;
};

/** All commands that are there now. The latest registered wins a chord, so a panel can take one for its own. */
export class Commands {
  readonly #byId = new SvelteMap<string, Command>();
  readonly #onKeysChosen: (choices: KeyChoices) => void;
  readonly #catalogue: readonly CommandInfo[];
  readonly mac: boolean;
  choices = $state.raw<KeyChoices>({});
  /** While true, no chord runs a command: a person is choosing a key. */
  paused = $state(false);

  constructor({ mac, catalogue, onKeysChosen }: CommandOptions) {
    this.mac = mac;
    this.#catalogue = catalogue;
    this.#onKeysChosen = onKeysChosen;
  }

  get all(): Command[] {
    return [...this.#byId.values()];
  }

  /** All commands, also those of panels that are not shown. */
  get known(): CommandInfo[] {
    const shown = this.all;
    return [...shown, ...this.#catalogue.filter(({ id }) => !this.#byId.has(id))];
  }

  /** Adds commands. @returns what takes them away again; give it back from `$effect` or `onMount` */
  register(commands: readonly Command[]): () => void {
    for (const command of commands) this.#byId.set(command.id, command);
    return () => {
      for (const command of commands) if (this.#byId.get(command.id) === command) this.#byId.delete(command.id);
    };
  }

  keysOf(command: Pick<Command, 'id' | 'keys'>): readonly string[] {
    return this.choices[command.id] ?? command.keys;
  }

  /** The chord to print beside a button; null where it has none. */
  shownKey(id: string): string | null {
    const command = this.known.find((one) => one.id === id);
    return command === undefined ? null : (this.keysOf(command)[0] ?? null);
  }

  /** Other commands with the same chord that can be there at the same time. */
  conflictsOf({ id, group }: CommandInfo, chord: string): CommandInfo[] {
    const meets = (other: CommandInfo) => other.group === group || !isOfTab(other) || !isOfTab({ group });
    return this.known.filter((other) => other.id !== id && meets(other) && this.keysOf(other).includes(chord));
  }

  choose(id: string, keys: readonly string[]): void {
    this.#setChoices({ ...this.choices, [id]: keys });
  }

  /** Back to the default keys of one command, or of all. */
  resetKeys(id?: string): void {
    const kept = Object.entries(this.choices).filter(([other]) => id !== undefined && other !== id);
    this.#setChoices(Object.fromEntries(kept));
  }

  #setChoices(choices: KeyChoices): void {
    this.choices = choices;
    this.#onKeysChosen(choices);
  }

  run(id: string): void {
    const command = this.#byId.get(id);
    if (command && isAvailable(command)) command.run();
  }

  isAvailable(id: string): boolean {
    const command = this.#byId.get(id);
    return command !== undefined && isAvailable(command);
  }

  /** Runs the command of a key press. @returns whether there was one */
  press(press: KeyPress, inField: boolean): boolean {
    const chord = this.paused ? null : chordOf(press, this.mac);
    if (chord === null) return false;
    const command = this.all.findLast(
      (one) => this.keysOf(one).includes(chord) && isAvailable(one) && mayRun(one, chord, inField),
    );
    command?.run();
    return command !== undefined;
  }
}

/** Groups that are there in every tab; the others are named after their tab. */
const FRAME_GROUPS = ['Everywhere', 'Tabs', 'Project', 'Appearance'];

function isOfTab({ group }: Pick<CommandInfo, 'group'>): boolean {
  return !FRAME_GROUPS.includes(group);
}

function isAvailable({ when }: Command): boolean {
  return when?.() ?? true;
}

/** Plain keys are text in a field, and chords like Ctrl+Z are the field's own unless the command says otherwise. */
function mayRun(command: Command, chord: string, inField: boolean): boolean {
  return !inField || (command.inFields === true && !isTyping(chord));
}
