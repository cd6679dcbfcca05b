import { countOf } from '../contract/count-of.ts';
import type { TrainConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import type { SplitName, VideoRecord } from '../contract/records.ts';
import { Rng } from './rng.ts';
import { compareText, divideGroups } from './split-groups.ts';
import type { SplitGroup } from './split-groups.ts';

export type SplitVideo = Pick<
  VideoRecord,
  'id' | 'path' | 'label' | 'subject' | 'performance' | 'declaredSplit' | 'contentHash'
>;

export type SplitConfig = Pick<TrainConfig, 'split' | 'valFraction' | 'testFraction' | 'folds' | 'fold' | 'seed'>;

export type Split = Record<SplitName, string[]> & {
  how: 'declared' | 'subject' | 'random';
  /** True only where every video names its subject and no subject is in two sets. */
  subjectDisjoint: boolean;
  notes: string[];
};

/** Something that lies in two sets and must not. */
export type Leak = { what: 'subject' | 'performance' | 'content'; key: string; sets: SplitName[] };

const SETS = ['train', 'val', 'test'] as const;
const NAMELESS = 'videos without a subject count as a person each: sets are not known to be subject-disjoint';

/**
 * Divides the labelled videos into train, val and test: by subject and evenly by class, never tearing a performance
 * apart, or as the data declares. The same videos, config and seed give the same sets in any order of the videos.
 * @throws AppError `bad-config` or `bad-input` where no such division exists
 */
export function makeSplit(videos: readonly SplitVideo[], config: SplitConfig): Split {
  checkConfig(config);
  const labelled = videos.filter((video) => video.label !== null);
  if (labelled.length === 0)
    throw new AppError('bad-input', 'There is no labelled video to divide into sets.', {
      hint: 'Import videos with labels, or label some.',
    });
  const how = methodOf(labelled, config);
  const split = how === 'declared' ? declaredSplit(labelled, config) : dividedSplit(labelled, config, how);
  const left = videos.length - labelled.length;
  split.notes.unshift(...mixedNotes(labelled, config));
  if (left > 0)
    split.notes.unshift(`${countOf(left, 'video')} without a label ${left === 1 ? 'takes' : 'take'} no part.`);
  return { ...split, notes: [...split.notes, ...classNotes(labelled, split)] };
}

function checkConfig({ valFraction, testFraction, folds, fold, split }: SplitConfig): void {
  const bad = (message: string) => new AppError('bad-config', message);
  if (folds === 1) throw bad('folds is 1: expected 0 for one split, or 2 and more.');
  if (folds > 1 && fold >= folds) throw bad(`fold is ${fold}: expected 0 to ${folds - 1}, since folds is ${folds}.`);
  if (folds > 1 && split === 'declared') throw bad('folds need split=subject or split=random, not split=declared.');
  const held = valFraction + (folds > 1 ? 1 / folds : testFraction);
  if (held >= 1) throw bad(`val and test together take ${held.toFixed(2)} of the data: nothing is left to train on.`);
}

function methodOf(videos: readonly SplitVideo[], { split, folds }: SplitConfig): Split['how'] {
  if (split !== 'auto') return split;
  return folds === 0 && videos.some((video) => video.declaredSplit !== null) ? 'declared' : 'subject';
}

/** Folds are over all videos, so that figures on them are not those on the test set that a dataset declares. */
function mixedNotes(videos: readonly SplitVideo[], { split, folds }: SplitConfig): string[] {
  const declared = SETS.filter((set) => videos.some(({ declaredSplit }) => declaredSplit === set));
  if (split !== 'auto' || folds === 0 || declared.length === 0) return [];
  return [`The sets that the data declares (${declared.join(', ')}) are mixed into the folds; folds=0 keeps them.`];
}

function dividedSplit(videos: readonly SplitVideo[], config: SplitConfig, how: 'subject' | 'random'): Split {
  const groups = groupVideos(videos, how === 'subject');
  const rng = new Rng(config.seed).fork('split');
  const sets =
    config.folds > 1
      ? foldSets(groups, config, rng)
      : threeSets(groups, { val: config.valFraction, test: config.testFraction }, rng);
  return finished(videos, sets, how);
}

type Sets = Record<SplitName, SplitGroup[]>;

function threeSets(groups: SplitGroup[], held: { val: number; test: number }, rng: Rng): Sets {
  const shares = [1 - held.val - held.test, held.val, held.test];
  requireGroups(groups, shares.filter((share) => share > 0).length);
  const setOf = divideGroups(groups, shares, rng);
  const [train, val, test] = [0, 1, 2].map((set) => groups.filter((_, i) => setOf[i] === set));
  return { train: train!, val: val!, test: test! };
}

/** k-fold: fold number `fold` is the test set, and val is divided from the other folds. */
function foldSets(groups: SplitGroup[], { folds, fold, valFraction }: SplitConfig, rng: Rng): Sets {
  requireGroups(groups, folds);
  const foldOf = divideGroups(
    groups,
    Array.from({ length: folds }, () => 1 / folds),
    rng,
  );
  const test = groups.filter((_, i) => foldOf[i] === fold);
  const rest = groups.filter((_, i) => foldOf[i] !== fold);
  const val = valFraction / (1 - 1 / folds);
  return { ...threeSets(rest, { val, test: 0 }, rng.fork(`fold ${fold}`)), test };
}

/**
 * Takes a share of labelled videos, evenly by class: people as a whole, or performances where all show one person. Videos
 * without a subject count as a person each.
 * @returns ids of what was taken, and whether nobody is in both parts; all or nothing is taken where there is one performance
 */
export function takeShare(
  videos: readonly SplitVideo[],
  share: number,
  rng: Rng,
): { taken: string[]; byPerson: boolean } {
  const people = groupVideos(videos, true);
  const byPerson = people.length > 1;
  const groups = byPerson ? people : groupVideos(videos, false);
  const setOf = divideGroups(groups, [share, 1 - share], rng);
  return { taken: groups.flatMap(({ ids }, i) => (setOf[i] === 0 ? ids : [])), byPerson };
}

function requireGroups(groups: SplitGroup[], needed: number): void {
  if (groups.length >= needed) return;
  throw new AppError(
    'bad-input',
    `${needed} sets need at least ${needed} people (or videos without a subject) to divide, found ${groups.length}.`,
    { hint: 'Import videos of more people. split=random divides by video: figures then say nothing about new people.' },
  );
}

/**
 * Videos that must not be torn apart: the same performance or content always, the same subject where asked.
 * Groups are named by their smallest id, so that their order does not depend on that of the videos.
 */
function groupVideos(videos: readonly SplitVideo[], bySubject: boolean): SplitGroup[] {
  const classes = classNames(videos);
  const rootOf = connect(videos, bySubject);
  const groups = new Map<number, SplitGroup>();
  videos.forEach((video, i) => {
    const group = groups.get(rootOf[i]!) ?? { key: video.id, ids: [], counts: classes.map(() => 0) };
    group.ids.push(video.id);
    if (compareText(video.id, group.key) < 0) group.key = video.id;
    group.counts[classes.indexOf(video.label!)]! += 1;
    groups.set(rootOf[i]!, group);
  });
  return [...groups.values()];
}

function classNames(videos: readonly SplitVideo[]): string[] {
  return [...new Set(videos.map((video) => video.label!))].sort(compareText);
}

/** Index of the first video of each video's connected group (union-find). */
function connect(videos: readonly SplitVideo[], bySubject: boolean): number[] {
  const parent = videos.map((_, i) => i);
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]!]!;
    return i;
  };
  const first = new Map<string, number>();
  videos.forEach((video, i) => {
    for (const key of tiesOf(video, bySubject)) {
      const other = first.get(key);
      if (other === undefined) first.set(key, i);
      else parent[root(i)] = root(other);
    }
  });
  return videos.map((_, i) => root(i));
}

