import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolingSearchSummary } from '../../../src-main/contract/pooling-search.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { openProject } from '../../../src-main/store/project.ts';
import { runCli, startCli } from '../../support/cli.ts';
import { writePictures } from '../../support/labelled-pictures.ts';

const SETTINGS = ['cropSize=8', 'batch=16', 'threads=1'];
const BUDGET = { epochs: 3, aloneEpochs: 1, topK: 2, seed: 1 };
const MIXTURE = { method: 'balanced-mixture', supernets: 2 } as const;

const api = openApp();
let dir: string;
let images: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-search-'));
  images = path.join(dir, 'images');
  await writePictures(images, 20, 8);
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

type Asked = Parameters<typeof api.searchPooling>[0];

function search(out: string, asked: Partial<Asked> = {}): Promise<PoolingSearchSummary> {
  const place = { project: null, images, out: path.join(dir, out), run: 'search', model: null, set: SETTINGS };
  return api.searchPooling({ ...place, ...BUDGET, ...MIXTURE, engine: 'wasm', resume: false, ...asked }, {});
}

/** What does not depend on the clock or the folder. */
function numbers({ cost, folder: _folder, ...rest }: PoolingSearchSummary) {
  return { ...rest, cost: { passes: cost.passes, steps: cost.steps } };
}

describe('search-pooling on pictures', () => {
  let summary: PoolingSearchSummary;

  beforeAll(async () => {
    summary = await search('whole');
  });

  it('ends in a configuration, what it cost, and how good the finalists are', () => {
    expect(summary).toMatchObject({
      method: 'balanced-mixture',
      model: 'resnet20',
      run: 'search',
      space: { size: 36 },
    });
    expect(summary.topK).toHaveLength(2);
    expect(summary.topK[0]!.standAlone).toBe(summary.best.validation);
    expect(summary.best.poolAt.split(',').map(Number)).toEqual(summary.best.configuration);
    expect(summary.best.test).not.toBeNull();
    // Of 32 training pictures 16 train the weights, in a step an epoch of 3 passes; 72 paths take a pass each; alone, 2
    // steps of 2 passes and 4 pictures of validation.
    expect(summary.cost.passes).toBe(3 * 3 + 72 + 2 * (2 * 2 + 4));
    expect(summary.cost.seconds).toBeGreaterThan(0);
  });

  it('lists the winner among the runs of the folder', () => {
    using project = openProject(path.join(dir, 'whole'));
    const [run] = project.listRuns();
    expect(run).toMatchObject({ name: 'search', status: 'trained' });
  });

  it('leaves a model that predict takes', async () => {
    const frames = path.join(images, 'red');
    const where = { project: path.join(dir, 'whole'), run: summary.run, engine: 'wasm' } as const;
    const { videos } = await api.predict({ ...where, videos: [frames] }, {});
    expect(['blue', 'red']).toContain(videos[0]!.label);
    expect(videos[0]!.clips).toHaveLength(20);
  });

  it('goes on after a kill with the same numbers', async () => {
    const given = ['--images', images, '--out', path.join(dir, 'killed'), '--run', 'search', '--engine', 'wasm'];
    const asked = [
      '--method',
      MIXTURE.method,
      '--supernets',
      '2',
      '--epochs',
      '3',
      '--alone-epochs',
      '1',
      '--top-k',
      '2',
    ];
    const set = SETTINGS.flatMap((pair) => ['--set', pair]);
    const { child, result } = startCli(['search-pooling', ...given, ...asked, ...set, '--json']);
    const folder = path.join(dir, 'killed', 'searches', 'search');
    const begun = () => existsSync(path.join(folder, 'shared', 'checkpoint-last.json'));
    while (child.exitCode === null && !begun()) await new Promise((done) => setTimeout(done, 5));
    child.kill('SIGKILL');
    await result;
    expect(existsSync(path.join(folder, 'summary.json'))).toBe(false);
    expect(numbers(await search('killed', { resume: true }))).toEqual(numbers(summary));
  });

  it('goes on after a pause among the networks trained alone', async () => {
    const pause = new AbortController();
    const onProgress = ({ stage, done }: { stage: string; done: number }) => {
      if (stage.includes('2 of 2') && done === 1) pause.abort();
    };
    const place = { project: null, images, out: path.join(dir, 'paused'), run: 'search', model: null, set: SETTINGS };
    const asked = { ...place, ...BUDGET, ...MIXTURE, engine: 'wasm', resume: false } as const;
    await expect(
      api.searchPooling({ ...asked, set: [...SETTINGS] }, { signal: pause.signal, onProgress }),
    ).rejects.toMatchObject({ code: 'aborted' });
    expect(numbers(await search('paused', { resume: true }))).toEqual(numbers(summary));
  });

  it('is kept: asked again it answers the same, and asked otherwise it refuses', async () => {
    expect(await search('whole', { resume: true })).toEqual(summary);
    await expect(search('whole')).rejects.toMatchObject({
      code: 'bad-input',
      hint: expect.stringContaining('--resume'),
    });
    await expect(search('whole', { method: 'spos', resume: true })).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining('method is not what the search was started with'),
    });
  });

  it.each([
    [{ model: 'small3d' }, 'small3d have fixed places'],
    [{ set: ['poolAt=4,3,3'] }, 'poolAt is what a pooling search finds'],
    [{ set: ['initialWeights=faces.safetensors'] }, 'a pooling search starts from random weights'],
    [{ set: ['recipe=recipe.json'] }, 'a pooling search trains with the standard augmentation'],
    [{ set: ['clipFrames=2', 'cropSize=8'] }, 'pictures have 1 frame'],
    [{ images: '/nowhere/at/all' }, 'There are no pictures at'],
    [{ set: [...SETTINGS, 'precision=mixed'] }, 'expected precision mixed'],
  ])('refuses %j with a reason and writes no search', async (asked, reason) => {
    await expect(search('refused', asked)).rejects.toThrow(reason);
    expect(existsSync(path.join(dir, 'refused', 'searches'))).toBe(false);
  });

  it('tells a user of the command which sources there are', async () => {
    const { code, stderr } = await runCli(['search-pooling']);
    expect(code).toBe(2);
    expect(stderr).toContain('expected one of --project, --images and --replay, found 0');
  });
});

describe('brute force', () => {
  it('trains every configuration and leaves a table that can be replayed', async () => {
    const brute = await search('brute', { method: 'brute-force', set: [...SETTINGS, 'batch=32'] });
    const table = path.join(brute.folder, 'table.csv');
    expect((await readFile(table, 'utf8')).split('\n')).toHaveLength(1 + 36 + 1);
    const asked = { table, method: 'brute-force', supernets: 1, topK: 3, seed: 1 } as const;
    const replayed = await api.replayPooling(asked, {});
    expect(replayed.best.accuracy).toBeCloseTo(100 * brute.best.validation, 3);
    expect(replayed.configurations).toBe(36);
    const searched = await api.replayPooling({ ...asked, method: 'mcts-ucb' }, {});
    expect(searched.scoresFrom).toBe('standalone_mean');
  });
});
