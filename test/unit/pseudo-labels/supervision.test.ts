import { describe, expect, it } from 'vitest';
import type { Split, SplitVideo } from '../../../src-main/data/splits.ts';
import { asKnown, divideSupervision, supervisionOf } from '../../../src-main/data/supervision.ts';
import { withUnlabelled } from '../../../src-main/data/unlabelled-videos.ts';
import { toyConfig, toyVideo } from '../../support/toy-training.ts';

const CLASSES = ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise'];
const moment = { startSec: 1, endSec: 2 };
/** As the sample project: fourteen videos of a class, neutral ones without a moment. */
const videos = Array.from({ length: 98 }, (_, i) => {
  const label = CLASSES[i % CLASSES.length]!;
  return { id: `v${String(i).padStart(2, '0')}`, label, moment: label === 'neutral' ? null : moment };
});
const settings = (...pairs: string[]) => toyConfig(['labels=semi-weak', ...pairs]).semiWeak;
const labelOf = (id: string) => videos.find((video) => video.id === id)!.label;
const perClass = (ids: readonly string[]) => CLASSES.map((label) => ids.filter((id) => labelOf(id) === label).length);

describe('what a run may know', () => {
  it('is all that the project knows unless something is hidden: neutral videos need no moment', () => {
    const sets = divideSupervision([...videos, { id: 'x', label: null, moment: null }], settings(), 1);
    expect(sets).toEqual({ moment: videos.map(({ id }) => id), label: [], none: ['x'] });
    const unmarked = divideSupervision(videos, settings('semiWeak.background=nothing'), 1);
    expect(unmarked.label.map(labelOf)).toEqual(new Array<string>(14).fill('neutral'));
  });

  it('keeps the shares in all, evenly by class', () => {
    const sets = divideSupervision(videos, settings('semiWeak.momentShare=0.1', 'semiWeak.labelShare=0.67'), 1);
    expect([sets.moment.length, sets.label.length, sets.none.length]).toEqual([10, 56, 32]);
    expect(perClass(sets.moment).toSorted()).toEqual([1, 1, 1, 1, 2, 2, 2]);
    expect(Math.max(...perClass(sets.none)) - Math.min(...perClass(sets.none))).toBeLessThanOrEqual(1);
  });

  it('is the same for the same seed in any order of the videos, and other for another seed', () => {
    const config = settings('semiWeak.momentShare=0.1');
    const first = divideSupervision(videos, config, 1);
    expect(divideSupervision(videos.toReversed(), config, 1)).toEqual(first);
    expect(divideSupervision(videos, config, 2).moment).not.toEqual(first.moment);
  });

  it('is the same set for every method that hides, and everything for all-labels', () => {
    const hiding = ['semiWeak.momentShare=0.1', 'semiWeak.labelShare=0.67'];
    const of = (method: string) => divideSupervision(videos, settings(...hiding, `semiWeak.method=${method}`), 3);
    expect(of('arg-max')).toEqual(of('sampled'));
    expect(of('labelled-only')).toEqual(of('sampled'));
    expect(of('all-labels').moment).toHaveLength(98);
  });

  it('is taken from the videos themselves before training sees them', () => {
    const sets = { moment: ['a', 'n'], label: ['b'], none: ['c'] };
    const video = (id: string, at: typeof moment | null = moment) =>
      asKnown(toyVideo(id, 50, { label: 3, moment: at }), sets);
    expect(video('a')).toMatchObject({ label: 3, moment });
    expect(video('n', null)).toMatchObject({ label: 3, moment: { startSec: 0, endSec: 2 } });
    expect(video('b')).toMatchObject({ label: 3, moment: null });
    expect(video('c')).toMatchObject({ label: null, moment: null });
    expect(['a', 'n', 'b', 'c'].map((id) => supervisionOf(video(id)))).toEqual(['moment', 'moment', 'label', 'none']);
  });
});

describe('unlabelled videos', () => {
  const known = (id: string, rest: Partial<SplitVideo> = {}): SplitVideo => ({
    id,
    path: `${id}.mp4`,
    label: 'anger',
    subject: `person ${id}`,
    performance: null,
    declaredSplit: null,
    contentHash: id,
    ...rest,
  });
  const split: Split = { train: ['a'], val: ['b'], test: ['c'], how: 'subject', subjectDisjoint: true, notes: [] };
  const trained = [known('a'), known('b', { performance: 'song' }), known('c')];
  const withMore = (rest: Partial<SplitVideo>) =>
    withUnlabelled(split, [...trained, known('x', { label: null, ...rest })]);

  it('join the training set', () => {
    expect(withMore({})).toEqual({ ...split, train: ['a', 'x'] });
    expect(withMore({ subject: 'person a' }).train).toEqual(['a', 'x']);
  });

  it.each([
    ['a person of the test set', { subject: 'person c' }],
    ['a performance of the validation set', { performance: 'song' }],
    ['the content of a test video', { contentHash: 'c' }],
    ['another declared set', { declaredSplit: 'test' as const }],
  ])('stay out with %s, and that is said', (_, rest) => {
    const { train, notes, subjectDisjoint } = withMore(rest);
    expect(train).toEqual(['a']);
    expect(notes).toEqual([expect.stringMatching(/^1 unlabelled videos .* take no part/)]);
    expect(subjectDisjoint).toBe(true);
  });

  it('without a subject end the claim that people are disjoint', () => {
    const { subjectDisjoint, notes } = withMore({ subject: null });
    expect(subjectDisjoint).toBe(false);
    expect(notes).toEqual([expect.stringMatching(/name no subject/)]);
  });
});
