import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resnet20 } from '../../../models/resnet-cifar.ts';
import { readRecipe } from '../../../src-main/compute/learn-augmentation/recipe.ts';
import type { AugmentationMethod, LearnAugmentationSummary } from '../../../src-main/contract/learn-augmentation.ts';
import { openApp } from '../../../src-main/service/app.ts';
import { TRANSFORMATION_NAMES } from '../../../src-main/train/augmentation/transformations.ts';
import { runCli, startCli } from '../../support/cli.ts';
import { writePictures } from '../../support/labelled-pictures.ts';

const SETTINGS = ['cropSize=8', 'batch=12', 'threads=1', 'learningRate=0.05'];
const api = openApp();
let dir: string;
let images: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'apexscope-methods-'));
  images = path.join(dir, 'images');
  await writePictures(images, 30, 8);
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

type Asked = Parameters<typeof api.learnAugmentation>[0];

function learn(out: string, method: AugmentationMethod, rest: Partial<Asked> = {}) {
  const place = { project: null, images, out: path.join(dir, out), run: out, model: resnet20.name };
  const budget = { epochs: 1, trials: 2, childEpochs: 2, augmenterRate: 0.2, seed: 1 };
  return api.learnAugmentation(
    { ...place, ...budget, method, set: SETTINGS, engine: 'wasm', resume: false, ...rest },
    {},
  );
}

/** What does not depend on the clock or the folder. */
const numbers = ({ method, war, uar, valWar, safety, cost }: LearnAugmentationSummary) => {
  return { method, war, uar, valWar, trainings: cost.trainings, safety: { ...safety, judge: '' } };
};

describe('each way to find an augmentation', () => {
  it.each([
    ['randaugment', 2, { kind: 'policy', policy: { draws: 'uniform' } }],
    ['fast-autoaugment', 3, { kind: 'policy', policy: { draws: 'one-of' } }],
    ['autoaugment', 3, { kind: 'policy', policy: { draws: 'one-of' } }],
    ['pba', 5, { kind: 'policy', policy: { draws: 'schedule' } }],
    ['tanda', 2, { kind: 'policy', policy: { draws: 'sequence' } }],
    ['bayesian', 1, { kind: 'features' }],
  ] as const)('%s takes %i trainings, and its recipe loads in a new project', async (method, trainings, recipe) => {
    const summary = await learn(method, method);
    expect(summary).toMatchObject({ method, cost: { trainings } });
    const found = await readRecipe(summary.recipe);
    expect(found).toMatchObject({ method, ...recipe });
    const file = path.join(dir, 'elsewhere.json');
    await writeFile(file, await readFile(summary.recipe));
    expect(await readRecipe(file)).toEqual(found);
  });

  it('takes a rung of the ladder where one is asked for', async () => {
    const { recipe } = await learn('rung', 'predefined', { level: '2.5' });
    expect(await readRecipe(recipe)).toMatchObject({
      strengths: { translate: 0.125, flip: false, rotationDeg: 10, scale: 0.5, brightness: 0 },
    });
  });
});

describe('the expression-safe check', () => {
  it('tells for each transformation and strength how often the network changes its mind, and keeps it in the folder', async () => {
    const { safety, folder } = await learn('safety', 'none');
    expect(safety.transformations.map(({ name }) => name)).toEqual([...TRANSFORMATION_NAMES]);
    for (const { strengths, safeLevel } of safety.transformations) {
      expect(strengths.map(({ level }) => level)).toEqual([0.25, 0.5, 0.75, 1]);
      strengths.forEach(({ changed }) => expect(changed >= 0 && changed <= 1).toBe(true));
      const unsafe = strengths.find(({ changed }) => changed > safety.threshold);
      expect(safeLevel).toBe(unsafe === undefined ? 1 : unsafe.level - 0.25);
    }
    expect(safety.recipe).toBe(0);
    expect(JSON.parse(await readFile(path.join(folder, 'safety.json'), 'utf8'))).toEqual(safety);
  });
});

describe('a search over child trainings', () => {
  it.each(['autoaugment', 'pba'] as const)('%s goes on after a kill with the same numbers', async (method) => {
    const name = `killed-${method}`;
    const whole = await learn(method, method, { resume: true });
    const place = ['--images', images, '--out', path.join(dir, name), '--run', name, '--model', 'resnet20'];
    const budget = ['--method', method, '--epochs', '1', '--trials', '2', '--child-epochs', '2', '--engine', 'wasm'];
    const set = SETTINGS.flatMap((pair) => ['--set', pair]);
    const { child, result } = startCli(['learn-augmentation', ...place, ...budget, ...set, '--json']);
    const second = method === 'pba' ? 'member-2-1' : 'child-2';
    const begun = () => existsSync(path.join(dir, name, 'searches', name, 'alone', second, 'manifest.json'));
    while (child.exitCode === null && !begun()) await new Promise((done) => setTimeout(done, 5));
    child.kill('SIGKILL');
    await result;
    expect(existsSync(path.join(dir, name, 'searches', name, 'summary.json'))).toBe(false);
    expect(numbers(await learn(name, method, { resume: true }))).toEqual(numbers(whole));
  });
});

describe('a comparison', () => {
  it('adds a table of all methods, keeps each as a search of its own, and answers the same when asked again', async () => {
    const compare: AugmentationMethod[] = ['none', 'predefined'];
    const summary = await learn('both', 'learned', { compare });
    expect(summary.table!.map(({ method, run }) => [method, run])).toEqual([
      ['none', 'both-none'],
      ['predefined', 'both-predefined'],
    ]);
    const best = summary.table!.reduce((one, other) => (other.valWar > one.valWar ? other : one));
    expect(summary).toMatchObject({ method: best.method, war: best.war, run: best.run });
    expect(await learn('both', 'learned', { compare, resume: true })).toEqual(summary);
    expect(await readRecipe(path.join(dir, 'both', 'searches', 'both-predefined', 'recipe.json'))).toMatchObject({
      kind: 'standard',
    });
  });

  it('needs two different methods, and names the ones there are', async () => {
    await expect(learn('twice', 'learned', { compare: ['none', 'none'] })).rejects.toThrow('two or more different');
    const { code, stderr } = await runCli(['learn-augmentation', '--images', images, '--compare', 'none,magic']);
    expect(code).toBe(2);
    expect(stderr).toContain("got 'magic'");
  });
});

describe('a bad recipe', () => {
  const policy = { version: 1, kind: 'policy', method: 'x', flip: false };
  it.each([
    [{ ...policy, policy: { draws: 'uniform', count: 2, level: 2 } }, 'policy.level'],
    [{ ...policy, policy: { draws: 'one-of', subpolicies: [] } }, 'policy.subpolicies'],
    [
      {
        ...policy,
        policy: { draws: 'one-of', subpolicies: [[{ transformation: 'vanish', probability: 1, level: 1 }]] },
      },
      'transformation',
    ],
    [{ ...policy, policy: { draws: 'sequence', operations: [], probabilities: [[]] } }, 'policy.operations'],
    [{ ...policy, flip: 'yes' }, 'flip'],
    [{ version: 1, kind: 'features', method: 'x' }, 'flip'],
  ])('%j is refused by name', async (recipe, reason) => {
    const file = path.join(dir, 'bad.json');
    await writeFile(file, JSON.stringify(recipe));
    await expect(readRecipe(file)).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining(reason),
    });
  });
});
