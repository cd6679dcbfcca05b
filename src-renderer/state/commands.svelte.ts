import { SvelteMap } from 'svelte/reactivity';
import { chordOf, isTyping, type KeyPress } from '../lib/key-chord.ts';

/** Something that a person can do. `id` names it for good: stored keys are found by it. */
export type Command = {
  id: string;
  title: string;
  /** Heading in the key sheet and the palette. */
  group: string;
  /** Chords of lib/key-chord.ts; the first is shown. */
  keys: readonly string[];
  /** Whether it can be done now; always, where it is left out. */
  when?: () => boolean;
  run: () => void;
  /** Also works while somebody types in a field. */
  inFields?: boolean;
};

/** Keys that a person chose, by command id; an empty list means none. */
export type KeyChoices = Readonly<Record<string, readonly string[]>>;

/** All commands that are there now. The latest registered wins a chord, so a panel can take one for its own. */
export class Commands {
  readonly #byId = new SvelteMap<string, Command>();
  readonly #onKeysChosen: (choices: KeyChoices) => void;
  readonly mac: boolean;
  choices = $state.raw<KeyChoices>({});
  /** While true, no chord runs a command: a person is choosing a key. */
  paused = $state(false);

  constructor({ mac, onKeysChosen }: { mac: boolean; onKeysChosen: (choices: KeyChoices) => void }) {
    this.mac = mac;
    this.#onKeysChosen = onKeysChosen;
  }

  get all(): Command[] {
    return [...this.#byId.values()];
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
    const command = this.#byId.get(id);
    return command === undefined ? null : (this.keysOf(command)[0] ?? null);
  }

  /** Other commands that would answer to a chord at the same time. */
  conflictsOf(id: string, chord: string): Command[] {
    return this.all.filter((command) => command.id !== id && this.keysOf(command).includes(chord));
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

function isAvailable({ when }: Command): boolean {
  return when?.() ?? true;
}

/** Plain keys are text in a field, and chords like Ctrl+Z are the field's own unless the command says otherwise. */
function mayRun(command: Command, chord: string, inField: boolean): boolean {
  return !inField || (command.inFields === true && !isTyping(chord));
}
