/** The Pooling search tab in a real Chromium: form, map, trust, verbs, the way to Train, and axe. */
import { page, userEvent } from 'vitest/browser';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventQueue } from '../../src-main/contract/event-queue.ts';
import type { JobState } from '../../src-main/contract/window/jobs.ts';
import type { SearchPicture, SearchRow, SpaceView } from '../../src-main/contract/window/pooling-search.ts';
import { evaluatedAnswers } from './evaluated-run.ts';
import { FakeProgram } from './fake-bridge.ts';
import { openWindow, seriousFindings } from './open-window.ts';

beforeEach(() => page.viewport(1280, 800));

const map = (side: number, pooled: 'space' | 'both' | null) => ({ frames: 16, side, channels: 16, pooled });
const PLACES = [
  { space: [1, 2], time: [3] },
  { space: [1, 2], time: [1, 2] },
  { space: [2, 1], time: [3] },
  { space: [2, 1], time: [1, 2] },
];
const space: SpaceView = {
  notation: '[a,b], units at each scale of space, a+b = 3',
  configurations: PLACES.map((configuration, c) => ({
    configuration,
    poolAt: `${configuration.space.join()}${configuration.time.length > 1 ? `+${configuration.time.join()}` : ''}`,
    gflops: 0.5 + c / 10,
    maps: [map(48, null), map(24, 'space'), map(24, null)],
  })),
  defaultIndex: 0,
  input: { frames: 16, side: 48 },
};

const alone = { model: 'pooled3d', seed: 1, epochs: 60, clipFrames: 16, cropSize: 48, scoreStride: 8 };
const best = { poolAt: '2,1+1,2', validation: 0.6, test: 0.5 };

function row(name: string, change: Partial<SearchRow> = {}): SearchRow {
  return {
    ...{ name, createdAt: '2026-11-23T10:00:00Z', status: 'finished', error: null, method: 'balanced-mixture' },
    ...{ model: 'pooled3d', supernets: 2, seed: 1, best },
    ...change,
  };
}

const trained = (configuration: number, validation: number) => ({
  ...{ configuration, from: 'search-1', epochs: 60, epochsPlanned: 60, validation, done: true },
});

function picture(change: Partial<SearchPicture> = {}): SearchPicture {
  const shared = [0.2, 0.3, 0.4, 0.5];
  return {
    ...{ status: 'finished', error: null, epochs: [], temperature: 100, scores: null, scoresAre: null },
    counts: shared.map((_, c) => [c, 3 - c]),
    running: shared.map((value) => [value, null]),
    assignment: shared.map((_, c) => (c < 2 ? [0.9, 0.1] : [0.2, 0.8])),
    evaluated: shared.map((value) => [value, value - 0.1]),
    alone: [trained(0, 0.4), trained(3, 0.6)],
    trust: { points: [], tau: 1, chance: 0.9 },
    cost: { passes: 100, seconds: 60 },
    bruteForce: { passes: 1000, seconds: 600 },
    summary: { best: { poolAt: '2,1+1,2', test: 0.5 }, cost: { gpuSeconds: 0 } } as SearchPicture['summary'],
    ...change,
  };
}

async function openSearches(pictures = [picture()], rows = [row('search-1')], jobs: JobState[] = []) {
  const follow = () => {
    const events = new EventQueue<SearchPicture>();
    pictures.forEach((one) => events.push(one));
    return events;
  };
  const program = new FakeProgram({
    answers: {
      ...evaluatedAnswers(),
      'poolingSearch.rows': () => rows,
      'poolingSearch.plan': () => ({ problem: null, space }),
      'poolingSearch.search': ({ run }: { run: string }) => ({
        ...{ name: run, createdAt: '2026-11-23T10:00:00Z', space },
        asked: { method: 'balanced-mixture', supernets: 2, topK: 2, epochs: 40, alone },
      }),
      'poolingSearch.follow': follow,
      'jobs.cancel': () => null,
    },
  });
  program.jobStates.push(jobs);
  program.openProject();
  const opened = await openWindow(program);
  await page.getByRole('tab', { name: 'Pooling search' }).click();
  return { program, ...opened };
}

const cell = (name: string) => page.getByRole('button', { name: new RegExp(`^${name.replace('+', '\\+')}: `) });

describe('the form', () => {
  it('starts a search with what was asked for, and shows the space first', async () => {
    const { program } = await openSearches();
    await expect.element(page.getByRole('heading', { name: 'search-1' })).toBeVisible();
    await userEvent.keyboard('n');
    await expect.element(page.getByText('4 configurations')).toBeVisible();
    await page.getByRole('combobox', { name: 'Method' }).selectOptions('spos');
    await expect.element(page.getByRole('spinbutton', { name: 'Supernets (M)' })).not.toBeInTheDocument();
    const epochs = page.getByRole('spinbutton', { name: 'Epochs of the search' });
    await epochs.fill('5');
    (epochs.element() as HTMLElement).blur();
    await userEvent.keyboard('{Control>}{Enter}{/Control}');
    await expect
      .poll(() => program.inputs('jobs.start'))
      .toMatchObject([{ kind: 'search-pooling', run: 'search-2', method: 'spos', epochs: 5, topK: 3 }]);
  });
});

