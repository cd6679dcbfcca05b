import { describe, expect, test } from 'vitest';
import { editDistance } from '../../../src-main/data/edit-distance.ts';
import { canonicalLabel, misspeltLabel, readLabels } from '../../../src-main/data/labels.ts';

const cells = (...texts: string[]) => texts.map((text, i) => ({ text, where: `line ${i + 2}` }));

describe('known names', () => {
  test.each([
    ['angry', 'anger'],
    ['ANGER', 'anger'],
    ['ang', 'anger'],
    ['Disgusted', 'disgust'],
    ['DIS', 'disgust'],
    ['fearful', 'fear'],
    ['scared', 'fear'],
    ['afraid', 'fear'],
    ['fea', 'fear'],
    ['Happy', 'happiness'],
    ['joy', 'happiness'],
    ['HAP', 'happiness'],
    [' sad ', 'sadness'],
    ['Sadness', 'sadness'],
    ['surprised', 'surprise'],
    ['sur', 'surprise'],
    ['neu', 'neutral'],
    ['contempt', 'contempt'],
    ['calm', 'calm'],
  ])('%s is %s', (text, label) => expect(canonicalLabel(text)).toBe(label));

  test.each(['A', 'H', '3', 'laugh', '', 'anger management'])('%j is none of them', (text) =>
    expect(canonicalLabel(text)).toBeNull(),
  );
});

describe('near-misses', () => {
  test.each([
    ['hapiness', 'happiness'],
    ['happyness', 'happiness'],
    ['Suprise', 'surprise'],
    ['suprize', 'surprise'],
    ['nuetral', 'neutral'],
    ['disgut', 'disgust'],
    ['angrey', 'anger'],
    ['sadnes', 'sadness'],
    ['feer', 'fear'],
  ])('%s was meant to be %s', (text, label) => expect(misspeltLabel(text)).toBe(label));

  test.each(['tear', 'danger', 'hungry', 'cry', 'laugh', 'bored', 'mad', 'distrust', 'unhappy', 'pain', 'happy'])(
    '%s is a word of its own',
    (text) => expect(misspeltLabel(text)).toBeNull(),
  );

  test('a swap of neighbours is one edit, as are an insertion, a deletion and a substitution', () => {
    expect([
      editDistance('nuetral', 'neutral'),
      editDistance('feaar', 'fear'),
      editDistance('fer', 'fear'),
      editDistance('feer', 'fear'),
      editDistance('', 'abc'),
      editDistance('kitten', 'sitting'),
    ]).toEqual([1, 1, 1, 1, 3, 3]);
  });
});

describe('labels of a whole list', () => {
  test('single letters are codes where all of them are of CREMA-D', () => {
    const reading = readLabels(cells('A', 'd', 'happy', 'N', 'S'), 2);
    expect([...reading.nameOf.values()]).toEqual(['anger', 'disgust', 'happiness', 'neutral', 'sadness']);
    expect(reading.notes.join()).toContain('One-letter labels are read as A anger');
  });

  test('single letters are classes of the user’s own where one of them is no code', () => {
    const reading = readLabels(cells('A', 'B', 'A', 'B'), 2);
    expect(Object.fromEntries(reading.nameOf)).toEqual({ A: 'A', B: 'B' });
  });

  test('own classes are kept, their spellings joined, and named in a note', () => {
    const reading = readLabels(cells('Laugh', 'laugh', 'cry', 'cry'), 2);
    expect(Object.fromEntries(reading.nameOf)).toEqual({ Laugh: 'Laugh', laugh: 'Laugh', cry: 'cry' });
    expect(reading.notes[0]).toBe("'Laugh' is not one of the known expressions; kept as a class of its own (2).");
    expect(reading.mistakes).toEqual([]);
  });

  test('an accent written in two ways of Unicode is one class', () => {
    const reading = readLabels(cells('gêne', 'gêne'.normalize('NFD')), 2);
    expect(new Set(reading.nameOf.values()).size).toBe(1);
  });

  test('a class of the user can stand in very many rows', () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => ({ text: 'blorp', where: `line ${i}` }));
    const { notes } = readLabels(rows, 2);
    expect(notes).toEqual(["'blorp' is not one of the known expressions; kept as a class of its own (300000)."]);
  });

  test('slips, numbers and lone names are mistakes with their lines', () => {
    const { mistakes } = readLabels(cells('hapiness', 'happy', '3', 'blorp', 'hapiness'), 2);
    expect(mistakes).toEqual([
      "'hapiness' looks like a slip for 'happiness' (line 2, line 6)",
      "'3' is not a name; number codes differ between datasets, so write the expression (line 4)",
      "'blorp' is not one of the known expressions, and a class of your own needs at least 2 videos (line 5)",
    ]);
  });
});
