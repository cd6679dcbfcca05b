/** Starts the built program through the harness and gives a test its page. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { HarnessReport } from './report.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const REGISTER = new URL('./register.ts', import.meta.url).href;
const MAIN = path.join(ROOT, 'out/main/main.js');
const STAMP = path.join(ROOT, 'out', 'built-from');
const LONGEST_BUILD_MS = 120_000;
const SOURCES = ['src-main', 'src-renderer', 'models', 'electron.config.ts', 'vite.cli.config.ts', 'package.json'];

/**
 * Builds the program into `out/`, unless it is built from what is there now. Test files that run side by side wait for
 * the one that builds.
 */
export function buildApp(): void {
  const lock = path.join(ROOT, 'node_modules', '.building-app');
  while (!taken(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  try {
    const newest = String(Math.max(...SOURCES.map((source) => newestChange(path.join(ROOT, source)))));
    if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === newest) return;
    build();
    writeFileSync(STAMP, newest);
  } finally {
    rmSync(lock, { recursive: true });
  }
}

/** A lock that is older than any build belongs to a process that was killed. */
function taken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > LONGEST_BUILD_MS) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

function build(): void {
  const args = ['build', '-c', 'electron.config.ts', '--logLevel', 'warn'];
  const options = { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32' } as const;
  const { status, stderr, stdout } = spawnSync('electron-vite', args, options);
  if (status !== 0) throw new Error(`electron-vite build failed:\n${stdout}${stderr}`);
}

function newestChange(place: string): number {
  const facts = statSync(place);
  if (!facts.isDirectory()) return facts.mtimeMs;
  return Math.max(...readdirSync(place).map((name) => newestChange(path.join(place, name))), 0);
}

/** Arguments for Node that start the program through the harness. */
export function harnessArgs(main = MAIN): string[] {
  return ['--import', REGISTER, main];
}

export type AppOptions = {
  /** Folder of what the program remembers of its user; a new one by default, removed at the end. */
  userDir?: string;
  /** The main bundle; default `out/main/main.js`, to be built before by {@link buildApp}. */
  main?: string;
  args?: readonly string[];
};

export type RunningApp = {
  page: Page;
  process: ChildProcess;
  /** Ids of the processes that the program started, by name, newest last. */
  pids: (name: 'project-process' | 'compute-process') => number[];
  /** What the next dialog of the system gives; several places one a line. */
  answerDialog: (places: string) => Promise<void>;
  /** Messages of the page's console and its uncaught errors. */
  complaints: string[];
  /** Closes the program as its user would; resolves when it has ended. */
  close(): Promise<void>;
};

/** Opens the program; resolves when its page is loaded. */
export async function startApp({ userDir, main = MAIN, args = [] }: AppOptions = {}): Promise<RunningApp> {
  const dataDir = userDir ?? mkdtempSync(path.join(os.tmpdir(), 'apexscope-user-'));
  const env = { ...process.env, APEXSCOPE_USER_DATA: dataDir, APEXSCOPE_DOCUMENTS: dataDir };
  const child = spawn(process.execPath, [...harnessArgs(main), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const started: { process: string; pid: number | undefined }[] = [];
  const devtools = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the program ended with ${code} before its page was there`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as HarnessReport;
      if ('devtools' in message) resolve(message.devtools);
      else started.push(message);
    });
  });
  const browser = await chromium.connectOverCDP(devtools);
  const page = browser.contexts()[0]!.pages()[0]!;
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  return {
    page,
    process: child,
    pids: (name) => started.flatMap(({ process: of, pid }) => (of === name && pid !== undefined ? [pid] : [])),
    answerDialog: (places) => {
      page.once('dialog', (dialog) => void dialog.accept(places));
      return Promise.resolve();
    },
    complaints,
    close: () => closeApp(child, browser, () => userDir ?? rmSync(dataDir, { recursive: true, force: true })),
  };
}

async function closeApp(child: ChildProcess, browser: Browser, cleanUp: () => void): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  await browser.close();
  cleanUp();
}
