/**
 * The first day of a user in the built program: sample project, import, labels, a run, the moment that decided, exports,
 * and a video that is dropped in. All by keyboard but the drop. In Electron too, where there is one.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaTools } from '../../src-main/media/binaries.ts';
import { encodeVideo } from '../../src-main/media/encode.ts';
import { planSample, SAMPLE_FPS } from '../../src-main/sample/plan-sample.ts';
import { renderClip, SAMPLE_SIZE } from '../../src-main/sample/render-clip.ts';
import { openProject } from '../../src-main/store/project.ts';
import { seriousFindings } from '../support/axe.ts';
import { chromiumMissing } from '../support/chromium.ts';
import { buildApp, startApp } from '../support/electron-harness/start-app.ts';
import type { RunningApp } from '../support/electron-harness/start-app.ts';
import { callFromPage } from '../support/electron-harness/page-call.ts';
import { runInPage } from '../support/in-page.ts';
import { CODE, writeCodedVideo } from '../support/media-fixtures.ts';
import { electronMissing, startElectron } from '../support/real-electron.ts';
import { until } from '../support/until.ts';

/** On a machine that does other things, a job can take minutes. */
const PATIENT = { timeout: 300_000 };
const SAMPLE_VIDEOS = 28;
const NEW_VIDEOS = 10;
const NEW_FRAMES = 30;
const places = [
  { where: 'a Chromium through the harness', missing: chromiumMissing(), start: startApp },
  { where: 'Electron', missing: electronMissing(), start: startElectron },
];

