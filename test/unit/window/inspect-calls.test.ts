import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIRMED_NOTE } from '../../../src-main/contract/window/inspect.ts';
import { readElan } from '../../../src-main/data/annotations/elan.ts';
import { CLASSES, idOf, makeEvaluatedProject, TEST_VIDEOS } from '../../support/evaluated-project.ts';
import { openWindowApi } from '../../support/window-api.ts';

const which = { run: 'run-1', split: 'test' } as const;
let folder: string;
let dir: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-inspect-'));
  dir = path.join(folder, 'project');
  await makeEvaluatedProject(dir);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('what an evaluation stored', () => {
  it('comes with what is needed to pool its scores again; a split that was not evaluated has nothing', async () => {
    using api = openWindowApi(dir);
    expect(await api.call('inspect.runs', {})).toEqual([
      { name: 'run-1', model: 'small3d', pooling: 'stochastic-softmax', gamma: 1, evaluated: ['test'] },
    ]);
    const found = await api.call('inspect.evaluated', which);
    expect(found).toMatchObject({ run: 'run-1', classes: CLASSES, evaluation: { n: 6, war: 5 / 6 } });
    expect(found!.predictions.map(({ label }) => label)).toEqual(TEST_VIDEOS.map(({ shown }) => CLASSES[shown]));
    expect(await api.call('inspect.evaluated', { ...which, split: 'val' })).toBeNull();
  });

  it('has the intervals of the evaluation while labels stay, and others after a change', async () => {
    using api = openWindowApi(dir);
    const { evaluation } = (await api.call('inspect.evaluated', which))!;
    const before = (await api.call('inspect.intervals', which))!;
    expect([before.war, before.uar]).toEqual([evaluation.warInterval, evaluation.uarInterval]);
    expect(before.subjects[0]).toMatchObject({ subject: 'p2', n: 2, war: 0.5 });
    await api.call('label.set', { videoId: idOf('a2'), who: 'ada', label: 'fear' });
    expect((await api.call('inspect.intervals', which))!.war).toBeNull();
  });

  it('marks a label that somebody let stand, until it is withdrawn', async () => {
    using api = openWindowApi(dir);
    const confirmed = async () =>
      (await api.call('inspect.labels', which)).flatMap((label) => (label.confirmed ? [label.id] : []));
    const videoId = idOf('f2');
    await api.call('label.set', { videoId, who: 'ada', label: 'fear', note: CONFIRMED_NOTE, key: 'k' });
    expect(await confirmed()).toEqual([videoId]);
    await api.call('label.withdraw', { key: 'k', who: 'ada' });
    expect(await confirmed()).toEqual([]);
  });
});

describe('draws of training videos', () => {
  it('are listed for the training set alone, and read of one video in the order of epochs', async () => {
    using api = openWindowApi(dir);
    const videos = await api.call('inspect.sampledVideos', { run: 'run-1' });
    expect(videos.map(({ id }) => id)).toEqual([idOf('a1'), idOf('f1')]);
    const { records } = await api.call('inspect.sampling', { run: 'run-1', videoId: idOf('a1') });
    expect(records.map(({ epoch, starts }) => [epoch, starts])).toEqual([
      [1, [1]],
      [2, [2]],
      [3, [3]],
    ]);
    await expect(api.call('inspect.sampling', { run: 'run-1', videoId: idOf('n3') })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('exports', () => {
  it('write CSV with a dictionary of every column', async () => {
    using api = openWindowApi(dir);
    const { path: written, files } = await api.call('inspect.exportTables', { ...which, format: 'csv' });
    expect(files).toBe(3);
    const read = async (name: string) => (await readFile(path.join(written, name), 'utf8')).trim().split('\n');
    const [videos, clips, dictionary] = await Promise.all(['videos.csv', 'clips.csv', 'data-dictionary.csv'].map(read));
    expect(videos).toHaveLength(7);
    expect(clips).toHaveLength(1 + 6 * 60);
    for (const [name, table] of [['videos.csv', videos!] as const, ['clips.csv', clips!] as const])
      for (const column of table[0]!.split(','))
        expect(
          dictionary!.some((line) => line.startsWith(`${name},${column},`)),
          column,
        ).toBe(true);
  });

  it('write ELAN documents in which the run is one more rater, readable again', async () => {
    using api = openWindowApi(dir);
    const { path: written } = await api.call('inspect.exportTables', { ...which, format: 'elan' });
    expect((await readdir(written)).sort()).toEqual(TEST_VIDEOS.map(({ name }) => `${name}.eaf`).sort());
    const [read] = readElan(await readFile(path.join(written, 'a2.eaf'), 'utf8'), 'a2.eaf');
    const said = read!.segments.filter(({ kind }) => kind === 'label').map(({ rater, text }) => [rater, text]);
    expect(said).toEqual([
      ['label', 'anger'],
      ['run run-1', 'fear'],
    ]);
  });

  it('write figures under a safe name inside the run, and no other', async () => {
    using api = openWindowApi(dir);
    const { path: written } = await api.call('inspect.saveFigure', {
      run: 'run-1',
      name: 'confusion',
      picture: '<svg/>',
    });
    expect(written).toBe(path.join(dir, 'runs', 'run-1', 'exports', 'figures', 'confusion.svg'));
    await expect(
      api.call('inspect.saveFigure', { run: 'run-1', name: '../../x', picture: '<svg/>' }),
    ).rejects.toMatchObject({ code: 'bad-input' });
    expect(existsSync(path.join(dir, 'x.svg'))).toBe(false);
  });
});
