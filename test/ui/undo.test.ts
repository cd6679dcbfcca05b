/** The order of what is done and undone while a call is still under way; in the browser, because the stack has runes. */
import { describe, expect, it } from 'vitest';
import type { StoredCall, UndoStep } from '../../src-main/contract/window/settings.ts';
import { UndoStack } from '../../src-renderer/state/undo.svelte.ts';

const stepOf = (title: string): UndoStep => {
  const call = (name: string) => ({ name, input: {} }) as unknown as StoredCall;
  return { title, redo: call(`do ${title}`), undo: call(`undo ${title}`) };
};

function slowStack() {
  const answers: (() => void)[] = [];
  const changes: string[] = [];
  const stack = new UndoStack({
    call: () => new Promise<void>((resolve) => answers.push(resolve)),
    store: () => undefined,
    onChanged: ({ title }, direction) => changes.push(`${direction} ${title}`),
    onFailure: (error) => {
      throw error;
    },
  });
  const answerNext = async () => {
    await expect.poll(() => answers.length).toBeGreaterThan(0);
    answers.shift()!();
  };
  return { stack, changes, answerNext };
}

describe('undo while a step is under way', () => {
  it('waits for the step and undoes that one, and loses none', async () => {
    const { stack, changes, answerNext } = slowStack();
    const first = stack.do(stepOf('first'));
    await answerNext();
    await first;
    const last = stack.do(stepOf('last'));
    const undone = stack.undo();
    await answerNext();
    await last;
    await answerNext();
    await undone;
    expect(changes).toEqual(['do first', 'do last', 'undo last']);
    expect([stack.nextUndo, stack.nextRedo]).toEqual(['first', 'last']);
  });

  it('goes on after a step that could not be done', async () => {
    const failing = new UndoStack({
      call: (call) =>
        (call as { name: string }).name === 'do bad' ? Promise.reject(new Error('no')) : Promise.resolve(),
      store: () => undefined,
      onChanged: () => undefined,
      onFailure: () => undefined,
    });
    await failing.do(stepOf('good'));
    const bad = failing.do(stepOf('bad'));
    const undone = failing.undo();
    await expect(bad).rejects.toThrow('no');
    await undone;
    expect([failing.nextUndo, failing.nextRedo]).toEqual([null, 'good']);
  });
});
