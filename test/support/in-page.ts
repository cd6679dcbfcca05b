import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

/** Runs a script of `test/e2e/in-page/` in a page. */
export async function runInPage(page: Page, script: string, argument?: unknown): Promise<unknown> {
  const source = await readFile(new URL(`../e2e/in-page/${script}.js`, import.meta.url), 'utf8');
  const expression = source.slice(source.indexOf('async')).trim().replace(/;$/, '');
  return page.evaluate(`(${expression})(${JSON.stringify(argument)})`);
}
