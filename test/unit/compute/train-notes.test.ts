import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shortVideoNotes } from '../../../src-main/data/short-videos.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { makeFewLabelsProject, TINY_RUN } from '../../support/few-labels-project.ts';
import { makePreparedProject } from '../../support/prepared-project.ts';
import { toyVideo } from '../../support/toy-training.ts';

const api = openApp();
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-notes-'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const train = (project: string, run: string, set: readonly string[]) =>
  api.train({ project, run, config: {}, set: [...TINY_RUN, 'epochs=1', ...set], engine: 'wasm', resume: false }, {});

describe('clips longer than the videos', () => {
  it('are noted by train and evaluate', async () => {
    const project = path.join(dir, 'short');
    await makePreparedProject(project);
    const long = await train(project, 'long', ['clipFrames=13']);
    expect(long.notes).toContainEqual(expect.stringMatching(/^Of 12 training videos 12 are shorter than a clip of 13/));
    const { notes } = await api.evaluate({ project, run: 'long', split: 'test', engine: 'wasm' }, {});
    expect(notes).toContainEqual(expect.stringMatching(/^Of 4 test videos 4 are shorter than a clip of 13 frames/));
    const fitting = await train(project, 'fitting', ['clipFrames=12']);
    expect(fitting.notes).toEqual([]);
  });

  it('are worth a note where they are longer than most videos that show a face', () => {
    const notesOf = (frames: readonly number[]) =>
      shortVideoNotes(
        frames.map((length, i) => toyVideo(`v${i}`, length, length === 0 ? { runs: [] } : {})),
        { clipFrames: 8, set: 'val' },
      );
    expect(notesOf([7, 7, 8, 8])).toEqual([]);
    expect(notesOf([0, 0, 8])).toEqual([]);
    expect(notesOf([])).toEqual([]);
    expect(notesOf([7, 7, 8, 0])).toEqual([expect.stringContaining('Of 3 val videos 2 are shorter')]);
    expect(notesOf([7])).toEqual([expect.stringContaining('Of 1 val video 1 is shorter than a clip of 8 frames')]);
  });
});

describe('labels=moments', () => {
  it('says how many training videos have a moment, also where none has', async () => {
    const project = path.join(dir, 'momentless');
    await makePreparedProject(project);
    const none = await train(project, 'moments', ['labels=moments']);
    expect(none.notes).toEqual(['Of the training videos 0 have a moment to learn from, 12 a label only.']);
    const few = path.join(dir, 'few');
    await makeFewLabelsProject(few);
    const some = await train(few, 'moments', ['labels=moments']);
    expect(some.notes).toContainEqual(
      expect.stringMatching(/videos [1-4] have a moment to learn from, \d+ a label only\.$/),
    );
  });
});
