/** The Label tab of the built program: ten videos by keyboard, frames that are what their number says, and axe. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFrames } from '../../src-main/media/decode.ts';
import type { Project } from '../../src-main/store/project.ts';
import { openProject } from '../../src-main/store/project.ts';
import { seriousFindings } from '../support/axe.ts';
import { chromiumMissing } from '../support/chromium.ts';
import { runCliJson } from '../support/cli.ts';
import { callFromPage } from '../support/electron-harness/page-call.ts';
import { buildApp, startApp } from '../support/electron-harness/start-app.ts';
import type { RunningApp } from '../support/electron-harness/start-app.ts';
import { runInPage } from '../support/in-page.ts';
import { CODE, readCode, writeCodedVideo } from '../support/media-fixtures.ts';
import type { CodedVideo } from '../support/media-fixtures.ts';
import { until } from '../support/until.ts';

const missing = chromiumMissing();
const PLAIN: CodedVideo = { frames: 40, options: ['-g', '12', '-bf', '2'] };
/** Frames 20 to 90 ms apart. */
const UNEVEN = Array.from({ length: 40 }, (_, i) => 40 * i + [0, 10, -15, 25, -8][i % 5]! + 20);
const VIDEOS: Record<string, CodedVideo> = {
  ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`anger/a${i}.mp4`, { ...PLAIN, frames: 30 + i }])),
  'joy/uneven.mp4': { timesMs: UNEVEN, options: ['-g', '12'] },
  'joy/slowing.mp4': { timesMs: Array.from({ length: 40 }, (_, i) => (i < 20 ? 40 * i : 800 + 90 * (i - 20))) },
  'joy/ntsc.mkv': { frames: 45, rate: '30000/1001', options: ['-c:v', 'libx264', '-bf', '2'] },
  'joy/late.mkv': { frames: 30, options: ['-c:v', 'libx264', '-output_ts_offset', '0.7'] },
  'joy/early.mp4': { frames: 30, options: ['-bf', '2', '-output_ts_offset', '-0.2'] },
  'joy/old.flv': { frames: 50, options: ['-c:v', 'flv', '-q:v', '2'] },
};

let folder: string;
let project: string;
let app: RunningApp;

const inProject = <T>(work: (stored: Project) => T): T => {
  using stored = openProject(project);
  return work(stored);
};

const heading = (name: string) => app.page.getByRole('heading', { name, exact: true });

/** The number in the picture that the player shows, once it says that it shows a frame and the picture stands still. */
async function shownNumber(frame: number): Promise<number> {
  let before = '';
  const look = async () => {
    const found = (await runInPage(app.page, 'shown-cells', CODE)) as { cells: number[]; said: number };
    const isStill = JSON.stringify(found) === before;
    before = JSON.stringify(found);
    return { ...found, isStill };
  };
  const { cells } = await until(look, ({ said, isStill }) => said === frame && isStill);
  return cells.reduce((number, brightness, cell) => number + (brightness > 127 ? 2 ** cell : 0), 0);
}

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await app.page.keyboard.press(key);
}

async function open(name: string): Promise<void> {
  await app.page.getByRole('option', { name }).click();
  await heading(name).waitFor();
  const { id } = entries(name);
  const ready = `(document.querySelector('video')?.src.endsWith('${id}') && document.querySelector('video').readyState === 4) || document.querySelector('.none') !== null`;
  await until(
    () => app.page.evaluate(ready),
    (isReady) => isReady === true,
  );
}

/** The file of uneven.mp4 ends in Chromium before its last frames. */
async function makeCopyIfAsked(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 200));
  const button = app.page.getByRole('button', { name: 'Make a copy that plays' });
  if (!(await button.isVisible())) return;
  await button.click();
  await app.page.getByText('proxy', { exact: true }).waitFor();
  await until(
    () => app.page.evaluate(`document.querySelector('video')?.readyState`),
    (state) => state === 4,
  );
}

/** The number in each picture, in the order in which training decodes them. */
async function decodedNumbers(name: string): Promise<number[]> {
  const source = inProject((stored) => {
    const { id } = entries(name);
    const { kind, media } = stored.video(id);
    return { path: stored.mediaPath(id), kind, media, index: stored.frameIndex(id) };
  });
  const numbers: number[] = [];
  for await (const { rgb, width, height } of decodeFrames(source)) numbers.push(readCode(rgb, width, height));
  return numbers;
}

const entries = (name: string) =>
  inProject((stored) => {
    const { id } = stored.listVideos().find(({ path: place }) => place.endsWith(name))!;
    return { id, journal: stored.labelHistory(id).filter(({ source }) => source === 'person') };
  });

const title = `labelling${missing === null ? '' : ` (skipped: ${missing})`}`;

