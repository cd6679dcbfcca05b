import { describe, expect, test } from 'vitest';
import { chooseLayout } from '../../../../src-main/data/layouts/choose-layout.ts';
import { folders } from '../../../../src-main/data/layouts/folders.ts';
import { listing } from '../../../support/listing.ts';

const read = (...videos: string[]) => folders.read(listing(videos), { fold: 1, faces: 'auto' });
const labels = (...videos: string[]) => read(...videos).entries.map((entry) => entry.label);
const subjects = (...videos: string[]) => read(...videos).entries.map((entry) => entry.subject);

describe('a folder for each class', () => {
  test('known classes by any of their names, videos and folders of frames', () => {
    expect(labels('Happy/a.mp4', 'angry/b.mov', 'SADNESS/0001/')).toEqual(['happiness', 'anger', 'sadness']);
  });

  test('classes of one’s own beside known ones and alone', () => {
    expect(labels('laugh/a.mp4', 'happy/b.mp4')).toEqual(['laugh', 'happiness']);
    const { entries, notes } = read('laugh/a.mp4', 'cry/b.mp4');
    expect(entries.map((entry) => entry.label)).toEqual(['laugh', 'cry']);
    expect(notes[0]).toContain("'laugh' is not one of the known expressions; kept as a class of its own");
  });

  test('a misspelt class is refused with the name that was meant', () => {
    expect(() => read('hapiness/a.mp4', 'sad/b.mp4')).toThrow("'hapiness' looks like a slip for 'happiness'");
  });

  test('numbers are no classes: the videos come without a label, and this is said', () => {
    const { entries, notes } = read('0/a.mp4', '1/b.mp4');
    expect(entries.map((entry) => entry.label)).toEqual([null, null]);
    expect(notes[0]).toBe('2 videos lie in no folder of a class; imported without a label.');
  });

  test('videos beside the class folders have no label', () => {
    expect(labels('happy/a.mp4', 'sad/b.mp4', 'c.mp4')).toEqual(['happiness', 'sadness', null]);
  });

  test('a single folder of one’s own is not a class', () =>
    expect(labels('holiday/a.mp4', 'holiday/b.mp4')).toEqual([null, null]));
});

describe('sets', () => {
  test('train, val and test above the classes are declared splits', () => {
    const { entries } = read('train/happy/a.mp4', 'validation/happy/b.mp4', 'happy/Test/c.mp4');
    expect(entries.map((entry) => [entry.label, entry.declaredSplit])).toEqual([
      ['happiness', 'train'],
      ['happiness', 'val'],
      ['happiness', 'test'],
    ]);
  });
});

describe('people', () => {
  test('from folders named as people, above or below the classes', () => {
    expect(subjects('Actor_01/happy/a.mp4', 'happy/subject-7/b.mp4', 'happy/S03/c.mp4')).toEqual([
      'Actor_01',
      'subject-7',
      'S03',
    ]);
  });

  test('takes no date for a person', () => {
    expect(subjects('happy/participant_2024-11-03_a.mp4', 'happy/participant_20241103.mp4')).toEqual([null, null]);
    expect(subjects('sad/participant_12_2024-11-03.mp4', 'sad/subject-2024_2.mp4')).toEqual([
      'participant_12',
      'subject-2024',
    ]);
  });

  test('from file names', () => {
    expect(subjects('happy/subj12_take1.mp4', 'sad/take2-person_3.mp4', 'sad/holiday.mp4')).toEqual([
      'subj12',
      'person_3',
      null,
    ]);
  });

  test('from folders that hold several classes each', () => {
    const { entries, notes } = read('anna/happy/1.mp4', 'anna/sad/2.mp4', 'ben/happy/3.mp4', 'ben/sad/4.mp4');
    expect(entries.map((entry) => entry.subject)).toEqual(['anna', 'anna', 'ben', 'ben']);
    expect(notes).toContain('Folders taken as people: anna, ben.');
    expect(subjects('happy/anna/1.mp4', 'sad/anna/2.mp4', 'happy/ben/3.mp4', 'sad/ben/4.mp4')).toEqual([
      'anna',
      'anna',
      'ben',
      'ben',
    ]);
  });

  test('a folder around everything is no person', () => {
    expect(subjects('videos/happy/1.mp4', 'videos/sad/2.mp4')).toEqual([null, null]);
  });
});

describe('the layout is chosen', () => {
  test('by what fits best, with the runner-up named', () => {
    const both = listing(['happy/a.mp4', 'sad/b.mp4'], { 'labels.csv': 'path,label\nhappy/a.mp4,sad\n' });
    const { layout, why } = chooseLayout(both, 'auto');
    expect(layout.name).toBe('csv');
    expect(why).toBe(
      'labels.csv has the columns path and label; less likely folders: folders named for classes: happy, sad',
    );
  });

  test('not at all where two fit alike: the user is asked', () => {
    const both = listing(['01-01-03-01-01-01-01.mp4'], { 'mine.csv': 'path,label\na.mp4,sad\n' });
    expect(() => chooseLayout(both, 'auto')).toThrowError(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringContaining('Two layouts fit: ravdess'),
        hint: 'Say which with --layout ravdess or --layout csv.',
      }),
    );
    expect(chooseLayout(both, 'ravdess').layout.name).toBe('ravdess');
  });

  test('as videos without labels where nothing fits', () => {
    const { layout, why } = chooseLayout(listing(['a.mp4', 'b.mp4']), 'auto');
    expect(layout.name).toBe('folders');
    expect(why).toContain('videos without labels');
    expect(labels('a.mp4', '.')).toEqual([null, null]);
  });

  test('as asked, even if the folder does not look like it', () => {
    expect(chooseLayout(listing(['a.mp4']), 'cremad').why).toContain('though the folder does not look like it');
  });
});
