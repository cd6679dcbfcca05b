import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { licences } from './build/licences.ts';
import { chromiumLaunchOptions, chromiumMissing } from './test/support/chromium.ts';

/** Of the processes and threads that tests start, which would compile the same sources each. */
const NODE_COMPILE_CACHE = path.join(import.meta.dirname, 'node_modules/.cache/compiled');

const inNode = {
  // No test measures a GPU of this machine, or reads what others have measured, unless it says so.
  env: { APEXSCOPE_TUNING: 'off', NODE_COMPILE_CACHE },
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

/** Many files to a process: loading the sources and TensorFlow.js for each would take a tenth of the whole time. */
const node = {
  test: {
    name: 'node',
    ...inNode,
    isolate: false,
    include: ['test/**/*.test.ts'],
    exclude: ['test/ui/**', 'test/**/*.alone.test.ts'],
  },
};

/** Tests that replace modules, or what a process looks up only once: each file has a process of its own. */
const alone = { test: { name: 'alone', ...inNode, include: ['test/**/*.alone.test.ts'] } };

/** Components in a real Chromium. Where it cannot run, the whole project is left out, and said so. */
const ui = async () => ({
  plugins: [svelte({ configFile: false }), licences(import.meta.dirname)],
  test: {
    name: 'ui',
    include: ['test/ui/**/*.test.ts'],
    // Why: beside a busy engine test a window can take seconds to draw; the defaults are one second and fifteen.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 90_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: await chromiumLaunchOptions() }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
});

const missing = chromiumMissing();
if (missing !== null) process.stderr.write(`Tests of components (test/ui) are skipped: ${missing}\n`);

export default defineConfig({
  test: { maxWorkers: 2, projects: missing === null ? [node, alone, await ui()] : [node, alone] },
});
