/** The Augmentation tab in a real Chromium: form, clips through the epochs, safety, comparison, the way to Train, and axe. */
import { page, userEvent } from 'vitest/browser';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventQueue } from '../../src-main/contract/event-queue.ts';
import type { JobState } from '../../src-main/contract/window/jobs.ts';
import type { LearnAugmentationSummary, SafetyReport } from '../../src-main/contract/learn-augmentation.ts';
import type { AugmentationPicture, AugmentationRow } from '../../src-main/contract/window/augmentation.ts';
import { evaluatedAnswers } from './evaluated-run.ts';
import { FakeProgram } from './fake-bridge.ts';
import { openWindow, seriousFindings } from './open-window.ts';

beforeEach(() => page.viewport(1280, 800));

const RECIPE = '/data/study/searches/learned/recipe.json';
const cost = { ratioToPlain: 4.2, seconds: 300, trainings: 1 };
const result = { war: 0.62, uar: 0.6, judgedOn: 'test' as const, cost, recipe: RECIPE };

function row(name: string, change: Partial<AugmentationRow> = {}): AugmentationRow {
  return {
    ...{ name, createdAt: '2026-11-23T10:00:00Z', status: 'finished', error: null, method: 'learned' },
    ...{ model: 'small3d', seed: 1, result },
    ...change,
  };
}

const safety: SafetyReport = {
  ...{ judge: 'learned', clips: 14, threshold: 0.25, recipe: 0.07 },
  transformations: [
    {
      ...{ name: 'rotate', unit: 'degrees', differentiable: true, safeLevel: 0.5 },
      strengths: [
        { level: 0.5, value: 15, changed: 0.1 },
        { level: 1, value: 30, changed: 0.5 },
      ],
    },
  ],
};

function picture(change: Partial<AugmentationPicture> = {}): AugmentationPicture {
  const epochs = [1, 2, 3].map((epoch) => ({ epoch, mean: [0.1 * epoch, 0], std: [0.05, 0.01] }));
  return {
    ...{ status: 'finished', error: null, trainings: [], recipe: 'network', safety },
    changes: { parameters: ['shiftX', 'shiftY'], epochs },
    strengths: [{ name: 'shiftX', level: 0.4, used: 1, value: '0.300 ± 0.050' }],
    summary: { ...result, notes: [], safety } as Partial<LearnAugmentationSummary> as LearnAugmentationSummary,
    ...change,
  };
}

/** A picture of one pixel, which the page takes for a strip. */
const PIXEL = Uint8Array.from(atob('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'), (letter) =>
  letter.charCodeAt(0),
);
const clips = ['anger', 'fear'].map((label, i) => ({
  ...{ videoId: `${i}`.padStart(16, '0'), label, frames: 16, side: 48, fps: 25 },
  ...{ original: PIXEL, augmented: [PIXEL, PIXEL] },
}));

const epochsOf = (last: number) =>
  [1, 2, 3].map((epoch) => ({
    ...{ kind: 'epoch' as const, epoch, phase: 'x', trainLoss: 1, valLoss: 1, valWar: (last * epoch) / 3, valUar: 0.5 },
    ...{ learningRate: 0.1, seconds: 2, best: true },
  }));

async function openAugmentation(now = picture(), rows = [row('plain', { method: 'none' }), row('learned')]) {
  const follow = () => {
    const events = new EventQueue<AugmentationPicture>();
    events.push(now);
    return events;
  };
  const program = new FakeProgram({
    answers: {
      ...evaluatedAnswers(),
      'augmentation.rows': () => rows,
      'augmentation.search': ({ run }: { run: string }) => ({
        ...{ name: run, createdAt: '2026-11-23T10:00:00Z', method: 'learned' },
        config: { model: 'small3d', seed: 1, epochs: 3, optimizer: 'sgd' },
      }),
      'augmentation.follow': follow,
      'augmentation.clips': () => clips,
      'augmentation.curves': ({ runs }: { runs: string[] }) =>
        runs.map((name) => ({ name, method: 'learned', epochs: epochsOf(0.6) })),
    },
  });
  program.openProject();
  const opened = await openWindow(program);
  await page.getByRole('tab', { name: 'Augmentation' }).click();
  return { program, ...opened };
}

