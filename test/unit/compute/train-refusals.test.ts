import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompareOptions } from '../../../src-main/contract/compare.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { openProject } from '../../../src-main/store/project.ts';
import { runNames } from '../../../src-main/store/run-folder.ts';
import { makeFewLabelsProject, TINY_RUN } from '../../support/few-labels-project.ts';

const api = openApp();
const SET = [...TINY_RUN, 'epochs=1'];
const COMPARED: Omit<CompareOptions, 'project'> = {
  ...{ models: ['small3d'], pooling: ['average'], gammas: [1], seeds: [1], size: 'small', split: 'test' },
  ...{ run: 'c', set: SET, resume: false },
};
let dir: string;
let project: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-refusals-'));
  project = path.join(dir, 'project');
  await makeFewLabelsProject(project);
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const train = (run: string, set: readonly string[], where = project) =>
  api.train({ project: where, run, config: {}, set: [...SET, ...set], engine: 'wasm', resume: false }, {});

async function runsOf(where: string) {
  using opened = openProject(where);
  return { folders: await runNames(opened.runsDir), listed: opened.listRuns().map(({ name }) => name) };
}

/** A project whose pictures are damaged, which is seen when the first clip is read. */
async function damagedProject(name: string): Promise<string> {
  const where = path.join(dir, name);
  await makeFewLabelsProject(where);
  const crops = path.join(where, 'crops');
  for (const pack of await readdir(crops)) {
    const file = await open(path.join(crops, pack), 'r+');
    await file.write(Buffer.alloc(64), 0, 64, 32);
    await file.close();
  }
  return where;
}

describe('a training that is refused', () => {
  it.each([
    [['initialWeights=/nonexist'], 'initialWeights: cannot read'],
    [['valFraction=0'], 'valFraction: no video is left for validation, found 0.'],
    [
      ['labels=semi-weak', 'semiWeak.momentShare=0', 'semiWeak.method=labelled-only'],
      'no training video has a labelled moment',
    ],
  ])('with %j leaves nothing behind, not even its name', async (pairs, message) => {
    const before = await runsOf(project);
    await expect(train('z1', pairs)).rejects.toThrow(message);
    expect(await runsOf(project)).toEqual(before);
    expect(existsSync(path.join(project, 'runs', 'z1'))).toBe(false);
  });

  it('can be asked for again under its name with better settings', async () => {
    await expect(train('again', ['initialWeights=/nonexist'])).rejects.toThrow('cannot read');
    expect(await train('again', [])).toMatchObject({ run: 'again', epochs: 1 });
  });
});

describe('a run that fails before its first step', () => {
  it('is taken back', async () => {
    const damaged = await damagedProject('damaged');
    await expect(train('z1', [], damaged)).rejects.toMatchObject({ code: 'corrupt' });
    expect(await runsOf(damaged)).toEqual({ folders: [], listed: [] });
  });

  it('is taken back in a comparison too', async () => {
    const damaged = await damagedProject('damaged-compared');
    const comparison = api.compare({ ...COMPARED, project: damaged, engine: 'wasm' }, {});
    await expect(comparison).rejects.toMatchObject({ code: 'corrupt' });
    expect(await runsOf(damaged)).toEqual({ folders: [], listed: [] });
  });
});

describe('a comparison that cannot be trained', () => {
  it('is refused before anything is written', async () => {
    const before = await runsOf(project);
    const set = [...SET, 'labels=semi-weak', 'semiWeak.momentShare=0', 'semiWeak.method=labelled-only'];
    await expect(api.compare({ ...COMPARED, project, set, engine: 'wasm' }, {})).rejects.toThrow('labelled moment');
    expect(await runsOf(project)).toEqual(before);
    expect(existsSync(path.join(project, 'comparisons'))).toBe(false);
  });
});
