/** A pooling search on the videos of a project: kills, what the window sees of it, and the way to Train. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SEARCHABLE_NETWORKS, type PoolingSearchSummary } from '../../../src-main/contract/pooling-search.ts';
import type { SearchPicture } from '../../../src-main/contract/window/pooling-search.ts';
import { searchableNetworks } from '../../../models/searchable-networks.ts';
import type { RunManifest } from '../../../src-main/contract/records.ts';
import { parseConfig } from '../../../src-main/data/config-resolution.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { searchPooling } from '../../../src-main/service/window/search-jobs.ts';
import { jobRequestSchema, type JobRequest } from '../../../src-main/contract/window/jobs.ts';
import { openRunFolder } from '../../../src-main/store/run-folder.ts';
import { startCli } from '../../support/cli.ts';
import { makePreparedProject } from '../../support/prepared-project.ts';
import { openWindowApi } from '../../support/window-api.ts';

const SET = ['cropSize=32', 'clipFrames=8', 'batch=4', 'threads=1'];
const PEOPLE = 6;
const EPOCHS = 3;
const ALONE = 2;

const api = openApp();
let dir: string;
let project: string;
let summary: PoolingSearchSummary;

type SearchRequest = Extract<JobRequest, { kind: 'search-pooling' }>;

function request(run: string, change: object = {}): SearchRequest {
  const budget = { epochs: EPOCHS, aloneEpochs: ALONE, topK: 1, set: SET, engine: 'wasm' };
  return jobRequestSchema.parse({ kind: 'search-pooling', run, ...budget, ...change }) as SearchRequest;
}

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-project-search-'));
  project = path.join(dir, 'project');
  await makePreparedProject(project, PEOPLE);
  summary = await searchPooling({ api, project }, request('whole'), {});
});

afterAll(() => rm(dir, { recursive: true, force: true }));

/** What does not depend on the clock, the folder or the name. */
function numbers({ cost, folder: _folder, run: _run, ...rest }: PoolingSearchSummary) {
  return { ...rest, cost: { passes: cost.passes, steps: cost.steps } };
}

const fileOf = (run: string, ...parts: string[]) => path.join(project, 'searches', run, ...parts);
const textOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const lines = (file: string) => textOf(file).split('\n').length - 1;

/** Searches from the command line until something is so, then kills it. @returns whether it was still at work */
async function searchUntil(run: string, isSo: () => boolean): Promise<boolean> {
  const budget = ['--epochs', String(EPOCHS), '--alone-epochs', String(ALONE), '--top-k', '1', '--supernets', '2'];
  const set = SET.flatMap((pair) => ['--set', pair]);
  const where = ['--project', project, '--run', run, '--engine', 'wasm', '--resume', '--json'];
  const { child, result } = startCli(['search-pooling', ...where, ...budget, ...set]);
  while (child.exitCode === null && !isSo()) await wait(3);
  child.kill('SIGKILL');
  return (await result).signal === 'SIGKILL';
}

/** Lets a search go on in the window, which knows it by its name alone. */
const goOn = (run: string) => searchPooling({ api, project }, request(run, { resume: true, supernets: 9 }), {});

describe('a search on the videos of a project', () => {
  it('killed at three random points gives the numbers of one that was left alone', async () => {
    const rng = new Rng(Date.now());
    const run = `killed-${rng.integer(1e6)}`;
    const afterSteps = 1 + rng.integer(6);
    const afterPaths = 1 + rng.integer(100);
    const evaluated = () => (textOf(fileOf(run, 'evaluation.json')).match(/"\d+\/\d+"/g) ?? []).length;
    const best = summary.topK[0]!.poolAt;
    const kills = [
      await searchUntil(run, () => lines(fileOf(run, 'shared', 'metrics.jsonl')) >= afterSteps),
      await searchUntil(run, () => evaluated() >= afterPaths),
      await searchUntil(run, () => lines(fileOf(run, 'alone', best, 'metrics.jsonl')) >= 1),
    ];
    expect(kills, `after ${afterSteps} steps and ${afterPaths} paths`).toEqual([true, true, true]);
    expect(numbers(await goOn(run))).toEqual(numbers(summary));
  });

  it('trains the default beside the first k with the same budget', () => {
    expect(summary.default.poolAt).toBe('1,1,2,2');
    const alone = new Set([summary.default.poolAt, ...summary.topK.map(({ poolAt }) => poolAt)]);
    expect(alone.size).toBe(2);
    expect(summary.best.validation).toBeGreaterThanOrEqual(summary.default.standAlone);
  });
});

