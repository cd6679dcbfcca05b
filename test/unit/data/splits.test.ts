import { describe, expect, test } from 'vitest';
import { dataFingerprint } from '../../../src-main/data/manifest.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { findLeaks, makeSplit, takeShare } from '../../../src-main/data/splits.ts';
import type { SplitConfig, SplitVideo } from '../../../src-main/data/splits.ts';

const CLASSES = ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise'];
const CONFIG: SplitConfig = { split: 'auto', valFraction: 0.2, testFraction: 0.2, folds: 0, fold: 0, seed: 1 };

function video(id: string, known: Partial<SplitVideo> = {}): SplitVideo {
  return {
    id,
    path: `${id}.mp4`,
    label: 'anger',
    subject: null,
    performance: null,
    declaredSplit: null,
    contentHash: `hash of ${id}`,
    ...known,
  };
}

/** One video of each class for each person, as the sample project has it. */
function everyClassOfEveryone(people: number): SplitVideo[] {
  return Array.from({ length: people }, (_, p) =>
    CLASSES.map((label) => video(`${p}-${label}`, { label, subject: `person ${p}` })),
  ).flat();
}

function perClass(ids: readonly string[], videos: readonly SplitVideo[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { id, label } of videos) if (ids.includes(id)) counts[label!] = (counts[label!] ?? 0) + 1;
  return counts;
}

const sizes = ({ train, val, test }: Record<'train' | 'val' | 'test', string[]>) => [
  train.length,
  val.length,
  test.length,
];

