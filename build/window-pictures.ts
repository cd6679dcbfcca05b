/**
 * Pictures of the real window for the README: every tab in both themes, of a project with a finished run, as
 * `npm run demo` leaves it, and with a search of each kind where the pictures of their tabs are to show one.
 *
 *   npm run pictures -- <project>
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { buildApp, startApp } from '../test/support/electron-harness/start-app.ts';

const IMAGES = fileURLToPath(new URL('../docs/images', import.meta.url));
const TABS = ['library', 'label', 'train', 'inspect', 'pooling', 'augmentation', 'settings'] as const;
const THEMES = ['light', 'dark'] as const;
const SIZE = { width: 1280, height: 800 };
/** An expression, for every class is there once a person: neutral comes first. */
const CHOSEN = 1;
/** Until the first pictures of a tab are there. */
const SETTLE_MS = 2500;

async function showTab(page: Page, tab: (typeof TABS)[number]): Promise<void> {
  await page.getByRole('tab', { name: tab, exact: false }).first().click();
  const videos = page.getByRole('listbox', { name: 'Videos' });
  if (tab === 'library') await page.getByRole('radio', { name: 'Grid' }).check({ force: true });
  if (tab === 'library' || tab === 'label' || tab === 'inspect') await videos.getByRole('option').nth(CHOSEN).click();
  await page.waitForTimeout(SETTLE_MS);
}

const project = process.argv[2];
if (project === undefined) throw new Error('npm run pictures -- <project>: the folder of a project is missing.');
buildApp();
const app = await startApp({ args: [path.resolve(project)] });
try {
  await app.page.setViewportSize(SIZE);
  await app.page.getByRole('listbox', { name: 'Videos' }).waitFor();
  for (const tab of TABS) {
    await showTab(app.page, tab);
    for (const colorScheme of THEMES) {
      await app.page.emulateMedia({ colorScheme });
      await app.page.waitForTimeout(SETTLE_MS / 5);
      await app.page.screenshot({ path: path.join(IMAGES, `window-${tab}-${colorScheme}.png`) });
    }
  }
} finally {
  await app.close();
}