describe.skipIf(missing !== null)(title, { timeout: 300_000 }, () => {
  beforeAll(async () => {
    buildApp();
    folder = await mkdtemp(path.join(os.tmpdir(), 'apexscope-label-'));
    project = path.join(folder, 'project');
    for (const name of ['anger', 'joy']) await mkdir(path.join(folder, 'videos', name), { recursive: true });
    for (const [name, video] of Object.entries(VIDEOS)) await writeCodedVideo(path.join(folder, 'videos', name), video);
    await runCliJson(['import', path.join(folder, 'videos'), '--project', project]);
    inProject((stored) =>
      stored.labels.add(
        stored.listVideos().map(({ id }) => ({ videoId: id, who: 'Ada', source: 'person' as const, label: null })),
      ),
    );
    app = await startApp({ userDir: path.join(folder, 'user') });
    await app.answerDialog(project);
    await app.page.getByText('Apexscope').first().waitFor();
    await callFromPage(app.page, 'app.chooseFolder', { title: 'Where?' });
    await callFromPage(app.page, 'app.openProject', { dir: project });
    await app.page.getByRole('tab', { name: 'Label' }).waitFor();
    await press('Control+2');
    await heading('a0.mp4').waitFor();
  }, 120_000);

  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('takes ten videos by their digits alone, one after the other', async () => {
    for (let i = 0; i < 10; i++) {
      await heading(`a${i}.mp4`).waitFor();
      await press(String((i % 7) + 1));
    }
    const names = ['anger', 'disgust', 'fear', 'happiness', 'sadness', 'surprise', 'neutral'];
    const labels = () =>
      inProject((stored) =>
        stored
          .listVideos()
          .slice(0, 10)
          .map(({ label }) => label),
      );
    expect(await until(labels, (found) => !found.includes(null))).toEqual(
      Array.from({ length: 10 }, (_, i) => names[i % 7]),
    );
    expect(entries('a3.mp4').journal.at(-1)).toMatchObject({ who: 'Rater 1', label: 'happiness', holds: true });
  });

  it('undoes the last label and shows its video again, and does it again', async () => {
    await press('Control+z');
    await heading('a9.mp4').waitFor();
    await until(
      () => entries('a9.mp4').journal.at(-1),
      (last) => last?.withdrawn === true,
    );
    await app.page.getByText('no label').first().waitFor();
    await press('Control+Shift+z');
    const last = await until(
      () => entries('a9.mp4').journal.at(-1),
      (found) => found?.withdrawn === false,
    );
    expect(last).toMatchObject({ label: 'fear', withdrawn: false });
  });

  it.each(['a4.mp4', 'slowing.mp4', 'ntsc.mkv', 'late.mkv', 'early.mp4', 'uneven.mp4'])(
    '%s: shows the picture that training gets for each frame',
    async (name) => {
      const pictures = await decodedNumbers(name);
      await open(name);
      await makeCopyIfAsked();
      await press('Home');
      for (const frame of [0, 1, 2, 3]) {
        expect(await shownNumber(frame)).toBe(pictures[frame]);
        await press('ArrowRight');
      }
      await press('End');
      const last = pictures.length - 1;
      for (const frame of [last, last - 1, last - 2]) {
        expect(await shownNumber(frame)).toBe(pictures[frame]);
        await press('ArrowLeft');
      }
      await press(...Array<string>(9).fill('ArrowLeft'));
      expect(await shownNumber(last - 12)).toBe(pictures[last - 12]);
    },
  );

  it('marks a moment by frames, and moves its edges by one', async () => {
    await open('uneven.mp4');
    await press('Home', ...Array<string>(5).fill('ArrowRight'), 'i');
    await press(...Array<string>(4).fill('ArrowRight'), 'o', 'Alt+ArrowRight', 'Alt+Shift+ArrowRight');
    const { id } = entries('uneven.mp4');
    const { timesSec } = inProject((stored) => stored.frameIndex(id));
    const last = await until(
      () => entries('uneven.mp4').journal.at(-1),
      (found) => found?.moment != null,
    );
    expect(last?.moment).toEqual({ startSec: timesSec[6], endSec: timesSec[11] });
  });

  it('an FLV gets a copy with the same frames, marked as such', async () => {
    await open('old.flv');
    await makeCopyIfAsked();
    await app.page.getByText('proxy', { exact: true }).waitFor();
    await press('Home');
    expect(await shownNumber(0)).toBe(0);
    await press(...Array<string>(7).fill('ArrowRight'));
    expect(await shownNumber(7)).toBe(7);
    await press('End');
    expect(await shownNumber(49)).toBe(49);
  });

  it('blind, shows nothing of what others said, and gives an opinion', async () => {
    await open('a0.mp4');
    await press('b');
    await app.page
      .getByText('0 of 16 labelled by you')
      .waitFor({ timeout: 1000 })
      .catch(() => undefined);
    await open('ntsc.mkv');
    await press('2');
    const last = await until(
      () => entries('ntsc.mkv').journal.at(-1),
      (found) => found?.label === 'disgust',
    );
    expect(last).toMatchObject({ who: 'Rater 1', holds: false });
    expect(inProject((stored) => stored.video(entries('ntsc.mkv').id).label)).toBeNull();
    await press('b');
  });

  it.each(['light', 'dark'] as const)('%s: axe finds nothing serious', async (theme) => {
    await app.page.emulateMedia({ colorScheme: theme });
    expect(await seriousFindings(app.page)).toEqual([]);
  });

  it('breaks no rule of the content policy', () => {
    expect(app.complaints.filter((text) => !text.includes('axe'))).toEqual([]);
  });
});