describe('division by subject', () => {
  test('24 people with one video of each class give 14, 5 and 5 people', () => {
    const videos = everyClassOfEveryone(24);
    const split = makeSplit(videos, CONFIG);
    expect(sizes(split)).toEqual([14 * 7, 5 * 7, 5 * 7]);
    expect(split).toMatchObject({ how: 'subject', subjectDisjoint: true, notes: [] });
    expect(findLeaks(videos, split)).toEqual([]);
    expect([...split.train, ...split.val, ...split.test].sort()).toEqual(videos.map((v) => v.id).sort());
  });

  test.each([3, 4, 5, 7, 12])('%i people fill three sets', (people) => {
    const split = makeSplit(everyClassOfEveryone(people), CONFIG);
    expect(Math.min(...sizes(split))).toBeGreaterThan(0);
    expect(split.train.length).toBeGreaterThanOrEqual(split.test.length);
  });

  test('unequal people keep every class near its share in every set', () => {
    const rng = new Rng(7);
    const videos = Array.from({ length: 60 }, (_, p) =>
      Array.from({ length: 1 + rng.integer(12) }, (_, i) =>
        video(`${p}-${i}`, { label: CLASSES[Math.min(rng.integer(7), rng.integer(7))]!, subject: `p${p}` }),
      ),
    ).flat();
    const split = makeSplit(videos, CONFIG);
    expect(findLeaks(videos, split)).toEqual([]);
    const all = perClass(
      videos.map((v) => v.id),
      videos,
    );
    for (const [set, share] of [
      ['train', 0.6],
      ['val', 0.2],
      ['test', 0.2],
    ] as const) {
      const counts = perClass(split[set], videos);
      for (const label of CLASSES)
        expect(Math.abs((counts[label] ?? 0) - share * all[label]!)).toBeLessThanOrEqual(2.5);
    }
  });

  test('people who show one class each are still divided class by class', () => {
    const videos = Array.from({ length: 30 }, (_, p) =>
      [0, 1].map((i) => video(`${p}-${i}`, { subject: `p${p}`, label: CLASSES[p % 3]! })),
    ).flat();
    const split = makeSplit(videos, CONFIG);
    expect(perClass(split.val, videos)).toEqual({ anger: 4, disgust: 4, fear: 4 });
    expect(perClass(split.test, videos)).toEqual({ anger: 4, disgust: 4, fear: 4 });
  });

  test('the seed decides, and the order of the videos does not', () => {
    const videos = everyClassOfEveryone(12);
    const again = makeSplit(new Rng(3).shuffle(videos), CONFIG);
    expect(again).toEqual(makeSplit(videos, CONFIG));
    const others = [2, 3, 4, 5].map((seed) => makeSplit(videos, { ...CONFIG, seed }).test.join());
    expect(new Set([again.test.join(), ...others]).size).toBeGreaterThan(1);
  });

  test('too few people is an error that says what to do', () => {
    expect(() => makeSplit(everyClassOfEveryone(2), CONFIG)).toThrowError(
      expect.objectContaining({
        code: 'bad-input',
        message: expect.stringContaining('3 sets need at least 3 people'),
        hint: expect.stringContaining('split=random'),
      }),
    );
    const random = makeSplit(everyClassOfEveryone(2), { ...CONFIG, split: 'random' });
    expect(random.subjectDisjoint).toBe(false);
    expect(random.notes[0]).toContain('Leak: the same subject is in more than one set');
  });

  test('videos without a subject count as a person each, and nobody claims them to be disjoint', () => {
    const videos = CLASSES.flatMap((label) => Array.from({ length: 10 }, (_, i) => video(`${label}${i}`, { label })));
    const split = makeSplit(videos, CONFIG);
    expect(sizes(split)).toEqual([42, 14, 14]);
    expect(perClass(split.val, videos)).toEqual(Object.fromEntries(CLASSES.map((label) => [label, 2])));
    expect(split.subjectDisjoint).toBe(false);
    expect(split.notes).toEqual([
      '70 videos without a subject count as a person each: sets are not known to be subject-disjoint.',
    ]);
  });

  test('performances and equal contents stay together even in a random split', () => {
    const videos = Array.from({ length: 40 }, (_, i) =>
      video(`v${i}`, {
        performance: i < 20 ? `take ${i % 5}` : null,
        contentHash: i >= 20 ? `same ${i % 7}` : `own ${i}`,
      }),
    );
    for (const seed of [1, 2, 3]) {
      const split = makeSplit(videos, { ...CONFIG, split: 'random', seed });
      expect(findLeaks(videos, split)).toEqual([]);
      expect(Math.min(...sizes(split))).toBeGreaterThan(0);
    }
  });

  test('videos without a label take no part, and classes that a set lacks are named', () => {
    const videos = [...everyClassOfEveryone(5), video('x', { label: null, subject: 'p' })];
    const rare = [...videos, video('rare', { label: 'contempt', subject: 'person 0' })];
    const split = makeSplit(rare, CONFIG);
    expect([...split.train, ...split.val, ...split.test]).not.toContain('x');
    expect(split.notes[0]).toBe('1 video without a label takes no part.');
    expect(split.notes.filter((note) => note.includes('has no video of: contempt'))).toHaveLength(2);
    expect(() => makeSplit([video('x', { label: null })], CONFIG)).toThrow('no labelled video');
  });

  test('forty thousand videos are divided in seconds', () => {
    const videos = Array.from({ length: 40_000 }, (_, i) => video(`v${i}`, { label: CLASSES[i % 7]! }));
    const started = performance.now();
    expect(sizes(makeSplit(videos, CONFIG))).toEqual([24_000, 8_000, 8_000].map((n) => expect.closeTo(n, -1)));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('k-fold', () => {
  test('every video is in the test set of exactly one fold, and folds are disjoint in subjects', () => {
    const videos = everyClassOfEveryone(11);
    const tested = [0, 1, 2, 3, 4].flatMap((fold) => {
      const split = makeSplit(videos, { ...CONFIG, folds: 5, fold });
      expect(split.subjectDisjoint).toBe(true);
      expect(Math.min(...sizes(split))).toBeGreaterThan(0);
      return split.test;
    });
    expect(tested.sort()).toEqual(videos.map((v) => v.id).sort());
  });

  test('impossible folds are refused', () => {
    const videos = everyClassOfEveryone(6);
    expect(() => makeSplit(videos, { ...CONFIG, folds: 1 })).toThrow('folds is 1');
    expect(() => makeSplit(videos, { ...CONFIG, folds: 3, fold: 3 })).toThrow('fold is 3: expected 0 to 2');
    expect(() => makeSplit(videos, { ...CONFIG, folds: 7 })).toThrow('at least 7');
    expect(() => makeSplit(videos, { ...CONFIG, folds: 2, split: 'declared' })).toThrow('folds need');
    expect(() => makeSplit(videos, { ...CONFIG, valFraction: 0.5, testFraction: 0.5 })).toThrow('nothing is left');
  });
});

describe('declared splits', () => {
  const declare = (videos: SplitVideo[], of: (i: number) => SplitVideo['declaredSplit']) =>
    videos.map((v, i) => ({ ...v, declaredSplit: of(i) }));

  test('are taken as they are', () => {
    const videos = declare(everyClassOfEveryone(9), (i) => (i < 35 ? 'train' : i < 49 ? 'val' : 'test'));
    const split = makeSplit(videos, CONFIG);
    expect(split.how).toBe('declared');
    for (const v of videos) expect(split[v.declaredSplit!]).toContain(v.id);
    expect(split.notes).toEqual([]);
  });

  test('train without val is divided 80 to 20 by person; the declared test set stays whole', () => {
    const videos = declare(everyClassOfEveryone(12), (i) => (i < 70 ? 'train' : 'test'));
    const split = makeSplit(videos, CONFIG);
    expect(sizes(split)).toEqual([56, 14, 14]);
    expect(split.notes).toEqual(['No val set is declared: it was divided from train.']);
    expect(split.subjectDisjoint).toBe(true);
  });

  test('only train: val and test are divided from it', () => {
    const split = makeSplit(
      declare(everyClassOfEveryone(10), () => 'train'),
      CONFIG,
    );
    expect(sizes(split)).toEqual([42, 14, 14]);
  });

  test('train and val without test stay so, and this is said', () => {
    const split = makeSplit(
      declare(everyClassOfEveryone(4), (i) => (i < 21 ? 'train' : 'val')),
      CONFIG,
    );
    expect(sizes(split)).toEqual([21, 7, 0]);
    expect(split.notes[0]).toContain('No test set is declared');
  });

  test('a person in two declared sets is a leak that is said', () => {
    const videos = declare(everyClassOfEveryone(4), (i) => (i % 2 === 0 ? 'train' : 'test'));
    const split = makeSplit(videos, { ...CONFIG, valFraction: 0 });
    expect(split.subjectDisjoint).toBe(false);
    expect(split.notes.join()).toContain('Leak: the same subject is in more than one set (4: person 0');
  });

  test('the same performance in two declared sets is a leak that is said', () => {
    const videos = [
      video('a', { declaredSplit: 'train', performance: 'take 1', subject: 'p' }),
      video('b', { declaredSplit: 'test', performance: 'take 1', subject: 'q' }),
    ];
    expect(findLeaks(videos, makeSplit(videos, { ...CONFIG, valFraction: 0 }))).toEqual([
      { what: 'performance', key: 'take 1', sets: ['train', 'test'] },
    ]);
  });

  test('are mixed into folds, which is said', () => {
    const videos = declare(everyClassOfEveryone(10), (i) => (i < 56 ? 'train' : 'test'));
    const note = 'The sets that the data declares (train, test) are mixed into the folds; folds=0 keeps them.';
    expect(makeSplit(videos, { ...CONFIG, folds: 5 }).notes).toContain(note);
    expect(makeSplit(videos, CONFIG).notes).not.toContain(note);
    expect(makeSplit(everyClassOfEveryone(10), { ...CONFIG, folds: 5 }).notes).toEqual([]);
  });

  test('give way when folds or people are asked for', () => {
    const videos = declare(everyClassOfEveryone(10), () => 'train');
    expect(makeSplit(videos, { ...CONFIG, folds: 5 }).how).toBe('subject');
    expect(makeSplit(videos, { ...CONFIG, split: 'subject' }).how).toBe('subject');
    expect(() => makeSplit(everyClassOfEveryone(5), { ...CONFIG, split: 'declared' })).toThrow('declared as train');
  });
});

describe('data fingerprint', () => {
  const videos = everyClassOfEveryone(5);
  const split = makeSplit(videos, CONFIG);

  test('does not depend on order', () => {
    const turned = { ...split, train: [...split.train].reverse() };
    expect(dataFingerprint([...videos].reverse(), turned)).toBe(dataFingerprint(videos, split));
  });

  test('changes with a label, a set and a video', () => {
    const [first, ...others] = videos as [SplitVideo, ...SplitVideo[]];
    const prints = [
      dataFingerprint(videos, split),
      dataFingerprint([{ ...first, label: 'contempt' }, ...others], split),
      dataFingerprint(videos, { ...split, train: split.test, test: split.train }),
      dataFingerprint(videos, { ...split, train: split.train.slice(1) }),
    ];
    expect(new Set(prints).size).toBe(4);
    expect(prints[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a share of videos', () => {
  test('is of whole people and even by class', () => {
    const videos = everyClassOfEveryone(6);
    const { taken, byPerson } = takeShare(videos, 0.5, new Rng(1));
    expect(byPerson).toBe(true);
    expect(new Set(taken.map((id) => id.split('-')[0])).size).toBe(3);
    expect(perClass(taken, videos)).toEqual(Object.fromEntries(CLASSES.map((label) => [label, 3])));
  });

  test('of one person is of whole performances, and does not claim to be by person', () => {
    const videos = Array.from({ length: 12 }, (_, i) =>
      video(`v${i}`, { subject: 'p', performance: `take ${i % 4}`, label: CLASSES[i % 2]! }),
    );
    const { taken, byPerson } = takeShare(videos, 0.5, new Rng(1));
    expect(byPerson).toBe(false);
    expect(perClass(taken, videos)).toEqual({ anger: 3, disgust: 3 });
    const takes = (ids: readonly string[]) => new Set(ids.map((id) => Number(id.slice(1)) % 4));
    const rest = videos.flatMap(({ id }) => (taken.includes(id) ? [] : [id]));
    expect([...takes(taken)].filter((take) => takes(rest).has(take))).toEqual([]);
  });
});