function tiesOf({ subject, performance, contentHash }: SplitVideo, bySubject: boolean): string[] {
  return [
    `content ${contentHash}`,
    ...(performance === null ? [] : [`performance ${performance}`]),
    ...(bySubject && subject !== null ? [`subject ${subject}`] : []),
  ];
}

/** The sets that the data declares; what is missing is divided from train, by subject where subjects are known. */
function declaredSplit(videos: readonly SplitVideo[], config: SplitConfig): Split {
  const declared = (set: SplitName) => videos.filter((video) => video.declaredSplit === set);
  const [train, val, test] = SETS.map(declared) as [SplitVideo[], SplitVideo[], SplitVideo[]];
  if (train.length === 0)
    throw new AppError('bad-input', 'No labelled video is declared as train.', {
      hint: 'Declare some in the split column, or set split=subject.',
    });
  const held = {
    val: val.length > 0 ? 0 : config.valFraction,
    test: val.length + test.length > 0 ? 0 : config.testFraction,
  };
  const groups = groupVideos(train, true);
  const divided = threeSets(groups, held, new Rng(config.seed).fork('split'));
  const asGroups = (set: SplitVideo[]) => (set.length > 0 ? groupVideos(set, false) : []);
  const sets = {
    train: divided.train,
    val: [...divided.val, ...asGroups(val)],
    test: [...divided.test, ...asGroups(test)],
  };
  const split = finished(videos, sets, 'declared');
  return { ...split, notes: [...declaredNotes(videos, { val, test }, sets), ...split.notes] };
}

