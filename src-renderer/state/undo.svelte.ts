import type { StoredCall, UndoHistory, UndoStep } from '../../src-main/contract/window/settings.ts';

export type UndoOptions = {
  /** Makes a stored call; throws when it cannot be done any more. */
  call: (call: StoredCall) => Promise<unknown>;
  /** Keeps the history for the next start. */
  store: (history: UndoHistory) => void;
  /** After a step was done, undone or done again: what shows its data should be read anew. */
  onChanged: (step: UndoStep, direction: 'do' | 'undo' | 'redo') => void;
  onFailure: (error: unknown) => void;
};

/** Steps that are kept; older ones cannot be undone any more. */
const MOST_STEPS = 200;

/** What was done in a project and can be undone, over restarts. Nothing is deleted: undoing appends to the journal. */
export class UndoStack {
  #history = $state.raw<UndoHistory>({ done: [], undone: [] });
  #busy: Promise<void> = Promise.resolve();
  readonly #options: UndoOptions;

  constructor(options: UndoOptions) {
    this.#options = options;
  }

  /** Title of what `undo` would undo. */
  get nextUndo(): string | null {
    return this.#history.done.at(-1)?.title ?? null;
  }

  get nextRedo(): string | null {
    return this.#history.undone.at(-1)?.title ?? null;
  }

  /** Takes over what was stored. */
  load(history: UndoHistory): void {
    this.#history = history;
  }

  /** Does a step by its `redo` call and remembers it. @throws what the call throws; then nothing is remembered */
  do(step: UndoStep): Promise<void> {
    return this.#inTurn(async () => {
      await this.#options.call(step.redo);
      this.#set({ done: [...this.#history.done, step].slice(-MOST_STEPS), undone: [] });
      this.#options.onChanged(step, 'do');
    });
  }

  undo(): Promise<void> {
    return this.#inTurn(() => this.#move('undo'));
  }

  redo(): Promise<void> {
    return this.#inTurn(() => this.#move('redo'));
  }

  async #move(direction: 'undo' | 'redo'): Promise<void> {
    const { done, undone } = this.#history;
    const step = (direction === 'undo' ? done : undone).at(-1);
    if (step === undefined) return;
    try {
      await this.#options.call(step[direction]);
    } catch (error) {
      this.#options.onFailure(error);
      return;
    }
    this.#set(
      direction === 'undo'
        ? { done: done.slice(0, -1), undone: [...undone, step] }
        : { done: [...done, step], undone: undone.slice(0, -1) },
    );
    this.#options.onChanged(step, direction);
  }

  #set(history: UndoHistory): void {
    this.#history = history;
    this.#options.store(history);
  }

  /** One after the other, however fast the keys are pressed. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#busy = this.#busy.then(work, work);
    return this.#busy;
  }
}