describe.each(places)('the main path in $where', ({ missing, start }) => {
  describe.skipIf(missing !== null)(missing === null ? 'all of it' : `skipped: ${missing}`, () => {
    let folder: string;
    let project: string;
    let app: Omit<RunningApp, 'pids'>;

    beforeAll(async () => {
      buildApp();
      folder = await mkdtemp(path.join(os.tmpdir(), 'apexscope-day-'));
      await unlabelledVideos(path.join(folder, 'more'));
      app = await start({ userDir: path.join(folder, 'user') });
      app.page.setDefaultTimeout(PATIENT.timeout);
    }, PATIENT.timeout);

    afterAll(async () => {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    });

    const press = async (...keys: string[]) => {
      for (const key of keys) await app.page.keyboard.press(key);
    };
    const heading = (name: string | RegExp) => app.page.getByRole('heading', { name });

    /** Presses Tab until the focus is where it should be. */
    async function tabTo(goal: Locator): Promise<void> {
      await goal.waitFor({ state: 'attached' });
      for (let pressed = 0; pressed < 150; pressed++) {
        if (await goal.evaluate((element) => element.ownerDocument.activeElement === element)) return;
        await press('Tab');
      }
      throw new Error(`The keyboard does not get to ${goal.toString()}.`);
    }

    async function command(words: string): Promise<void> {
      await press('Control+k');
      await app.page.getByRole('dialog').getByRole('combobox').fill(words);
      await press('Enter');
    }

    const isAccessible = async () => expect(await seriousFindings(app.page)).toEqual([]);

    it(
      'begins with a small sample project',
      async () => {
        await app.page.getByRole('button', { name: 'Try the sample project' }).waitFor();
        await isAccessible();
        await press('Shift+S');
        await app.page.getByRole('progressbar').first().waitFor();
        await app.page.getByRole('tab', { name: 'Library' }).waitFor();
        await app.page.getByText(`${SAMPLE_VIDEOS} videos`).first().waitFor();
        const { sampleDir } = await callFromPage(app.page, 'app.info', {});
        project = path.join(sampleDir, 'small', 'project');
        await isAccessible();
      },
      PATIENT.timeout,
    );

    it(
      'imports a list of videos without labels after a look at it, and finds their faces',
      async () => {
        await app.answerDialog(path.join(folder, 'more'));
        await press('Control+i');
        const begin = app.page.getByRole('button', { name: `Import ${NEW_VIDEOS} videos` });
        await tabTo(begin);
        await press('Enter');
        await app.page
          .getByText(`${SAMPLE_VIDEOS + NEW_VIDEOS} videos`)
          .first()
          .waitFor();
        const jobs = () => callFromPage(app.page, 'jobs.list', {});
        await until(jobs, (list) => list.every(({ endedAt }) => endedAt !== null), PATIENT.timeout);
        expect((await jobs()).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
          'sample-project done',
          'import done',
          'prepare done',
        ]);
      },
      PATIENT.timeout,
    );

    it(
      'labels ten videos, one digit each',
      async () => {
        await press('Control+2');
        for (let i = 0; i < NEW_VIDEOS; i++) {
          await heading(`new-${i}.mp4`).waitFor();
          await press(String((i % 7) + 1));
        }
        await app.page.getByText('Every video has a label.').first().waitFor();
        const labels = () => {
          using stored = openProject(project);
          const videos = stored.listVideos().filter(({ path: place }) => place.includes('new-'));
          return videos.map(({ label }) => label);
        };
        expect(await until(labels, (said) => !said.includes(null))).toHaveLength(NEW_VIDEOS);
        await isAccessible();
      },
      PATIENT.timeout,
    );

    it(
      'trains a short run, live',
      async () => {
        await press('Control+3');
        await tabTo(app.page.getByRole('spinbutton', { name: 'Most epochs' }));
        await app.page.keyboard.type('3');
        await tabTo(app.page.getByRole('spinbutton', { name: 'Warm-up epochs' }));
        await app.page.keyboard.type('1');
        await tabTo(app.page.getByRole('spinbutton', { name: 'Exploration epochs' }));
        await app.page.keyboard.type('1');
        await press('Tab', 'Control+Enter');
        await heading('run-1').waitFor();
        const evaluate = app.page.getByRole('button', { name: 'Evaluate on test' });
        await evaluate.waitFor();
        await isAccessible();
        await tabTo(evaluate);
        await press('Enter');
        await tabTo(app.page.getByRole('button', { name: 'Inspect', exact: true }));
        await press('Enter');
      },
      PATIENT.timeout,
    );

    const decision = () => app.page.getByRole('region', { name: 'Decision' });

    it(
      'shows the moment that decided, and what the γ lens makes of it',
      async () => {
        await decision().getByText('Decided most by').waitFor();
        const lens = app.page.getByRole('slider', { name: /γ, from average/ });
        const before = await lens.getAttribute('aria-valuetext');
        await press('[', '[', '[');
        await app.page.getByText(/would flip/).waitFor();
        expect(await lens.getAttribute('aria-valuetext')).not.toBe(before);
        await press('g');
        await app.page.getByText('Slide to pool its clips differently.').waitFor();
        await isAccessible();
      },
      PATIENT.timeout,
    );

    it(
      'exports CSV with its dictionary, and ELAN',
      async () => {
        await press('Control+e');
        await command('Export for ELAN');
        const exportsDir = path.join(project, 'runs', 'run-1', 'exports');
        const files = () => readdir(exportsDir, { recursive: true }).catch(() => []);
        const written = await until(files, (all) => all.some((name) => name.endsWith('.eaf')));
        const csv = written.filter((name) => name.endsWith('.csv'));
        expect(csv.length).toBeGreaterThan(0);
        for (const name of csv)
          expect((await readFile(path.join(exportsDir, name), 'utf8')).split('\n').length).toBeGreaterThan(2);
        const elan = written.find((name) => name.endsWith('.eaf'))!;
        expect(await readFile(path.join(exportsDir, elan), 'utf8')).toContain('<ANNOTATION_DOCUMENT');
      },
      PATIENT.timeout,
    );

    it(
      'predicts a video that is dropped in, and shows the picture of each of its frames',
      async () => {
        const dropped = await lateUnevenVideo(path.join(folder, 'more', 'new-3.mp4'), path.join(folder, 'dropped.mkv'));
        await drop(dropped);
        await decision().getByText('dropped.mkv').waitFor();
        await decision().getByText('Decided most by').waitFor();
        await app.page.locator('.strip img').first().waitFor();
        await press(...Array<string>(4).fill('Shift+ArrowLeft'));
        for (const frame of [0, 1, 2, 3, 4, 5]) {
          expect(await shownNumber(frame)).toBe(frame);
          await press('ArrowRight');
        }
        await isAccessible();
      },
      PATIENT.timeout,
    );

    it.each([
      ['Pooling search', 'Control+5'],
      ['Augmentation', 'Control+6'],
      ['Settings', 'Control+7'],
    ])(
      '%s is accessible too, light and dark',
      async (name, keys) => {
        await press(keys);
        await app.page.getByRole('tab', { name, selected: true }).waitFor();
        for (const colorScheme of ['light', 'dark'] as const) {
          await app.page.emulateMedia({ colorScheme });
          await isAccessible();
        }
      },
      PATIENT.timeout,
    );

    it('breaks no rule of the content policy, and asks the network for nothing', async () => {
      expect(app.complaints.filter((text) => !text.includes('axe'))).toEqual([]);
      expect(await callFromPage(app.page, 'app.privacy', {})).toMatchObject({ refusedRequests: 0 });
    });

    async function drop(file: string): Promise<void> {
      await app.page.evaluate(
        `pathsOfFiles = { ${JSON.stringify(path.basename(file))}: ${JSON.stringify(file)} };
         document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'dropped' }))`,
      );
      await app.page.locator('#dropped').setInputFiles(file);
      await runInPage(app.page, 'drop-chosen', 'dropped');
      await app.page.evaluate(`document.getElementById('dropped').remove()`);
    }

    /** The number in the corner of the picture, once the player says that it shows a frame. */
    async function shownNumber(frame: number): Promise<number> {
      const look = async () =>
        (await runInPage(app.page, 'shown-cells', { ...CODE, corner: CODE })) as { cells: number[]; said: number };
      const { cells } = await until(look, ({ said }) => said === frame);
      return cells.reduce((number, brightness, cell) => number + (brightness > 127 ? 2 ** cell : 0), 0);
    }
  });
});

