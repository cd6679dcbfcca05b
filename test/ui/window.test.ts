/** The frame and its tabs in a real Chromium, over a fake program: keyboard, undo, remapped keys, and axe. */
import { page, userEvent } from 'vitest/browser';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeProgram } from './fake-bridge.ts';
import { openWindow, seriousFindings } from './open-window.ts';

const THEMES = ['light', 'dark'] as const;
const videos = page.getByRole('listbox', { name: 'Videos' });

beforeEach(() => page.viewport(1280, 800));

async function openLibrary(program = new FakeProgram()) {
  program.openProject();
  const opened = await openWindow(program);
  await expect.element(videos).toBeVisible();
  return { program, ...opened };
}

/** As after "Open a folder of videos" on the first screen. */
async function openWithImport() {
  const program = new FakeProgram();
  program.noProject();
  const opened = await openWindow(program);
  opened.session.pendingImport = '/data/new';
  program.openProject();
  await expect.element(page.getByRole('dialog', { name: 'Import' })).toBeVisible();
  return { program, ...opened };
}

describe('the first start', () => {
  it('offers a folder, a project, the sample and recent projects, and one that has gone cannot be opened', async () => {
    const program = new FakeProgram();
    program.noProject();
    await openWindow(program);
    for (const name of ['Open a folder of videos', 'Open a project', 'Try the sample project'])
      await expect.element(page.getByRole('button', { name })).toBeVisible();
    await expect.element(page.getByRole('button', { name: /old.*gone or moved/ })).toBeDisabled();
  });
});

function missingVideo({ id }: { id: string }) {
  const media = { durationSec: 3, frameCount: 75, averageFps: 25, variableFrameRate: false };
  const file = { place: '/data/x.mp4', missing: true, sizeBytes: 1, faces: 'auto', attributes: {} };
  return { id, ...file, media: { ...media, kind: 'file', width: 64, height: 48, codec: 'h264' } };
}

describe('the library', () => {
  it('draws only what is in sight of ten thousand videos', async () => {
    await openLibrary(new FakeProgram({ count: 10_000 }));
    await expect.element(page.getByText('10,000 videos')).toBeVisible();
    const drawn = document.querySelectorAll('[role=listbox] [role=option]');
    expect(drawn.length).toBeGreaterThan(10);
    expect(drawn.length).toBeLessThan(60);
    expect(drawn[0]!.getAttribute('aria-setsize')).toBe('10000');
  });

  it('is walked by the keyboard, with one tab stop', async () => {
    const { session } = await openLibrary();
    (videos.element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}');
    await expect.element(page.getByRole('heading', { name: 'neutral-2.mp4' })).toBeVisible();
    await userEvent.keyboard('{End}');
    await expect.element(page.getByRole('heading', { name: 'anger-39.mp4' })).toBeVisible();
    expect(videos.element().getAttribute('aria-activedescendant')).toMatch(/-39$/);
    await userEvent.keyboard('{Enter}');
    expect(session.shown).toEqual({ videoId: '27'.padStart(16, '0') });
  });

  it('says of a file that went since the list was read that it is missing, and offers to find it', async () => {
    const answers = { 'library.missing': () => [], 'library.video': missingVideo };
    await openLibrary(new FakeProgram({ answers }));
    await expect.element(page.getByRole('button', { name: /Find moved media/ })).not.toBeInTheDocument();
    (videos.element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowDown}');
    await expect.element(page.getByText('Its file is not where it was.')).toBeVisible();
    await expect.element(page.getByRole('button', { name: /Find moved media/ })).toBeVisible();
  });

  it('restricts by label, by text and by what is amiss, and Escape shows all again', async () => {
    await openLibrary();
    await page.getByRole('button', { name: /fear 13/ }).click();
    await expect.element(page.getByText('13 of 40 videos')).toBeVisible();
    await page.getByRole('textbox', { name: 'Find videos' }).fill('fear-1');
    await expect.element(page.getByText(/of 40 videos/)).toHaveTextContent('5 of 40 videos');
    (videos.element() as HTMLElement).focus();
    await userEvent.keyboard('{Escape}');
    await page.getByRole('button', { name: /moment against label/ }).click();
    await expect.element(page.getByText('1 of 40 videos')).toBeVisible();
  });

  it('warns of a person in two sets and lists what is in quarantine with the reason', async () => {
    await openLibrary();
    await expect.element(page.getByText('p1 is in train and test')).toBeVisible();
    await page.getByRole('button', { name: '1 file in quarantine…' }).click();
    await expect.element(page.getByText('it ends in the middle of a frame')).toBeVisible();
  });

  it('sets a subject for several videos at once, and takes it back by a new call', async () => {
    const { program } = await openLibrary();
    const options = videos.getByRole('option');
    await options.nth(0).click();
    await options.nth(2).click({ modifiers: ['Shift'] });
    await expect.element(page.getByText('3 videos chosen')).toBeVisible();
    await page.getByRole('textbox', { name: 'Subject' }).fill('Ada');
    await page.getByRole('button', { name: 'Set subject' }).click();
    await expect.element(page.getByRole('button', { name: /^Undo: subject Ada for 3 videos/ })).toBeEnabled();
    (videos.element() as HTMLElement).focus();
    await userEvent.keyboard('{Control>}z{/Control}');
    await expect.element(page.getByRole('button', { name: /^Redo: subject Ada/ })).toBeEnabled();
    const said = program.inputs('library.describe') as { videos: { subject: string }[] }[];
    expect(said.map((input) => input.videos.map(({ subject }) => subject).join(' '))).toEqual([
      'Ada Ada Ada',
      'p0 p1 p2',
    ]);
    expect(program.inputs('settings.storeUndo').at(-1)).toMatchObject({
      done: [],
      undone: [{ title: 'subject Ada for 3 videos' }],
    });
  });

  it('shows what an import would bring before it asks for one', async () => {
    const { program } = await openWithImport();
    await expect.element(page.getByText('Recognised: A list (CSV)')).toBeVisible();
    await expect.element(page.getByText(/labels.csv lists it, and it is not there/)).toBeVisible();
    expect(program.inputs('jobs.start')).toEqual([]);
    await page.getByRole('button', { name: 'Import 3 videos' }).click();
    await expect
      .poll(() => program.inputs('jobs.start'))
      .toEqual([{ kind: 'import', source: '/data/new', layout: 'auto', faces: 'auto', fold: 1 }, { kind: 'prepare' }]);
  });

  it('records whose face is meant', async () => {
    const { program } = await openLibrary();
    await videos.getByRole('option').nth(1).click();
    await page.getByRole('button', { name: 'Person 2, in 40 % of the frames' }).click();
    await expect.poll(() => program.inputs('library.choosePerson')).toEqual([{ id: '1'.padStart(16, '0'), person: 2 }]);
  });
});

