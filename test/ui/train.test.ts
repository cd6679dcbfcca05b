/** The Train tab in a real Chromium: form, plan, verbs, why a run failed, comparison, and axe. */
import { page, userEvent } from 'vitest/browser';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src-main/contract/errors.ts';
import { evaluatedAnswers } from './evaluated-run.ts';
import { FakeProgram, LABELS } from './fake-bridge.ts';
import { openWindow, seriousFindings } from './open-window.ts';

beforeEach(() => page.viewport(1280, 800));

async function openTrain(answers: Record<string, () => unknown> = {}) {
  const program = new FakeProgram({ answers: { ...evaluatedAnswers(), ...answers } });
  program.openProject();
  const opened = await openWindow(program);
  await page.getByRole('tab', { name: 'Train' }).click();
  await expect.element(page.getByRole('heading', { name: 'run-3' })).toBeVisible();
  return { program, ...opened };
}

describe('the form', () => {
  it('starts a run with what was changed, and shows what it will take', async () => {
    const { program } = await openTrain();
    await userEvent.keyboard('n');
    await expect.element(page.getByText('20 to learn from, 6 to validate, 6 to test')).toBeVisible();
    const epochs = page.getByRole('spinbutton', { name: 'Most epochs' });
    await epochs.click();
    await epochs.fill('7');
    (epochs.element() as HTMLElement).blur();
    await expect.element(page.getByText(/1 setting changed/)).toBeVisible();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect
      .poll(() => program.inputs('jobs.start'))
      .toEqual([{ kind: 'train', run: 'run-4', config: { epochs: 7 } }]);
  });
});

describe('a run that is refused', () => {
  it('leaves its form open', async () => {
    const refuse = () => {
      throw new AppError('bad-input', 'There is a run run-4 already.');
    };
    await openTrain({ 'jobs.start': refuse });
    await userEvent.keyboard('n');
    await expect.element(page.getByText('20 to learn from, 6 to validate, 6 to test')).toBeVisible();
    await page.getByRole('button', { name: /^Train Ctrl/ }).click();
    await expect.element(page.getByText('There is a run run-4 already.')).toBeVisible();
    await expect.element(page.getByRole('textbox', { name: 'Name' })).toHaveValue('run-4');
  });
});

describe('a plan that says what is missing', () => {
  it('is made anew when its reader comes back from the tab that helps', async () => {
    const { program } = await openTrain();
    await userEvent.keyboard('n');
    await expect.poll(() => program.inputs('train.plan')).toHaveLength(1);
    await page.getByRole('tab', { name: 'Library' }).click();
    await page.getByRole('tab', { name: 'Train' }).click();
    await expect.poll(() => program.inputs('train.plan')).toHaveLength(2);
  });
});

describe('a number that is still being typed', () => {
  it('counts when Ctrl+Enter starts the run', async () => {
    const { program } = await openTrain();
    await userEvent.keyboard('n');
    await expect.element(page.getByText('20 to learn from, 6 to validate, 6 to test')).toBeVisible();
    const epochs = page.getByRole('spinbutton', { name: 'Most epochs' });
    await epochs.fill('9');
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect
      .poll(() => program.inputs('jobs.start'))
      .toEqual([{ kind: 'train', run: 'run-4', config: { epochs: 9 } }]);
  });
});

describe('a run', () => {
  it('that failed says why', async () => {
    await openTrain();
    await page.getByRole('option', { name: /run-2/ }).click();
    await expect.element(page.getByText('The loss is not a number any more.')).toBeVisible();
  });

  it('that is paused can be resumed, kept or discarded, and discarding asks first', async () => {
    const { program } = await openTrain();
    await page.getByRole('button', { name: /^Discard/ }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect(program.inputs('train.discard')).toEqual([]);
    await page.getByRole('button', { name: /^Resume/ }).click();
    await expect.poll(() => program.inputs('jobs.start')).toEqual([{ kind: 'train', run: 'run-3', resume: true }]);
  });
});

describe('runs', () => {
  it('whose name or settings are cut in the list show them whole when pointed at', async () => {
    await openTrain();
    const line = page.getByRole('option', { name: /run-1/ });
    await expect.element(line.getByTitle('run-1', { exact: true })).toBeVisible();
    await expect.element(line.getByTitle('stochastic-softmax, γ 1 · val WAR 75 %')).toBeVisible();
  });

  it('draw each class in the legend as its line is dashed', async () => {
    await openTrain();
    const chart = page.getByRole('img', { name: /^Recall of each class/ });
    await expect.element(chart).toBeVisible();
    const samples = [...chart.element().querySelectorAll<HTMLElement>('.u-series:not(:first-child) .u-marker')];
    const dashes = samples.map((sample) => getComputedStyle(sample).backgroundImage.replaceAll(/rgba?\([^)]*\)/g, ''));
    expect(new Set(dashes).size).toBe(LABELS.length);
    expect(samples.every(({ clientWidth }) => clientWidth >= 36)).toBe(true);
  });

  it('are compared by figures and by the settings that differ', async () => {
    await openTrain();
    for (const name of ['run-1', 'run-2']) {
      await page.getByRole('option', { name: new RegExp(name) }).click();
      await userEvent.keyboard(' ');
    }
    await page.getByRole('button', { name: 'Compare 2' }).click();
    await expect.element(page.getByRole('rowheader', { name: 'gamma' })).toBeVisible();
    await expect.element(page.getByRole('row', { name: /run-1 .*80.0\s%/ })).toBeVisible();
  });
});

describe('axe finds nothing serious', () => {
  it.each(['light', 'dark'] as const)('in %s', async (theme) => {
    const { session } = await openTrain();
    session.theme.apply(theme);
    // Why: colours fade from one theme to the other.
    await expect.poll(seriousFindings).toEqual([]);
    await userEvent.keyboard('n');
    await expect.element(page.getByRole('heading', { name: 'What it will take' })).toBeVisible();
    await expect.poll(seriousFindings).toEqual([]);
  });
});