function declaredNotes(
  videos: readonly SplitVideo[],
  declared: { val: SplitVideo[]; test: SplitVideo[] },
  sets: Sets,
): string[] {
  const loose = videos.filter((video) => video.declaredSplit === null).length;
  const made = (['val', 'test'] as const).filter((set) => declared[set].length === 0 && sets[set].length > 0);
  return [
    ...made.map((set) => `No ${set} set is declared: it was divided from train.`),
    ...(sets.test.length === 0 ? ['No test set is declared: figures can only be had on val.'] : []),
    ...(loose > 0 ? [`${loose} labelled videos declare no set and take no part.`] : []),
  ];
}

function finished(videos: readonly SplitVideo[], sets: Sets, how: Split['how']): Split {
  const inSet = (groups: SplitGroup[]) => groups.flatMap((group) => group.ids).sort(compareText);
  const ids = { train: inSet(sets.train), val: inSet(sets.val), test: inSet(sets.test) };
  const leaks = findLeaks(videos, ids);
  const used = new Set([...ids.train, ...ids.val, ...ids.test]);
  const nameless = videos.filter((video) => used.has(video.id) && video.subject === null).length;
  const subjectDisjoint = nameless === 0 && !leaks.some((leak) => leak.what === 'subject');
  const notes = [...leakNotes(leaks), ...(nameless > 0 ? [`${nameless} ${NAMELESS}.`] : [])];
  return { ...ids, how, subjectDisjoint, notes };
}

/** Every subject, performance and content that lies in more than one set. */
export function findLeaks(videos: readonly SplitVideo[], sets: Readonly<Record<SplitName, readonly string[]>>): Leak[] {
  const setOf = new Map(SETS.flatMap((set) => sets[set].map((id) => [id, set] as const)));
  const found = new Map<string, Leak>();
  for (const video of videos) {
    const set = setOf.get(video.id);
    if (set === undefined) continue;
    for (const [what, key] of [
      ['subject', video.subject],
      ['performance', video.performance],
      ['content', video.contentHash],
    ] as const) {
      if (key === null) continue;
      const leak = found.get(`${what} ${key}`) ?? { what, key, sets: [] };
      if (!leak.sets.includes(set)) leak.sets.push(set);
      found.set(`${what} ${key}`, leak);
    }
  }
  return [...found.values()].filter((leak) => leak.sets.length > 1);
}

function leakNotes(leaks: Leak[]): string[] {
  return (['subject', 'performance', 'content'] as const).flatMap((what) => {
    const keys = leaks.filter((leak) => leak.what === what).map((leak) => leak.key);
    const shown = keys.slice(0, 5).join(', ');
    return keys.length === 0 ? [] : [`Leak: the same ${what} is in more than one set (${keys.length}: ${shown}).`];
  });
}

function classNotes(videos: readonly SplitVideo[], split: Split): string[] {
  const labelOf = new Map(videos.map((video) => [video.id, video.label]));
  return SETS.filter((set) => split[set].length > 0).flatMap((set) => {
    const there = new Set(split[set].map((id) => labelOf.get(id)));
    const missing = classNames(videos).filter((label) => !there.has(label));
    return missing.length === 0 ? [] : [`${set} has no video of: ${missing.join(', ')}.`];
  });
}
