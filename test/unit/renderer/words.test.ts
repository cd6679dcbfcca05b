import { describe, expect, it } from 'vitest';
import type { JobState } from '../../../src-main/contract/window/jobs.ts';
import { contrast, ExpressionPalette } from '../../../src-main/contract/expression-palette.ts';
import { hatchOf } from '../../../src-renderer/lib/expression-hatch.ts';
import { importedText } from '../../../src-renderer/lib/import-words.ts';
import { endedSince } from '../../../src-renderer/lib/job-changes.ts';
import { jobProgressShort, jobProgressText } from '../../../src-renderer/lib/job-words.ts';
import { chordOf, chordParts, isTyping } from '../../../src-renderer/lib/key-chord.ts';
import { bytesText, countOf, durationText, waitText } from '../../../src-renderer/lib/plain-numbers.ts';

const press = (key: string, held: string = '') => ({
  key,
  ctrlKey: held.includes('c'),
  metaKey: held.includes('m'),
  altKey: held.includes('a'),
  shiftKey: held.includes('s'),
});

describe('key chords', () => {
  it('name Ctrl and Cmd alike as Mod', () => {
    expect(chordOf(press('z', 'cs'), false)).toBe('Mod+Shift+Z');
    expect(chordOf(press('z', 'ms'), true)).toBe('Mod+Shift+Z');
    expect(chordOf(press('z', 'c'), true)).toBe('Ctrl+Z');
  });

  it('leave Shift out of printed signs, whose place differs between keyboards', () => {
    expect(chordOf(press('?', 's'), false)).toBe('?');
    expect(chordOf(press(' ', 's'), false)).toBe('Shift+Space');
    expect(chordOf(press('ArrowLeft', 's'), false)).toBe('Shift+ArrowLeft');
  });

  it('are nothing while only modifiers are held', () => {
    expect(chordOf(press('Control', 'c'), false)).toBeNull();
  });

  it('are printed as on the keys, also that of plus', () => {
    expect(chordParts('Mod+Shift+ArrowLeft', false)).toEqual(['Ctrl', 'Shift', '←']);
    expect(chordParts('Mod+K', true)).toEqual(['⌘', 'K']);
    expect(chordParts('Mod++', false)).toEqual(['Ctrl', '+']);
    expect(chordParts('+', false)).toEqual(['+']);
  });

  it('with a modifier are no typing', () => {
    expect(['Mod+K', 'F1', 'Escape', 'K', 'Shift+K', '?'].map(isTyping)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});

describe('numbers', () => {
  it('are said as people read them', () => {
    expect([countOf(1, 'video'), countOf(12_000, 'video')]).toEqual(['1 video', '12,000 videos']);
    expect([4.23, 65, 3723].map(durationText)).toEqual(['4.2 s', '1:05', '1:02:03']);
    expect([2, 41, 170, 3590, 4800].map(waitText)).toEqual(['a few seconds', '45 s', '3 min', '1 h', '1 h 20 min']);
    expect([0, 999, 1500, 103e6].map(bytesText)).toEqual(['0 B', '999 B', '1.5 KB', '103 MB']);
  });
});

const job = (said: Partial<JobState>): JobState => ({
  ...{ id: 1, kind: 'prepare', project: null, subject: 'x', state: 'running', restarts: 0, error: null },
  ...{ progress: { stage: 'prepare', done: 42, total: 168 }, leftSec: 170, startedAt: null, endedAt: null },
  ...said,
});

describe('jobs', () => {
  it('say how far they are and how long they take', () => {
    expect(jobProgressText(job({}))).toBe('42 of 168, 3 min left');
    expect(jobProgressShort(job({}))).toBe('25 %, 3 min left');
    expect(jobProgressShort(job({ leftSec: null }))).toBe('25 %');
    expect(jobProgressText(job({ state: 'queued' }))).toBe('waits its turn');
    expect(jobProgressText(job({ progress: null }))).toBe('begins');
  });

  it('are news once when they end, also when they ended between two looks', () => {
    const running = job({ id: 1 });
    const done = job({ id: 1, state: 'done' });
    const quick = job({ id: 2, state: 'failed' });
    expect(endedSince([running], [done, quick])).toEqual([done, quick]);
    expect(endedSince([done, quick], [done, quick])).toEqual([]);
  });
});

it('an import says what it brought and what to look at', () => {
  const summary = { project: '', layout: 'csv', why: '', subjects: 2, perClass: {}, notes: ['A note.'] };
  const quarantined = [{ path: 'a', code: 'x', reason: 'y' }];
  const said = importedText({ ...summary, imported: 3, alreadyThere: 1, relabelled: 0, quarantined });
  expect(said.message).toBe('3 videos imported, 1 were there already.');
  expect(said.hint).toBe('1 file could not be used: see quarantine. A note.');
});

describe('expressions', () => {
  const palette = new ExpressionPalette([
    'anger',
    'contempt',
    'disgust',
    'fear',
    'happiness',
    'neutral',
    'sadness',
    'surprise',
  ]);

  it('have letters that can be read on their colour', () => {
    for (const { fill, ink } of palette.expressions) expect(contrast(fill, ink)).toBeGreaterThan(4.5);
  });

  it('have each a hatch of its own', () => {
    const grey = palette.expressions.map((expression) => hatchOf({ ...expression, fill: '#888888', ink: '#000000' }));
    expect(new Set(grey).size).toBe(8);
  });
});