describe('the plan of a search', () => {
  it('is made anew when its reader comes back from the tab that helps', async () => {
    const { program } = await openSearches();
    await userEvent.keyboard('n');
    await expect.poll(() => program.inputs('poolingSearch.plan')).toHaveLength(1);
    await page.getByRole('tab', { name: 'Library' }).click();
    await page.getByRole('tab', { name: 'Pooling search' }).click();
    await expect.poll(() => program.inputs('poolingSearch.plan')).toHaveLength(2);
  });
});

describe('a finished search', () => {
  it('stands at its winner, and arrow keys go through the map', async () => {
    await openSearches();
    await expect.element(page.getByRole('heading', { name: '2,1+1,2', exact: true })).toBeVisible();
    (cell('2,1+1,2').element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowUp}');
    await expect.element(cell('1,2+1,2')).toHaveFocus();
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
    await expect.element(cell('1,2')).toHaveAttribute('aria-pressed', 'true');
    await expect.element(page.getByText('40.0 % on validation')).toBeVisible();
  });

  it('shows supernets and steps in the same map', async () => {
    await openSearches();
    await expect.element(cell('1,2')).toHaveAccessibleName(/accuracy 20.0/);
    await userEvent.keyboard('v');
    await expect.element(cell('2,1')).toHaveAccessibleName(/supernet 2 with 80 %/);
    await userEvent.keyboard('v');
    await expect.element(cell('1,2')).toHaveAccessibleName(/trained in 3 steps/);
  });

  it('says that two networks tell nothing of the order, and what brute force would cost', async () => {
    const points = [0, 3].map((configuration) => ({ configuration, shared: configuration / 10, alone: 0.5 }));
    await openSearches([picture({ trust: { points, tau: 1, chance: 1 } })]);
    await expect.element(page.getByText('Too few networks to tell')).toBeVisible();
    await expect.element(page.getByText('10.0 times')).toBeVisible();
  });

  it('gives its configuration to Train', async () => {
    const { program } = await openSearches();
    await expect.element(cell('1,2')).toBeVisible();
    await userEvent.keyboard('t');
    await expect.element(page.getByRole('heading', { name: 'What it will take' })).toBeVisible();
    await expect
      .poll(() => program.inputs('train.plan').at(-1))
      .toMatchObject({ config: { model: 'pooled3d', poolAt: '2,1+1,2', epochs: 60 } });
  });
});

describe('a search that is not over', () => {
  const job: JobState = {
    ...{ id: 3, kind: 'search-pooling', project: '/data/study', subject: 'search-1', state: 'running' },
    progress: { stage: 'search', done: 3, total: 40 },
    ...{ leftSec: 90, startedAt: '2026-11-23T10:00:00Z', endedAt: null, restarts: 0, error: null },
  };

  it('can be paused while it runs', async () => {
    const running = picture({ status: 'searching', summary: null, alone: [] });
    const { program } = await openSearches([running], [row('search-1', { status: 'searching', best: null })], [job]);
    await expect.element(page.getByText('3 of 40', { exact: false })).toBeVisible();
    await userEvent.keyboard('p');
    await expect.poll(() => program.inputs('jobs.cancel')).toEqual([{ id: 3 }]);
  });

  it('that was cut off is told so and goes on', async () => {
    const cut = picture({ status: 'searching', summary: null });
    const { program } = await openSearches([cut], [row('search-1', { status: 'searching', best: null })]);
    await expect.element(page.getByText('cut off').last()).toBeVisible();
    await page.getByRole('button', { name: /^Resume/ }).click();
    await expect
      .poll(() => program.inputs('jobs.start'))
      .toEqual([{ kind: 'search-pooling', run: 'search-1', resume: true }]);
  });

  it('that failed says why', async () => {
    const error = { code: 'diverged' as const, message: 'The loss is not a number any more.', hint: 'Lower the rate.' };
    await openSearches(
      [picture({ status: 'failed', error, summary: null })],
      [row('search-1', { status: 'failed', error })],
    );
    await expect.element(page.getByRole('alert').getByText('The loss is not a number any more.')).toBeVisible();
  });
});

describe('axe finds nothing serious', () => {
  it.each(['light', 'dark'] as const)('in %s', async (theme) => {
    const { session } = await openSearches();
    session.theme.apply(theme);
    await expect.element(cell('1,2')).toBeVisible();
    await expect.poll(seriousFindings).toEqual([]);
    await userEvent.keyboard('n');
    await expect.element(page.getByText('4 configurations')).toBeVisible();
    await expect.poll(seriousFindings).toEqual([]);
  });
});
