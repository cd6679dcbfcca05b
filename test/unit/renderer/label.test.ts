import { describe, expect, test } from 'vitest';
import type { LabelLine, Opinion } from '../../../src-main/contract/window/label.ts';
import { guessText } from '../../../src-renderer/lib/guess-words.ts';
import { methodCurves, spreadNames } from '../../../src-renderer/lib/label-curve.ts';
import { agreementWord, majorities } from '../../../src-renderer/lib/label-majority.ts';
import { filterCounts, filterLines, nextTodo, opinionNow, withOpinion } from '../../../src-renderer/lib/label-queue.ts';
import { momentOfRange, rangeOfMoment, withEdge } from '../../../src-renderer/lib/moment-frames.ts';
import { PlayedFrames } from '../../../src-renderer/lib/played-frames.ts';

const said = (label: string | null, known: Partial<Opinion> = {}): Opinion =>
  opinionNow({ label, moment: null, confidence: null, note: null, rejected: false, ...known }, 'Ada');

const line = (id: string, holds: Opinion | null, mine: Opinion | null = null, differ = false): LabelLine => ({
  ...{ id, path: `../v/${id}.mp4`, kind: 'file', durationSec: 2, raters: 1 },
  ...{ holds, mine, differ },
});

const lines = [
  line('a', said('fear')),
  line('b', null),
  line('c', said('joy', { confidence: 0.25 }), said('joy'), true),
  line('d', said(null, { rejected: true })),
  line('e', said(null), null),
];
const view = { filter: 'all', text: '', blind: false } as const;

describe('the queue', () => {
  test('takes a video without a label, or whose label was cleared, as to do; a rejected one not', () => {
    expect(filterLines(lines, { ...view, filter: 'todo' }).map(({ id }) => id)).toEqual(['b', 'e']);
    const counts = { all: 5, todo: 2, teach: 0, done: 3, unsure: 1, differ: 1, rejected: 1 };
    expect(filterCounts(lines, { blind: false })).toEqual(counts);
  });

  test('blind, counts only what one said oneself', () => {
    expect(filterCounts(lines, { blind: true })).toMatchObject({ todo: 4, done: 1, unsure: 0 });
  });

  test('orders videos by what their label would teach a run, and leaves out the others', () => {
    const places = new Map([
      ['e', 0],
      ['a', 1],
    ]);
    expect(filterLines(lines, { ...view, filter: 'teach', places }).map(({ id }) => id)).toEqual(['e', 'a']);
    expect(filterCounts(lines, { blind: false, places }).teach).toBe(2);
    expect(filterLines(lines, { ...view, filter: 'teach' })).toEqual([]);
  });

  test('finds by path, label and note', () => {
    expect(filterLines(lines, { ...view, text: 'JOY' }).map(({ id }) => id)).toEqual(['c']);
  });

  test('goes to the next to do, around the end and back, and nowhere when all is done', () => {
    expect(nextTodo(lines, 'b', 1, false)).toBe('e');
    expect(nextTodo(lines, 'e', 1, false)).toBe('b');
    expect(nextTodo(lines, 'b', -1, false)).toBe('e');
    expect(nextTodo(lines, null, 1, false)).toBe('b');
    expect(nextTodo([lines[0]!], 'a', 1, false)).toBeNull();
    expect(nextTodo([], null, 1, false)).toBeNull();
  });

  test('shows what was just said, without touching the label when it is an opinion', () => {
    const opinion = said('neutral');
    expect(withOpinion(lines, 'b', { opinion, holds: true })[1]).toMatchObject({ holds: opinion, mine: opinion });
    expect(withOpinion(lines, 'a', { opinion, holds: false })[0]).toMatchObject({
      holds: { label: 'fear' },
      mine: opinion,
    });
  });
});