describe('a run that takes the name of a search while it runs', () => {
  /** Lets the project train under the name of a search while that is paused, or has just published its network. */
  async function takeName(run: string): Promise<RunManifest> {
    const config = { ...parseConfig({}, SET), epochs: 1 };
    await api.train({ project, run, set: [], config, engine: 'wasm', resume: false }, {});
    return manifestOf(run);
  }

  async function manifestOf(run: string): Promise<RunManifest> {
    const folder = await openRunFolder(path.join(project, 'runs'), run);
    await folder.close();
    return folder.manifest;
  }

  it('stays as it is, and the search says which name its own network has', async () => {
    const pause = new AbortController();
    const onProgress = ({ stage }: { stage: string }) => void (stage === 'search' && pause.abort());
    const job = { signal: pause.signal, onProgress };
    await expect(searchPooling({ api, project }, request('taken'), job)).rejects.toMatchObject({ code: 'aborted' });
    const before = await takeName('taken');
    const found = await goOn('taken');
    expect(await manifestOf('taken')).toEqual(before);
    expect(found.run).toBe('taken-2');
    expect(found.notes).toContainEqual(expect.stringMatching(/took the name taken .* is the run taken-2/));
    expect(await manifestOf('taken-2')).toMatchObject({ name: 'taken-2' });
    using window = openWindowApi(project);
    expect(window.project.listRuns().map(({ name }) => name)).toContain('taken-2');
    // A search that was cut off behind the publication finds its own run again.
    rmSync(fileOf('taken', 'summary.json'));
    expect((await goOn('taken')).run).toBe('taken-2');
  });
});

describe('a project that grew since a search began', () => {
  it.each([
    ['the shared weights', 'search'],
    ['a network alone', 'train '],
  ])('is not searched on from %s', async (what, stage) => {
    const grown = path.join(dir, `grown-${stage.trim()}`);
    await makePreparedProject(grown, PEOPLE);
    const pause = new AbortController();
    const onProgress = (progress: { stage: string }) => void (progress.stage.startsWith(stage) && pause.abort());
    const job = { signal: pause.signal, onProgress };
    const where = { api, project: grown };
    await expect(searchPooling(where, request('grown'), job), what).rejects.toMatchObject({ code: 'aborted' });
    await makePreparedProject(grown, PEOPLE + 3);
    await expect(searchPooling(where, request('grown', { resume: true }), {})).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('The data changed since'),
    });
  });
});

