import { describe, expect, it } from 'vitest';
import { describeStep, sharedValue } from '../../../src-renderer/lib/describe-step.ts';
import { countRows, imbalance } from '../../../src-renderer/lib/library-counts.ts';
import { filterRows, SHOW_ALL, sortRows } from '../../../src-renderer/lib/library-filter.ts';
import { joinRows } from '../../../src-renderer/lib/library-rows.ts';
import { variedExamples } from '../../../src-renderer/lib/varied-examples.ts';
import { row } from './library-rows.ts';

const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).join(' ');
const against = { shows: 'fear', reason: 'other-expression' as const };
const verdict = (id: string, severity: number | null) => ({
  id,
  predicted: 'fear',
  probability: 0.9,
  heaviest: null,
  contradiction: severity === null ? null : { ...against, severity },
});

describe('joinRows', () => {
  it('brings together by id and path what different calls say of a video', () => {
    const video = row({ id: 'a', path: 'b/c/a.mp4' });
    const [joined] = joinRows({
      videos: [video],
      overview: {
        quarantine: [{ path: 'b/c/a.mp4', code: 'x', reason: 'cut off' }],
        splitOf: ['test'],
        split: null,
        splitProblem: null,
        runs: [],
      },
      faces: [],
      verdicts: [verdict('a', null)],
      missing: ['a'],
    });
    expect(joined).toMatchObject({
      name: 'a.mp4',
      folder: 'b/c',
      split: 'test',
      quarantine: 'cut off',
      isMissing: true,
    });
    expect(joined).toMatchObject({ faces: null, verdict: { predicted: 'fear' } });
  });
});

describe('filterRows', () => {
  const rows = [
    row({ id: 'a', label: 'anger', subject: 'Ada', split: 'train' }),
    row({ id: 'b', label: 'fear', subject: 'Ada', split: 'test', verdict: verdict('b', 0.4) }),
    row({ id: 'c', label: null, subject: null, split: null, faces: null }),
    row({ id: 'd', label: 'fear', isMissing: true, quarantine: 'gone' }),
  ];
  const filtered = (change: object) => ids(filterRows(rows, { ...SHOW_ALL, ...change }));

  it('shows all without a restriction, and only what matches every one otherwise', () => {
    expect(filtered({})).toBe('a b c d');
    expect(filtered({ label: 'fear' })).toBe('b d');
    expect(filtered({ label: 'fear', subject: 'Ada' })).toBe('b');
    expect(filtered({ split: 'none' })).toBe('c');
  });

  it('finds what is amiss', () => {
    expect(filtered({ concern: 'disagreement' })).toBe('b');
    expect(filtered({ concern: 'unprepared' })).toBe('c');
    expect(filtered({ concern: 'missing' })).toBe('d');
    expect(filtered({ concern: 'unlabelled' })).toBe('c');
  });

  it('wants every typed word somewhere in path, label or subject', () => {
    expect(filtered({ text: 'ADA fear' })).toBe('b');
    expect(filtered({ text: 'clips/d' })).toBe('d');
    expect(filtered({ text: 'ada zebra' })).toBe('');
  });
});

describe('sortRows', () => {
  it('orders numbers in names by value, and puts what is not known last', () => {
    const rows = [row({ id: 'x', subject: 'p10' }), row({ id: 'y', subject: null }), row({ id: 'z', subject: 'p9' })];
    expect(ids(sortRows(rows, { column: 'subject', descending: false }))).toBe('z x y');
  });

  it('puts the worst contradiction first and unseen videos last', () => {
    const rows = [
      row({ id: 'unseen' }),
      row({ id: 'agrees', verdict: verdict('agrees', null) }),
      row({ id: 'mild', verdict: verdict('mild', 0.2) }),
      row({ id: 'worst', verdict: verdict('worst', 0.9) }),
    ];
    expect(ids(sortRows(rows, { column: 'verdict', descending: false }))).toBe('worst mild agrees unseen');
  });

  it('keeps the order of adding for equals', () => {
    const rows = [row({ id: 'b' }), row({ id: 'a' })];
    expect(ids(sortRows(rows, { column: 'label', descending: false }))).toBe('b a');
  });
});

describe('countRows', () => {
  it('counts labels, sets and subjects, and shows a subject that is in two sets', () => {
    const rows = [
      row({ id: 'a', subject: 'p2', split: 'train' }),
      row({ id: 'b', subject: 'p2', split: 'test', label: 'fear' }),
      row({ id: 'c', subject: 'p10', label: 'fear' }),
      row({ id: 'd', subject: null, label: null, split: null }),
    ];
    const counts = countRows(rows);
    expect(counts.labels).toEqual([
      { label: 'fear', n: 2 },
      { label: 'anger', n: 1 },
    ]);
    expect(counts.splits).toEqual({ train: 2, val: 0, test: 1, none: 1 });
    expect(counts.subjects).toEqual([
      { subject: 'p2', n: 2, splits: ['train', 'test'] },
      { subject: 'p10', n: 1, splits: ['train'] },
    ]);
    expect(counts.withoutSubject).toBe(1);
    expect(imbalance(counts.labels)).toBe(2);
  });
});

describe('describeStep', () => {
  it('undoes to what each video said before', () => {
    const rows = [row({ id: 'a', subject: 'p1' }), row({ id: 'b', subject: null })];
    const step = describeStep(rows, { subject: 'p7' });
    expect(step.redo.input).toEqual({
      videos: [
        { id: 'a', subject: 'p7' },
        { id: 'b', subject: 'p7' },
      ],
    });
    expect(step.undo.input).toEqual({
      videos: [
        { id: 'a', subject: 'p1' },
        { id: 'b', subject: null },
      ],
    });
    expect(sharedValue(rows, 'subject')).toBe('several');
    expect(sharedValue([rows[1]!], 'subject')).toBe(null);
  });
});

describe('variedExamples', () => {
  it('shows every label although the list goes through them in turn', () => {
    const labels = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const items = Array.from({ length: 168 }, (_, i) => ({ label: labels[i % 7]!, i }));
    const shown = variedExamples(items, 12);
    expect(shown).toHaveLength(12);
    expect(new Set(shown.map(({ label }) => label)).size).toBe(7);
  });

  it('gives all of a short list once', () => {
    expect(variedExamples([{ label: 'a' }, { label: null }], 12)).toHaveLength(2);
    expect(variedExamples([], 12)).toEqual([]);
  });
});