describe('guesses', () => {
  const segment = { firstFrame: 30, lastFrame: 45, startSec: 1.2, endSec: 1.84, label: 'joy' };

  test('are told with their place in time, and how sure the run is where it guessed the class too', () => {
    expect(guessText({ ...segment, confidence: 0.87 })).toMatch(/^joy from 1\.20 to 1\.84 s, 87\s% sure$/);
    expect(guessText({ ...segment, confidence: null })).toBe('joy from 1.20 to 1.84 s');
  });

  test('make a curve for each method: mean accuracy of runs that were told as many moments, fewest first', () => {
    const run = (method: string, moments: number, war: number) => ({
      ...{ run: `${method} ${moments} ${war}`, method, moments, labels: 0, war },
    });
    const points = [run('sampled', 20, 0.6), run('sampled', 10, 0.3), run('sampled', 10, 0.5), run('arg-max', 10, 0.2)];
    expect(methodCurves(points)).toEqual([
      {
        method: 'sampled',
        steps: [
          { moments: 10, war: 0.4 },
          { moments: 20, war: 0.6 },
        ],
      },
      { method: 'arg-max', steps: [{ moments: 10, war: 0.2 }] },
    ]);
  });
});

describe('frames in the player', () => {
  const uneven = new PlayedFrames(Float64Array.of(0, 0.05, 0.065, 0.145));

  test('are sought inside of them, and found by the time of their picture', () => {
    expect([0, 1, 2, 3].map((frame) => uneven.at([0, 0.05, 0.065, 0.145][frame]!))).toEqual([0, 1, 2, 3]);
    expect(uneven.insideSec(1)).toBeCloseTo(0.0575, 9);
    expect(uneven.insideSec(3)).toBeGreaterThan(0.145);
  });

  test('times that a player rounded down still mean the same frame', () => {
    const ntsc = new PlayedFrames(Float64Array.from({ length: 100 }, (_, i) => (i * 1001) / 30000));
    for (let i = 0; i < 100; i++) expect(ntsc.at(Math.floor(((i * 1001) / 30000) * 1000) / 1000)).toBe(i);
  });

  test('of a copy lie evenly', () => {
    expect(PlayedFrames.evenly(10, 25).insideSec(2)).toBeCloseTo(0.1, 9);
  });
});

describe('moments', () => {
  const timesSec = Float64Array.from({ length: 10 }, (_, i) => i / 25);

  test('hold their last frame, and come back as the same frames', () => {
    expect(momentOfRange(timesSec, { first: 2, last: 4 }, 0.4)).toEqual({ startSec: 0.08, endSec: 0.2 });
    expect(rangeOfMoment(timesSec, { startSec: 0.08, endSec: 0.2 })).toEqual({ first: 2, last: 4 });
    expect(rangeOfMoment(timesSec, momentOfRange(timesSec, { first: 9, last: 9 }, 0.4))).toEqual({ first: 9, last: 9 });
  });

  test('an edge pushes the other along and stays inside the video', () => {
    expect(withEdge({ first: 2, last: 4 }, 'first', 6, 10)).toEqual({ first: 6, last: 6 });
    expect(withEdge({ first: 2, last: 4 }, 'last', 1, 10)).toEqual({ first: 1, last: 1 });
    expect(withEdge({ first: 2, last: 4 }, 'last', 99, 10)).toEqual({ first: 2, last: 9 });
  });
});

test('names of curves that end at the same place stand below each other', () => {
  expect(spreadNames([50, 10, 48, 12], 13)).toEqual([61, 10, 48, 23]);
});

test('a majority is more than half of those who spoke', () => {
  const video = (videoId: string, ...labels: string[]) => ({
    ...{ videoId, path: videoId, disagreement: 1 },
    opinions: labels.map((label, i) => ({ who: `r${i}`, label })),
  });
  expect(majorities([video('a', 'x', 'x', 'y'), video('b', 'x', 'y'), video('c', 'x', 'x', 'y', 'y')])).toEqual([
    { videoId: 'a', label: 'x' },
  ]);
});

test.each([
  [-0.1, 'worse than chance'],
  [0.2, 'slight'],
  [0.61, 'substantial'],
  [0.81, 'almost perfect'],
  [null, 'nothing to compare'],
])('a coefficient of %s is called %s', (value, word) => expect(agreementWord(value)).toBe(word));
