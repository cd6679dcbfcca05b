/**
 * The Library with 10,000 videos, in the built program through the harness: first paint, frames while scrolling, and
 * keystrokes of the search, idle and while a job computes. `node bench/library-10000.ts [--save] [--count N] [--project DIR]`
 */
import { link, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import type { SplitName } from '../src-main/contract/records.ts';
import { openApp } from '../src-main/service/app.ts';
import { openProject } from '../src-main/store/project.ts';
import type { NewVideo } from '../src-main/store/project.ts';
import { callFromPage } from '../test/support/electron-harness/page-call.ts';
import { buildApp, startApp } from '../test/support/electron-harness/start-app.ts';
import { publishResult } from './save-result.ts';

const LABELS = ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise'];
const SETS: readonly (SplitName | null)[] = ['train', 'train', 'val', 'test', null];
const PEOPLE = 200;
const SCROLL_MS = 4000;

const { values: options } = parseArgs({
  options: {
    save: { type: 'boolean', default: false },
    count: { type: 'string', default: '10000' },
    /** A project that is there already, instead of making one. */
    project: { type: 'string' },
  },
});

/** A project of `count` videos which are links to one sample video, with a crop pack each. */
async function makeProject(folder: string, count: number): Promise<string> {
  const api = openApp();
  const sample = await api.sample({ dir: path.join(folder, 'videos'), seed: 1, people: 2, perClass: 1 }, {});
  const dir = path.join(folder, 'project');
  await api.importVideos({ source: sample.dir, project: dir, layout: 'auto', faces: 'auto', fold: 1 }, {});
  await api.prepare({ project: dir, cropSize: 64, persons: [] }, {});
  using project = openProject(dir);
  const known = project.listVideos();
  const media = known.map(({ id }) => project.mediaPath(id));
  const packs = await readdir(project.cropsDir);
  const more: NewVideo[] = [];
  for (let i = 0; i < count - known.length; i++) {
    const of = i % known.length;
    const { kind, performance, moment, attributes, sizeBytes, media: facts, faces } = known[of]!;
    const contentHash = (i + 1).toString(16).padStart(64, '0').split('').reverse().join('');
    const absolutePath = path.join(folder, 'videos', `clip-${i}.mp4`);
    await link(media[of]!, absolutePath);
    await link(
      path.join(project.cropsDir, packs[of % packs.length]!),
      path.join(project.cropsDir, `${contentHash.slice(0, 16)}.crops`),
    );
    const said = { label: LABELS[i % LABELS.length]!, subject: `person-${i % PEOPLE}`, declaredSplit: SETS[i % 5]! };
    const { timesSec } = project.frameIndex(known[of]!.id);
    const video = { kind, performance, moment, attributes, sizeBytes, media: facts, faces, timesSec };
    more.push({ ...video, ...said, contentHash, absolutePath });
  }
  project.addVideos(more);
  return dir;
}

/** What the functions that run in the page find there. */
type PageGlobals = {
  document: { querySelector(selector: string): { scrollTop: number } | null };
  requestAnimationFrame(callback: () => void): void;
};

/** From asking for the project until the first lines of its table have been painted, milliseconds. */
async function firstPaint(page: Page, dir: string): Promise<number> {
  await callFromPage(page, 'app.closeProject', {});
  await page.getByRole('button', { name: 'Open a project' }).waitFor();
  const painted = page.evaluate(async () => {
    const { document, requestAnimationFrame } = globalThis as unknown as PageGlobals;
    const started = performance.now();
    const frame = () => new Promise<void>((resolve) => requestAnimationFrame(resolve));
    while (document.querySelector('[role=listbox] [role=option]') === null) await frame();
    await frame();
    return performance.now() - started;
  });
  await callFromPage(page, 'app.openProject', { dir });
  return painted;
}

/** Times between frames while the list is scrolled without pause, milliseconds. */
function scrollFrames(page: Page): Promise<number[]> {
  return page.evaluate(async (lastingMs) => {
    const { document, requestAnimationFrame } = globalThis as unknown as PageGlobals;
    const list = document.querySelector('[role=listbox]')!;
    const frames: number[] = [];
    const start = performance.now();
    let last = start;
    while (last - start < lastingMs) {
      list.scrollTop += 130;
      const now = await new Promise<number>((resolve) => requestAnimationFrame(() => resolve(performance.now())));
      frames.push(now - last);
      last = now;
    }
    list.scrollTop = 0;
    return frames;
  }, SCROLL_MS);
}

/** From a keystroke in the search until the frame after it, milliseconds, for each letter. */
async function keystrokes(page: Page): Promise<number[]> {
  const field = page.getByRole('textbox', { name: 'Find videos' });
  const times: number[] = [];
  for (const end of [1, 2, 3, 4, 5, 6, 7]) {
    const text = 'anger 7'.slice(0, end);
    times.push(
      await field.evaluate(async (element, value) => {
        const { requestAnimationFrame } = globalThis as unknown as PageGlobals;
        const started = performance.now();
        Object.assign(element, { value }).dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        return performance.now() - started;
      }, text),
    );
  }
  await field.fill('');
  return times;
}

function summary(times: readonly number[]): { n: number; median: number; p95: number; longest: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round(10 * sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!) / 10;
  return { n: sorted.length, median: at(0.5), p95: at(0.95), longest: at(1) };
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'apexscope-library-'));
try {
  const videos = Number(options.count);
  const dir = options.project ?? (await makeProject(folder, videos));
  buildApp();
  const app = await startApp({ args: [dir] });
  try {
    const { page } = app;
    await page.getByRole('listbox', { name: 'Videos' }).waitFor({ timeout: 60_000 });
    const firstPaintMs = summary([
      await firstPaint(page, dir),
      await firstPaint(page, dir),
      await firstPaint(page, dir),
    ]);
    await page.waitForTimeout(20_000);
    const idle = { scrollFrameMs: summary(await scrollFrames(page)), keystrokeMs: summary(await keystrokes(page)) };
    await callFromPage(page, 'jobs.start', { kind: 'doctor', engine: 'wasm' });
    const busy = { scrollFrameMs: summary(await scrollFrames(page)), keystrokeMs: summary(await keystrokes(page)) };
    await publishResult('library-10000', { videos, firstPaintMs, idle, whileAJobComputes: busy }, options.save);
  } finally {
    await app.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