describe('keys', () => {
  it('find and run a command by a few letters', async () => {
    const { session } = await openLibrary();
    await userEvent.keyboard('{Control>}k{/Control}');
    await page.getByRole('combobox', { name: /Command|command/ }).fill('go to set');
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => session.tab).toBe('settings');
  });

  it('can be changed, are stored, and then do the same', async () => {
    const { program, session } = await openLibrary();
    session.tab = 'settings';
    await page.getByRole('tab', { name: 'Keys' }).click();
    await page.getByRole('button', { name: 'Change the keys of: Show jobs' }).click();
    await userEvent.keyboard('{Control>}{Shift>}y{/Shift}{/Control}');
    expect(program.inputs('app.setPreferences').at(-1)).toEqual({ keys: { 'frame.jobs': ['Mod+Shift+Y'] } });
    await userEvent.keyboard('{Control>}{Shift>}y{/Shift}{/Control}');
    await expect.element(page.getByRole('dialog', { name: 'Jobs' })).toBeVisible();
  });

  it('that would type do nothing in a field', async () => {
    const { session } = await openLibrary();
    const view = () => (document.querySelector('input[value=grid]') as HTMLInputElement).checked;
    await page.getByRole('textbox', { name: 'Find videos' }).click();
    await userEvent.keyboard('g');
    expect(view()).toBe(false);
    (videos.element() as HTMLElement).focus();
    await userEvent.keyboard('g');
    await expect.poll(view).toBe(true);
    expect(session.overlay).toBeNull();
  });
});

describe.each(THEMES)('axe finds nothing serious in the %s theme', (theme) => {
  const clean = async () => expect(await seriousFindings()).toEqual([]);

  it('on the first screen', async () => {
    const program = new FakeProgram();
    program.noProject();
    const { session } = await openWindow(program);
    session.theme.apply(theme);
    await expect.element(page.getByText('Recent projects')).toBeVisible();
    await clean();
  });

  it('in the library, as a table with details and as a grid, and with jobs', async () => {
    const { session } = await openLibrary();
    session.theme.apply(theme);
    await videos.getByRole('option').nth(0).click();
    await expect.element(page.getByText('Its heaviest moment alone shows fear.')).toBeVisible();
    await clean();
    await page.getByRole('radio', { name: 'Grid' }).click({ force: true });
    await clean();
    session.overlay = 'jobs';
    await expect.element(page.getByRole('dialog', { name: 'Jobs' })).toBeVisible();
    await clean();
  });

  it('in the preview of an import and in quarantine', async () => {
    const { session } = await openWithImport();
    session.theme.apply(theme);
    await expect.element(page.getByText('Recognised: A list (CSV)')).toBeVisible();
    await clean();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: '1 file in quarantine…' }).click();
    await expect.element(page.getByRole('dialog', { name: 'Quarantine' })).toBeVisible();
    await clean();
  });

  it('in settings, the search tabs, the palette and the keys', async () => {
    const { session } = await openLibrary();
    session.theme.apply(theme);
    session.tab = 'settings';
    for (const name of ['Engine', 'Project and storage', 'Appearance', 'Keys', 'Privacy', 'About and licences']) {
      await page.getByRole('tab', { name }).click();
      await clean();
    }
    for (const tab of ['pooling', 'augmentation'] as const) {
      session.tab = tab;
      const name = { pooling: 'Pooling search', augmentation: 'Augmentation' }[tab];
      await expect.element(page.getByRole('tab', { name, selected: true })).toBeVisible();
      await clean();
    }
    for (const overlay of ['palette', 'keys'] as const) {
      session.overlay = overlay;
      await expect.element(page.getByRole('dialog')).toBeVisible();
      await clean();
      session.overlay = null;
    }
  });
});