describe('the window', () => {
  async function pictureOf(run: string): Promise<SearchPicture> {
    using window = openWindowApi(project);
    const stop = new AbortController();
    for await (const picture of window.open('poolingSearch.follow', { run }, stop.signal)) {
      stop.abort();
      return picture;
    }
    throw new Error('no picture');
  }

  it('lists it for ever and tells what it found, and in what space', async () => {
    using window = openWindowApi(project);
    const rows = await window.call('poolingSearch.rows', {});
    expect(rows.find(({ name }) => name === 'whole')).toMatchObject({
      ...{ status: 'finished', method: 'balanced-mixture', model: 'pooled3d', supernets: 2 },
      best: { poolAt: summary.best.poolAt, validation: summary.best.validation },
    });
    const { space } = await window.call('poolingSearch.search', { run: 'whole' });
    expect(space.configurations).toHaveLength(60);
    expect(space.configurations[space.defaultIndex]).toMatchObject({
      configuration: { space: [1, 1, 2, 2], time: [6] },
      maps: [
        { frames: 8, side: 32, channels: 16, pooled: null },
        { frames: 8, side: 16, channels: 16, pooled: 'space' },
        { frames: 8, side: 8, channels: 32, pooled: 'space' },
        { frames: 8, side: 8, channels: 32, pooled: null },
        { frames: 8, side: 4, channels: 64, pooled: 'space' },
        { frames: 8, side: 4, channels: 64, pooled: null },
      ],
    });
    const halved = space.configurations.find(({ poolAt }) => poolAt === '1,1,2,2+1,5')!;
    expect(halved.maps.map(({ frames }) => frames)).toEqual([8, 4, 4, 4, 4, 4]);
    expect(halved.maps[1]!.pooled).toBe('both');
    expect(halved.gflops).toBeLessThan(space.configurations[space.defaultIndex]!.gflops);
  });

  it('sees steps, assignments, accuracies, networks trained alone, trust and cost', async () => {
    const picture = await pictureOf('whole');
    const flat = picture.counts.flat();
    // All videos of a half fit into the one step of an epoch.
    expect(flat.reduce((sum, count) => sum + count, 0)).toBe(picture.epochs.length);
    for (const row of picture.assignment!) expect(row[0]! + row[1]!).toBeCloseTo(1, 6);
    expect(picture.evaluated.flat().every((accuracy) => accuracy !== null)).toBe(true);
    expect(picture.alone).toHaveLength(2);
    expect(picture.alone.every(({ done, epochs }) => done && epochs === ALONE)).toBe(true);
    expect(picture.trust.points).toHaveLength(2);
    expect(picture.cost.passes).toBe(summary.cost.passes);
    expect(picture.bruteForce!.passes).toBeGreaterThan(picture.cost.passes);
  });

  it('shows one that was cut off and one that was paused as they stand', async () => {
    await searchUntil('cut', () => lines(fileOf('cut', 'shared', 'metrics.jsonl')) >= 1);
    expect(await pictureOf('cut')).toMatchObject({ status: 'searching', summary: null });
    const pause = new AbortController();
    const onProgress = ({ stage }: { stage: string }) => stage.startsWith('evaluate') && pause.abort();
    const job = { signal: pause.signal, onProgress: (progress: { stage: string }) => void onProgress(progress) };
    await expect(searchPooling({ api, project }, request('paused'), job)).rejects.toMatchObject({ code: 'aborted' });
    const paused = await pictureOf('paused');
    expect(paused).toMatchObject({ status: 'paused', summary: null });
    expect(paused.alone.map(({ from }) => from)).not.toContain('paused');
    expect(paused.evaluated.flat().some((accuracy) => accuracy !== null)).toBe(true);
  });

  it('says what is wrong with the settings of a search before it starts', async () => {
    using window = openWindowApi(project);
    const plan = await window.call('poolingSearch.plan', { model: 'pooled3d', set: ['cropSize=8'] });
    expect(plan.problem).not.toBeNull();
    expect(await window.call('poolingSearch.plan', { model: 'pooled3d', set: SET })).toMatchObject({ problem: null });
  });

  it('gives Train a configuration that it accepts', async () => {
    using window = openWindowApi(project);
    const { asked } = await window.call('poolingSearch.search', { run: 'whole' });
    const config = { ...asked.alone, poolAt: summary.best.poolAt };
    const plan = await window.call('train.plan', { config, engine: 'wasm', memoryLimitBytes: null });
    expect(plan).toMatchObject({ problem: null, config: { poolAt: summary.best.poolAt } });
  });

  it('offers every network whose pools can be placed', () => {
    expect(searchableNetworks().map(({ name }) => name)).toEqual([...SEARCHABLE_NETWORKS]);
  });
});