/** Short videos of people who are not in the sample project, in a list that says no label. */
async function unlabelledVideos(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const format = { width: SAMPLE_SIZE, height: SAMPLE_SIZE, fps: SAMPLE_FPS, codec: 'h264' } as const;
  for (const [i, clip] of planSample({ seed: 9, people: 2 }).slice(0, NEW_VIDEOS).entries())
    await encodeVideo(path.join(dir, `new-${i}.mp4`), format, renderClip({ ...clip, frameCount: NEW_FRAMES }));
  const rows = Array.from({ length: NEW_VIDEOS }, (_, i) => `new-${i}.mp4,,`);
  await writeFile(path.join(dir, 'labels.csv'), ['path,label,subject', ...rows].join('\n'));
}

/** A copy with the number of each frame in a corner, at an uneven rate, in a container that starts 0.7 s after 0. */
async function lateUnevenVideo(video: string, file: string): Promise<string> {
  const numbers = await writeCodedVideo(`${file}.numbers.mp4`, { frames: 400, rate: '25' });
  const { ffmpeg } = await mediaTools();
  const filter = `[0][1]overlay=0:0:shortest=1,settb=1/1000,setpts=PTS+mod(N\\,3)*11`;
  const output = ['-c:v', 'libx264', '-crf', '12', '-an', '-output_ts_offset', '0.7', file];
  await promisify(execFile)(ffmpeg.path, ['-y', '-i', video, '-i', numbers, '-filter_complex', filter, ...output]);
  return file;
}