describe('the form', () => {
  it('starts a search with what was asked for, and asks for what the method takes', async () => {
    const { program } = await openAugmentation();
    await expect.element(page.getByRole('heading', { name: 'learned', exact: true })).toBeVisible();
    await userEvent.keyboard('n');
    await expect.element(page.getByRole('spinbutton', { name: 'Step of the augmenter' })).toBeVisible();
    await page.getByRole('combobox', { name: 'Method' }).selectOptions('randaugment');
    await expect.element(page.getByRole('spinbutton', { name: 'Trials' })).toBeVisible();
    await expect.element(page.getByRole('spinbutton', { name: 'Step of the augmenter' })).not.toBeInTheDocument();
    await page.getByRole('button', { name: /^Search/ }).click();
    await expect
      .poll(() => program.inputs('jobs.start'))
      .toMatchObject([{ kind: 'learn-augmentation', run: 'augmentation-1', method: 'randaugment' }]);
  });
});

describe('a search that cannot begin', () => {
  it('leads back to its form, with what was asked for', async () => {
    const { program } = await openAugmentation();
    await userEvent.keyboard('n');
    await page.getByRole('combobox', { name: 'Method' }).selectOptions('randaugment');
    await page.getByRole('button', { name: /^Search/ }).click();
    await expect.element(page.getByRole('heading', { name: 'augmentation-1' })).toBeVisible();
    const job: JobState = {
      ...{ id: 7, kind: 'learn-augmentation', project: '/data/study', subject: 'augmentation-1', state: 'running' },
      ...{ progress: null, leftSec: null, startedAt: null, endedAt: null, restarts: 0, error: null },
    };
    program.jobStates.push([job]);
    const error = { code: 'bad-input' as const, message: 'None of the 12 videos of the project is prepared.' };
    program.jobStates.push([{ ...job, state: 'failed', error }]);
    await expect.element(page.getByText(error.message)).toBeVisible();
    await expect.element(page.getByRole('textbox', { name: 'Name' })).toHaveValue('augmentation-1');
    await expect.element(page.getByRole('combobox', { name: 'Method' })).toHaveValue('randaugment');
  });
});

describe('a finished search', () => {
  it('plays clips as they are beside changed ones, at any epoch and drawn anew', async () => {
    const { program } = await openAugmentation();
    await expect.element(page.getByRole('img', { name: 'anger as it is' })).toBeVisible();
    await expect.element(page.getByRole('img', { name: 'anger, change 2' })).toBeVisible();
    await userEvent.keyboard('[[[[');
    await expect.element(page.getByText('Epoch 1 of 3')).toBeVisible();
    await expect.poll(() => program.inputs('augmentation.clips').at(-1)).toMatchObject({ epoch: 1, seed: 1 });
    await userEvent.keyboard('r');
    await expect.poll(() => program.inputs('augmentation.clips').at(-1)).toMatchObject({ epoch: 1, seed: 2 });
  });

  it('tells how strong, how safe and how dear it is', async () => {
    await openAugmentation();
    await expect.element(page.getByText('Expressions stay what they are')).toBeVisible();
    await expect.element(page.getByRole('row', { name: /rotate 10\s% 50\s% !/ })).toBeVisible();
    await expect.element(page.getByRole('row', { name: /learned Learned 62.0\s%/ })).toBeVisible();
    await expect.element(page.getByRole('img', { name: /^shiftX: 0.300 ± 0.050/ })).toBeVisible();
  });

  it('gives its recipe to Train', async () => {
    const { program } = await openAugmentation();
    await page.getByRole('button', { name: /^Use this recipe/ }).click();
    await expect.element(page.getByRole('heading', { name: 'What it will take' })).toBeVisible();
    await expect
      .poll(() => program.inputs('train.plan').at(-1))
      .toMatchObject({ config: { recipe: RECIPE, optimizer: 'sgd' } });
  });
});

it('a search without a recipe says when clips come, and goes on where it was cut off', async () => {
  const cut = picture({ status: 'searching', summary: null, recipe: null, strengths: null, safety: null });
  const { program } = await openAugmentation(cut, [row('learned', { status: 'searching', result: null })]);
  await expect.element(page.getByText(/Clips come with the recipe/)).toBeVisible();
  await userEvent.keyboard('p');
  await expect
    .poll(() => program.inputs('jobs.start'))
    .toEqual([{ kind: 'learn-augmentation', run: 'learned', resume: true }]);
});

describe('axe finds nothing serious', () => {
  it.each(['light', 'dark'] as const)('in %s', async (theme) => {
    const { session } = await openAugmentation();
    session.theme.apply(theme);
    await expect.element(page.getByRole('img', { name: 'anger as it is' })).toBeVisible();
    await expect.poll(seriousFindings).toEqual([]);
    await userEvent.keyboard('n');
    await expect.element(page.getByRole('spinbutton', { name: 'Step of the augmenter' })).toBeVisible();
    await expect.poll(seriousFindings).toEqual([]);
  });
});
