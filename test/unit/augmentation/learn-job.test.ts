import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resnet20 } from '../../../models/resnet-cifar.ts';
import { readRecipe } from '../../../src-main/compute/learn-augmentation/recipe.ts';
import type { LearnAugmentationSummary } from '../../../src-main/contract/learn-augmentation.ts';
import { openEngine } from '../../../src-main/engine/select.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { openRunFolder } from '../../../src-main/store/run-folder.ts';
import { withRecipe, type Recipe } from '../../../src-main/train/augmentation/recipe.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { runCli, startCli } from '../../support/cli.ts';
import { writePictures } from '../../support/labelled-pictures.ts';
import { oracleConfig, oracleRun, NONE } from '../../support/toy-augmentation.ts';

const SETTINGS = ['cropSize=8', 'batch=12', 'threads=1', 'learningRate=0.05'];

const api = openApp();
let dir: string;
let images: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-augmentation-'));
  images = path.join(dir, 'images');
  await writePictures(images, 30, 8);
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

type Asked = Parameters<typeof api.learnAugmentation>[0];

function asked(out: string, rest: Partial<Asked> = {}): Asked {
  const place = { project: null, images, out: path.join(dir, out), run: 'learned', model: resnet20.name };
  const method = { method: 'learned', network: 'affine-color', augmenterRate: 0.5, epochs: 2, seed: 1 } as const;
  return { ...place, ...method, set: SETTINGS, engine: 'wasm', resume: false, ...rest };
}

const learn = (out: string, rest: Partial<Asked> = {}) => api.learnAugmentation(asked(out, rest), {});

/** What does not depend on the clock or the folder. */
function numbers({ method, war, uar, parameters }: LearnAugmentationSummary) {
  return { method, war, uar, parameters };
}

