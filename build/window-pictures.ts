/**
 * Pictures of the real window for the README: every tab in both themes, of a project with a finished run, as
 * `npm run demo` leaves it, and with a search of each kind where the pictures of their tabs are to show one. By name
 * also what needs a run of its kind: `guesses` and a `confirmed` one (a semi-weak run, videos without a moment),
 * `attention` (an evaluated `spatial-attention`); and of pages `report`, the newest of an evaluated run, and `comparison`.
 *
 *   npm run pictures -- <project> [<name>...]
 */
import { globSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.ts';
import { buildApp, startApp } from '../test/support/electron-harness/start-app.ts';

const IMAGES = fileURLToPath(new URL('../docs/images', import.meta.url));
const TABS = ['library', 'label', 'train', 'inspect', 'pooling', 'augmentation', 'settings'] as const;
const THEMES = ['light', 'dark'] as const;
const SIZE = { width: 1280, height: 800 };
/** An expression, for every class is there once a person: neutral comes first. */
const CHOSEN = 1;
/** Of the videos that labelling would teach most; the first are those that are guessed wrong. */
const GUESSED = 5;
/** Until the first pictures of a tab are there. */
const SETTLE_MS = 2500;

async function showTab(page: Page, tab: string): Promise<void> {
  await page.getByRole('tab', { name: tab, exact: false }).first().click();
  const videos = page.getByRole('listbox', { name: 'Videos' });
  if (tab === 'library') await page.getByRole('radio', { name: 'Grid' }).check({ force: true });
  if (tab === 'library' || tab === 'label' || tab === 'inspect') await videos.getByRole('option').nth(CHOSEN).click();
  await page.waitForTimeout(SETTLE_MS);
  const learned = page.getByRole('option', { name: 'learned' });
  if (tab === 'augmentation' && (await learned.count()) > 0) await learned.first().click();
  await page.waitForTimeout(SETTLE_MS);
}

async function showGuesses(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'label' }).click();
  await page.getByRole('combobox', { name: /^Show/ }).selectOption('teach');
  await page.getByRole('listbox', { name: 'Videos' }).getByRole('option').nth(GUESSED).click();
  await page.locator('video').waitFor();
  await page.waitForTimeout(SETTLE_MS);
}

async function confirmGuess(page: Page): Promise<void> {
  await showGuesses(page);
  await page.keyboard.press('y');
  await page.getByText('Moment: frames').first().waitFor();
}

async function showAttention(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'inspect' }).click();
  const runs = page.getByRole('combobox', { name: /^Run/ });
  const run = await runs.locator('option', { hasText: 'attention' }).first().getAttribute('value');
  await runs.selectOption(run);
  await page.getByRole('listbox', { name: 'Videos' }).getByRole('option').nth(CHOSEN).click();
  await page.waitForTimeout(SETTLE_MS);
  await page.keyboard.press('a');
  await page.getByRole('img', { name: /Where the network looks/ }).waitFor();
  await page.getByText('Attention: done.').waitFor({ state: 'detached' });
}

const SHOWN: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  ...Object.fromEntries(TABS.map((tab) => [tab, (page: Page) => showTab(page, tab)])),
  guesses: showGuesses,
  confirmed: confirmGuess,
  attention: showAttention,
};

async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(SETTLE_MS / 5);
    await page.screenshot({ path: path.join(IMAGES, `${name}-${colorScheme}.png`), fullPage });
  }
}

async function pictureWindow(project: string, names: readonly string[]): Promise<void> {
  buildApp();
  const app = await startApp({ args: [project] });
  try {
    await app.page.setViewportSize(SIZE);
    await app.page.getByRole('listbox', { name: 'Videos' }).waitFor();
    for (const name of names) {
      await SHOWN[name]!(app.page);
      await picture(app.page, `window-${name}`);
    }
  } finally {
    await app.close();
  }
}

async function pictureReport(page: Page): Promise<void> {
  await page.setViewportSize({ width: SIZE.width, height: 1180 });
  await page.screenshot({ path: path.join(IMAGES, 'report-figures.png') });
  await page.setViewportSize({ width: SIZE.width, height: 860 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('#videos-title + *').evaluate((filters) => filters.scrollIntoView());
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: path.join(IMAGES, 'report-videos.png') });
}

/** Pages that commands write, by where they lie in a project. */
const PAGES: Readonly<Record<string, { files: string; take: (page: Page) => Promise<void> }>> = {
  report: { files: 'runs/*/report.html', take: pictureReport },
  comparison: { files: 'comparisons/*/report.html', take: (page) => picture(page, 'comparison', true) },
};

async function picturePage(project: string, name: string): Promise<void> {
  const { files, take } = PAGES[name]!;
  const found = globSync(path.join(project, files));
  const newest = found.toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (newest === undefined) throw new Error(`'${project}' holds no ${files}: evaluate a run, or compare runs first.`);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: SIZE });
    await page.goto(pathToFileURL(newest).href);
    await take(page);
  } finally {
    await browser.close();
  }
}

const [folder, ...asked] = process.argv.slice(2);
if (folder === undefined) throw new Error('npm run pictures -- <project>: the folder of a project is missing.');
const known = [...Object.keys(SHOWN), ...Object.keys(PAGES)];
const unknown = asked.find((name) => !known.includes(name));
if (unknown !== undefined) throw new Error(`No picture is called '${unknown}'; there are ${known.join(', ')}.`);
const project = path.resolve(folder);
const ofWindow = asked.length > 0 ? asked.filter((name) => name in SHOWN) : TABS;
if (ofWindow.length > 0) await pictureWindow(project, ofWindow);
for (const name of asked.filter((each) => each in PAGES)) await picturePage(project, name);
