/** Searches for an augmentation as the window sees them: lists, pictures, augmented clips, and the way to Train. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recipeAtEpoch } from '../../../src-main/compute/augmentations/recipe-at-epoch.ts';
import { recipeOfStored } from '../../../src-main/compute/augmentations/picture.ts';
import type { LearnAugmentationSummary } from '../../../src-main/contract/learn-augmentation.ts';
import type { AugmentationPicture } from '../../../src-main/contract/window/augmentation.ts';
import { jobRequestSchema, type JobRequest } from '../../../src-main/contract/window/jobs.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { learnAugmentation } from '../../../src-main/service/window/search-jobs.ts';
import { openProject } from '../../../src-main/store/project.ts';
import { openRunFolder } from '../../../src-main/store/run-folder.ts';
import { makePreparedProject, PREPARED_CLASSES } from '../../support/prepared-project.ts';
import { openWindowApi } from '../../support/window-api.ts';

const api = openApp();
let dir: string;
let project: string;
let summary: LearnAugmentationSummary;

type Request = Extract<JobRequest, { kind: 'learn-augmentation' }>;

function request(run: string, change: object = {}): Request {
  const set = ['cropSize=32', 'clipFrames=8', 'batch=4', 'threads=1', 'valFraction=0.4'];
  const asked = { network: 'translation', augmenterRate: 5, epochs: 3, set, engine: 'wasm' };
  return jobRequestSchema.parse({ kind: 'learn-augmentation', run, ...asked, ...change }) as Request;
}

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-augmentation-window-'));
  project = path.join(dir, 'project');
  await makePreparedProject(project);
  summary = await learnAugmentation({ api, project }, request('learned'), {});
});

afterAll(() => rm(dir, { recursive: true, force: true }));

async function pictureOf(run: string): Promise<AugmentationPicture> {
  using window = openWindowApi(project);
  const stop = new AbortController();
  for await (const picture of window.open('augmentation.follow', { run }, stop.signal)) {
    stop.abort();
    return picture;
  }
  throw new Error('no picture');
}

async function pixelsOf(jpeg: Uint8Array) {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

describe('the validation videos', () => {
  it('are halved by person, so that nobody both moves the augmenter and selects', async () => {
    using opened = openProject(project);
    const run = await openRunFolder(opened.runsDir, 'learned');
    await run.close();
    const people = run.manifest.splits.val.map((id) => opened.video(id).subject!);
    expect(people).toHaveLength(8);
    expect(new Set(people.slice(0, 4)).size).toBe(2);
    expect(people.slice(0, 4).filter((person) => people.slice(4).includes(person))).toEqual([]);
    expect(summary.notes.join()).not.toContain('show one person');
  });

  it('are halved by video where they show one person, and the summary says so', async () => {
    const small = path.join(dir, 'one-person');
    await makePreparedProject(small, 4);
    const set = ['cropSize=32', 'clipFrames=8', 'batch=4', 'threads=1', 'valFraction=0.25', 'testFraction=0.25'];
    const { notes } = await learnAugmentation({ api, project: small }, request('few', { epochs: 1, set }), {});
    expect(notes).toContainEqual(expect.stringContaining('show one person'));
  });

  it('are not divided anew for a search that goes on', async () => {
    const grown = path.join(dir, 'grown');
    await makePreparedProject(grown);
    const pause = new AbortController();
    const job = { signal: pause.signal, onProgress: () => pause.abort() };
    await expect(learnAugmentation({ api, project: grown }, request('cut'), job)).rejects.toMatchObject({
      code: 'aborted',
    });
    await makePreparedProject(grown, 13);
    const resumed = learnAugmentation({ api, project: grown }, request('cut', { resume: true }), {});
    await expect(resumed).rejects.toThrow('The data changed since learned began');
  });
});

describe('a finished search', () => {
  it('is listed with what it reached, and its picture has parameters, strengths, safety and curves', async () => {
    using window = openWindowApi(project);
    const rows = await window.call('augmentation.rows', {});
    expect(rows).toMatchObject([{ name: 'learned', status: 'finished', result: { war: summary.war } }]);
    const picture = await pictureOf('learned');
    expect(picture.changes).toMatchObject({ parameters: ['shiftX', 'shiftY'] });
    expect(picture.changes!.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(picture.strengths!.map(({ name }) => name)).toEqual(['shiftX', 'shiftY']);
    expect(picture.safety!.transformations.length).toBeGreaterThan(10);
    expect(picture.trainings.map(({ name, done }) => [name, done])).toEqual([
      ['learned', true],
      ['plain', true],
    ]);
    const [curve] = await window.call('augmentation.curves', { runs: ['learned', 'nobody'] });
    expect(curve).toMatchObject({ name: 'learned', method: 'learned' });
    expect(curve!.epochs).toHaveLength(3);
  });

  it('shows clips of other classes, as they are and changed alike for a seed', async () => {
    using window = openWindowApi(project);
    const asked = { run: 'learned', epoch: null, seed: 1, videos: 2, draws: 2 };
    const clips = await window.call('augmentation.clips', asked);
    expect(clips.map(({ label }) => label).toSorted()).toEqual(PREPARED_CLASSES);
    const [first] = clips;
    const original = await pixelsOf(first!.original);
    expect([original.width, original.height]).toEqual([8 * 32, 32]);
    expect(first!.augmented).toHaveLength(2);
    expect(await window.call('augmentation.clips', asked)).toEqual(clips);
    const [other] = await window.call('augmentation.clips', { ...asked, seed: 2 });
    expect(other!.original).toEqual(first!.original);
    expect(other!.augmented[0]).not.toEqual(first!.augmented[0]);
  });

  it('gives Train a recipe that it accepts', async () => {
    using window = openWindowApi(project);
    const { config } = await window.call('augmentation.search', { run: 'learned' });
    const asked = { config: { ...config, recipe: summary.recipe }, engine: 'wasm', memoryLimitBytes: null } as const;
    expect(await window.call('train.plan', asked)).toMatchObject({ problem: null, config: { recipe: summary.recipe } });
  });
});

describe('a recipe at an epoch', () => {
  it('has the mean and spread of that epoch', async () => {
    const recipe = (await recipeOfStored({ dir: path.join(project, 'searches', 'learned') }))!;
    if (recipe.kind !== 'network') throw new Error('expected a network');
    const changes = [
      { epoch: 1, mean: [0.1, 0], std: [0.2, 0.1] },
      { epoch: 2, mean: [0.3, -0.2], std: [0.1, 0.1] },
    ];
    const moved = recipeAtEpoch({ ...recipe, changes }, 1);
    if (moved.kind !== 'network') throw new Error('expected a network');
    const [before, after] = [recipe.weights['dense3.bias']!.data, moved.weights['dense3.bias']!.data];
    expect(after[0]).toBeCloseTo(2 * (before[0]! - 0.3) + 0.1, 6);
    expect(after[1]).toBeCloseTo(before[1]! + 0.2, 6);
    const [kernel, stretched] = [recipe.weights['dense3.kernel']!.data, moved.weights['dense3.kernel']!.data];
    expect(stretched[0]).toBeCloseTo(2 * kernel[0]!, 6);
    expect(stretched[1]).toBeCloseTo(kernel[1]!, 6);
    expect(recipeAtEpoch({ ...recipe, changes }, 2)).toEqual({ ...recipe, changes });
  });
});

it('a paused search is told so, has no clips yet, and goes on by its name alone with the same numbers', async () => {
  const pause = new AbortController();
  const onProgress = ({ stage, done }: { stage: string; done: number }) => {
    if (stage.includes('learned') && done >= 2) pause.abort();
  };
  const job = { signal: pause.signal, onProgress };
  await expect(learnAugmentation({ api, project }, request('paused'), job)).rejects.toMatchObject({ code: 'aborted' });
  expect(await pictureOf('paused')).toMatchObject({ status: 'paused', summary: null, recipe: null });
  using window = openWindowApi(project);
  const asked = { run: 'paused', epoch: null, seed: 1, videos: 1, draws: 1 };
  await expect(window.call('augmentation.clips', asked)).rejects.toMatchObject({ code: 'not-found' });
  const other = { resume: true, method: 'none', network: 'affine', epochs: 9, set: [] };
  const gone = await learnAugmentation({ api, project }, request('paused', other), {});
  expect(gone).toMatchObject({ method: 'learned', war: summary.war, parameters: summary.parameters });
});

describe('a run that takes the name of a search while it runs', () => {
  it('stays as it is, and the curves are those of the network of the search', async () => {
    const pause = new AbortController();
    const job = { signal: pause.signal, onProgress: () => pause.abort() };
    await expect(learnAugmentation({ api, project }, request('taken'), job)).rejects.toMatchObject({ code: 'aborted' });
    const train = { run: 'taken', config: null, engine: 'wasm', resume: false } as const;
    const set = ['cropSize=32', 'clipFrames=8', 'batch=4', 'threads=1', 'epochs=1'];
    await api.train({ ...train, project, set }, {});
    const found = await learnAugmentation({ api, project }, request('taken', { resume: true }), {});
    expect(found).toMatchObject({ run: 'taken-2', safety: { judge: 'taken-2' } });
    using window = openWindowApi(project);
    const [curve] = await window.call('augmentation.curves', { runs: ['taken'] });
    expect(curve).toMatchObject({ name: 'taken', method: 'learned' });
    expect(curve!.epochs).toHaveLength(3);
  });
});
