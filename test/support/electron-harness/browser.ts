import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext, LaunchOptions, Page } from 'playwright-core';
import { chromiumLaunchOptions } from '../chromium.ts';

const BROWSERS = ['chromium', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

export type HarnessBrowser = { context: BrowserContext; page: Page; devtools: string };

/** A browser with one page; shown on the screen with `APEXSCOPE_SHOW=1`, else without a head. */
export async function openBrowser(): Promise<HarnessBrowser> {
  const port = await freePort();
  const shown = process.env['APEXSCOPE_SHOW'] === '1';
  const options = shown ? shownBrowser() : await chromiumLaunchOptions();
  // Why: the name of no folder stands for a new one, which goes with the browser.
  const context = await chromium.launchPersistentContext('', {
    ...options,
    args: [...(options.args ?? []), `--remote-debugging-port=${port}`],
    viewport: shown ? null : { width: 1440, height: 900 },
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return { context, page, devtools: `http://127.0.0.1:${port}` };
}

/** A browser of this machine with a window. */
function shownBrowser(): LaunchOptions {
  const named = process.env['CHROMIUM_PATH'];
  const found = named ?? BROWSERS.find(runs);
  if (found === undefined && process.platform === 'linux')
    throw new Error('No Chromium or Chrome is on PATH: install one, or name it in CHROMIUM_PATH.');
  const place: LaunchOptions = found === undefined ? { channel: 'chrome' } : { executablePath: which(found) };
  return { ...place, headless: false };
}

function runs(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function which(name: string): string {
  if (path.isAbsolute(name)) return name;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return execFileSync('sh', ['-c', 'command -v "$0"', name], { env: { PATH: folders.join(path.delimiter) } })
    .toString()
    .trim();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