describe('learn-augmentation on pictures', () => {
  let summary: LearnAugmentationSummary;

  beforeAll(async () => {
    summary = await learn('whole');
  });

  it('ends in a judged run, its cost, the distribution of parameters and a recipe', async () => {
    expect(summary).toMatchObject({ method: 'learned', model: 'resnet20', run: 'learned', judgedOn: 'test' });
    expect(summary.cost.ratioToPlain).toBeGreaterThan(1);
    expect(Object.keys(summary.parameters)).toContain('hue');
    expect(Object.values(summary.parameters).some(({ mean }) => mean !== 0)).toBe(true);
    const recipe = await readRecipe(summary.recipe);
    if (recipe.kind !== 'network') throw new Error('not a network');
    expect(recipe.changes.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(recipe.weights['dense3.kernel']!.data.some((value) => value !== 0)).toBe(true);
    const run = await openRunFolder(path.join(dir, 'whole', 'runs'), 'learned');
    expect(run.manifest.splits.val).toHaveLength(6);
    await run.close();
  });

  it('goes on after a kill with the same numbers', async () => {
    const options = ['--images', images, '--out', path.join(dir, 'killed'), '--run', 'learned', '--model', 'resnet20'];
    const method = ['--network', 'affine-color', '--augmenter-rate', '0.5', '--epochs', '2', '--engine', 'wasm'];
    const set = SETTINGS.flatMap((pair) => ['--set', pair]);
    const { child, result } = startCli(['learn-augmentation', ...options, ...method, ...set, '--json']);
    const folder = path.join(dir, 'killed', 'searches', 'learned');
    const begun = () => existsSync(path.join(folder, 'alone', 'learned', 'checkpoint-last.json'));
    while (child.exitCode === null && !begun()) await new Promise((done) => setTimeout(done, 5));
    child.kill('SIGKILL');
    await result;
    expect(existsSync(path.join(folder, 'summary.json'))).toBe(false);
    expect(numbers(await learn('killed', { resume: true }))).toEqual(numbers(summary));
  });

  it('is kept: asked again it answers the same, and asked otherwise it refuses', async () => {
    expect(await learn('whole', { resume: true })).toEqual(summary);
    await expect(learn('whole')).rejects.toMatchObject({ code: 'bad-input' });
    await expect(learn('whole', { network: 'affine', resume: true })).rejects.toThrow('network is not what');
  });

  it.each(['none', 'predefined', 'stn', 'dan'] as const)('runs %s the same way', async (method) => {
    const other = await learn(method, { method, epochs: 1 });
    expect(other).toMatchObject({ method, cost: { trainings: 1 } });
    const recipe = await readRecipe(other.recipe);
    const kinds = { none: 'none', predefined: 'standard', stn: 'network', dan: 'network' };
    expect(recipe).toMatchObject({ method, kind: kinds[method] });
  });

  it('tries ten magnitudes and keeps the best on validation', async () => {
    const chosen = await learn('magnitude', { method: 'validated-magnitude', epochs: 1 });
    expect(chosen.cost.trainings).toBe(10);
    expect(await readRecipe(chosen.recipe)).toMatchObject({ kind: 'standard', strengths: { flip: true } });
  });

  it.each([
    [{ set: ['optimizer=adamw'] }, 'expected sgd'],
    [{ set: ['backboneFactor=0.1'] }, 'backboneFactor must be 1'],
    [{ set: ['initialWeights=faces.safetensors'] }, 'start from random weights'],
    [{ set: ['recipe=recipe.json'] }, 'a recipe is what it finds'],
    [{ set: ['pooling=max', 'cropSize=8'] }, 'drawn clips'],
    [{ images: '/nowhere/at/all' }, 'There are no pictures at'],
    [{ set: [...SETTINGS, 'precision=mixed'] }, 'expected precision mixed'],
  ])('refuses %j with a reason and writes nothing', async (rest, reason) => {
    await expect(learn('refused', rest)).rejects.toThrow(reason);
    expect(existsSync(path.join(dir, 'refused', 'searches'))).toBe(false);
  });

  it('tells a user of the command which sources there are', async () => {
    const { code, stderr } = await runCli(['learn-augmentation']);
    expect(code).toBe(2);
    expect(stderr).toContain('expected one of --project and --images, found none');
  });

  it('leaves a recipe that another training takes, and does not change', async () => {
    const recipe = await readRecipe(summary.recipe);
    const task = { nuisance: NONE, frames: 1, seed: 1, epochs: 1, network: 'affine' } as const;
    const engine = await openEngine({ engine: 'wasm', threads: 1 });
    try {
      const run = { ...oracleRun(task), ...withRecipe(oracleConfig(task), recipe) };
      await trainRun(run);
      const theta = run.sink.checkpoints.get('last')!.tensors['outer.theta.dense3.kernel']!;
      expect(Array.from(theta.data)).toEqual((recipe as Recipe & { kind: 'network' }).weights['dense3.kernel']!.data);
    } finally {
      await engine.close();
    }
  });

  it.each([
    ['not JSON', 'not JSON'],
    ['{"version":1,"kind":"other","method":"x"}', 'kind'],
    ['{"version":2,"kind":"none","method":"x"}', 'version'],
    ['{"version":1,"kind":"standard","method":"x","strengths":{"rotationDeg":500}}', 'strengths.rotationDeg'],
  ])('refuses the recipe %s', async (text, reason) => {
    const file = path.join(dir, 'bad.json');
    await writeFile(file, text);
    await expect(readRecipe(file)).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining(reason),
    });
  });

  it('is refused by a training of a project before there is a run', async () => {
    const file = path.join(dir, 'bad.json');
    await writeFile(file, '{}');
    const train = { run: 'bad', set: [`recipe=${file}`], engine: 'wasm', resume: false } as const;
    const project = path.join(dir, 'whole');
    await expect(api.train({ ...train, project, set: [...train.set], config: null }, {})).rejects.toThrow('kind');
    expect(existsSync(path.join(project, 'runs', 'bad'))).toBe(false);
  });

  it('refuses a recipe whose weights do not fit its network', async () => {
    const recipe = JSON.parse(await readFile(summary.recipe, 'utf8')) as Record<string, unknown>;
    const file = path.join(dir, 'bad.json');
    await writeFile(file, JSON.stringify({ ...recipe, network: 'scale' }));
    await expect(readRecipe(file)).rejects.toThrow('weights.dense1.kernel: expected [6,6]');
    await expect(readRecipe(path.join(dir, 'gone.json'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
