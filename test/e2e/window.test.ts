/** The built program with a window, through the harness: a project from import to training, break-ins, and kills. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainSummary } from '../../src-main/contract/api.ts';
import type { AppState } from '../../src-main/contract/window/app.ts';
import type { PagePort } from '../../src-main/contract/window/page-port.ts';
import { videoUrl } from '../../src-main/contract/window/media-url.ts';
import type { CallName } from '../../src-main/contract/rpc.ts';
import type { WindowApi, WindowInput, WindowOutput } from '../../src-main/contract/window/window-api.ts';
import { openProject } from '../../src-main/store/project.ts';
import { chromiumMissing } from '../support/chromium.ts';
import { runCliJson } from '../support/cli.ts';
import { callFromPage, postFromPage } from '../support/electron-harness/page-call.ts';
import { buildApp, harnessArgs, startApp } from '../support/electron-harness/start-app.ts';
import type { RunningApp } from '../support/electron-harness/start-app.ts';
import { runInPage } from '../support/in-page.ts';
import { writeCodedVideo } from '../support/media-fixtures.ts';
import { until } from '../support/until.ts';

const CLASSES = ['anger', 'joy', 'neutral'];
const SETTINGS = ['epochs=4', 'stochasticSoftmax.warmupEpochs=1', 'stochasticSoftmax.explorationEpochs=1', 'batch=1'];
const missing = chromiumMissing();

let folder: string;
let videos: string;
let project: string;
let app: RunningApp;

const call = <N extends CallName<WindowApi>>(name: N, input: WindowInput<N>): Promise<WindowOutput<N>> =>
  callFromPage(app.page, name, input);

const inPage = (script: string, argument?: unknown) => runInPage(app.page, script, argument);

async function runJob(request: WindowInput<'jobs.start'>): Promise<WindowOutput<'jobs.wait'>> {
  return call('jobs.wait', await call('jobs.start', request));
}

const job = async (id: number) => (await call('jobs.list', {})).find((one) => one.id === id)!;

/** Waits until a run has taken so many steps. */
async function progressOf(id: number, steps: number): Promise<void> {
  const state = await until(
    () => job(id),
    ({ progress, endedAt }) => endedAt !== null || (progress?.stage === 'train' && progress.done > steps),
  );
  expect(state).toMatchObject({ state: 'running', error: null });
}

async function choose(place: string): Promise<string | null> {
  await app.answerDialog(place);
  return call('app.chooseFolder', { title: 'Where?' });
}

const storedVideos = (): string[] => {
  using stored = openProject(project);
  return stored.listVideos().map(({ id }) => id);
};

const metricsOf = async (run: string) => {
  const text = await readFile(path.join(project, 'runs', run, 'metrics.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as Record<string, unknown>), seconds: 0, waitShare: 0 }));
};

/** The first state that the frame of the window is told which fulfils a condition. */
const appState = (holds: string): Promise<AppState> =>
  app.page.evaluate((condition) => {
    const { apexscope } = globalThis as unknown as {
      apexscope: PagePort;
    };
    const id = Math.floor(performance.now() * 1000) + 2_000_000;
    return new Promise<AppState>((resolve) => {
      apexscope.onMessage((message) => {
        const reply = message as { id: number; event: AppState };
        if (reply.id !== id || !JSON.stringify(reply.event).includes(condition)) return;
        apexscope.post({ kind: 'cancel', id });
        resolve(reply.event);
      });
      apexscope.post({ kind: 'open', id, name: 'app.events', input: {} });
    });
  }, holds);

const title = `the program with a window${missing === null ? '' : ` (skipped: ${missing})`}`;

describe.skipIf(missing !== null)(title, { timeout: 300_000 }, () => {
  beforeAll(async () => {
    buildApp();
    folder = await mkdtemp(path.join(os.tmpdir(), 'apexscope-window-'));
    videos = path.join(folder, 'videos');
    project = path.join(folder, 'project');
    let frames = 0;
    for (const name of CLASSES) {
      await mkdir(path.join(videos, name), { recursive: true });
      for (let i = 0; i < 6; i++)
        await writeCodedVideo(path.join(videos, name, `${name}${i}.mp4`), {
          frames: 30 + frames++,
          options: ['-g', '10'],
        });
    }
    app = await startApp({ userDir: path.join(folder, 'user') });
  }, 120_000);

  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows its page, which breaks no rule of the content policy', async () => {
    await app.page.getByText('Apexscope').first().waitFor();
    expect(app.complaints).toEqual([]);
  });

  it('says that no project is open, and opens one that the user chose', async () => {
    await expect(call('train.runs', {})).rejects.toMatchObject({
      code: 'not-found',
      message: 'No project is open.',
    });
    expect(await choose(folder)).toBe(folder);
    expect(await call('app.createProject', { dir: project })).toMatchObject({ dir: project, name: 'project' });
    expect(await call('app.recentProjects', {})).toMatchObject([{ dir: project, missing: false }]);
  });

  it('imports and prepares as jobs, one after the other', async () => {
    const prepared = call('jobs.start', { kind: 'import', source: videos, faces: 'cropped' }).then(() =>
      runJob({ kind: 'prepare' }),
    );
    expect(await prepared).toMatchObject({ kind: 'prepare', output: { prepared: 18, quarantined: [] } });
    expect(storedVideos()).toHaveLength(18);
    const jobs = await call('jobs.list', {});
    expect(jobs.map(({ kind, state }) => [kind, state])).toEqual([
      ['import', 'done'],
      ['prepare', 'done'],
    ]);
  });

  it('plays and seeks a video of the project by its id', async () => {
    const id = storedVideos()[0]!;
    const address = `/${videoUrl(id).replace('://', '/')}`;
    expect(await inPage('play-and-seek', address)).toEqual({ width: 96, height: 64, timeSec: 1 });
  });

  it('refuses what a page gone wrong would try', async () => {
    const tried = (await inPage('break-out')) as Record<string, string>;
    expect(new Set(Object.values(tried)), JSON.stringify(tried)).toEqual(new Set(['refused']));
    expect(app.page.frames().map((frame) => frame.url())).not.toContain('https://framed.example/');
    await app.page.evaluate("location.href = 'https://example.com/'");
    await app.page.evaluate("location.href = '/other.html'");
    expect(new URL(app.page.url()).pathname).toBe('/index.html');
    app.complaints.length = 0;
  });

  it('refuses foreign paths, wrong inputs and unknown names, and goes on', async () => {
    const id = storedVideos()[0]!;
    const refused: [string, unknown][] = [
      ['jobs.start', { kind: 'import', source: '/etc' }],
      ['jobs.start', { kind: 'predict', run: 'x', videos: [`${folder}/../../etc/passwd`] }],
      ['jobs.start', { kind: 'train', run: 'x', config: { initialWeights: '/etc/passwd' } }],
      ['jobs.start', { kind: 'train', run: 'x', set: ['recipe=/etc/passwd'] }],
      ['jobs.start', { kind: 'rm', dir: '/' }],
      ['jobs.start', { kind: 'sample-project', dir: '/' }],
      ['app.openProject', { dir: '/etc' }],
      ['app.showInFolder', { path: '/etc/passwd' }],
      ['label.set', { videoId: '../../etc/passwd', who: 'me', label: 'joy' }],
      ['label.set', { videoId: id, who: 'me', label: 'x'.repeat(5000) }],
      ['label.set', { videoId: id, who: 'me', label: 'joy', moment: { startSec: 2, endSec: 1 } }],
      ['label.set', { videoId: id, who: 'me', label: 'joy', __proto__x: 1 }],
      ['train.run', { run: '../../..' }],
      ['host.open', { dir: '/', create: true }],
      ['compute.run', {}],
      ['app.constructor', {}],
      ['__proto__.toString', {}],
    ];
    for (const [i, [name, input]] of refused.entries()) {
      const reply = await postFromPage(app.page, { kind: 'call', id: 3_000_000 + i, name, input });
      expect(reply, name).toMatchObject({ kind: 'failure', error: { code: 'bad-input' } });
    }
    expect(await call('label.history', { videoId: id })).toHaveLength(1);
  });

  it('brings the compute process back after kill -9 in the middle of training, to the numbers of the command line', async () => {
    const train = { kind: 'train' as const, run: 'window', set: SETTINGS, engine: 'wasm' as const };
    const { id } = await call('jobs.start', train);
    await progressOf(id, 15);
    process.kill(app.pids('compute-process').at(-1)!, 'SIGKILL');
    const asked = performance.now();
    expect(await call('train.runs', {})).toMatchObject([{ name: 'window', status: 'training' }]);
    expect(performance.now() - asked).toBeLessThan(1000);
    expect((await appState('ended unexpectedly')).computeProcess.lost).toBe(
      'The compute process ended unexpectedly and was started again.',
    );
    const outcome = await call('jobs.wait', { id });
    expect(outcome).toMatchObject({ kind: 'train', output: { run: 'window', epochs: 4 } });
    expect(await job(id)).toMatchObject({ state: 'done', restarts: 1 });
    const set = SETTINGS.flatMap((setting) => ['--set', setting]);
    const where = ['--project', project, '--engine', 'wasm'];
    await runCliJson(['train', ...where, '--run', 'terminal', ...set]);
    expect(await metricsOf('window')).toEqual(await metricsOf('terminal'));
  });

  it('answers while it trains, stops a run at a safe point, and goes on with it', async () => {
    const train = { kind: 'train' as const, run: 'stopped', set: SETTINGS, engine: 'wasm' as const };
    const { id } = await call('jobs.start', train);
    await progressOf(id, 10);
    await call('jobs.cancel', { id });
    expect(await job(id)).toMatchObject({ state: 'cancelled', error: null });
    await runJob({ ...train, resume: true });
    expect(await metricsOf('stopped')).toEqual(await metricsOf('window'));
  });

  it('saves a run when the program is closed, and goes on with it after the next start', async () => {
    const train = { kind: 'train' as const, run: 'closed', set: SETTINGS, engine: 'wasm' as const };
    await progressOf((await call('jobs.start', train)).id, 10);
    await app.close();
    expect(app.process.exitCode).toBe(0);
    app = await startApp({ userDir: path.join(folder, 'user') });
    await call('app.openProject', { dir: project });
    expect(await call('train.runs', {})).toContainEqual(expect.objectContaining({ name: 'closed', status: 'paused' }));
    const held = await until(
      () => call('jobs.list', {}),
      (jobs) => jobs.length > 0,
    );
    expect(held).toMatchObject([{ kind: 'train', subject: 'closed', state: 'held' }]);
    const { output } = await runJob({ ...train, resume: true });
    expect((output as TrainSummary).resumedFromEpoch).not.toBeNull();
    expect(await metricsOf('closed')).toEqual(await metricsOf('window'));
  });

  it('brings the project process back after kill -9, with the project open', async () => {
    process.kill(app.pids('project-process').at(-1)!, 'SIGKILL');
    await appState('The project process ended unexpectedly');
    expect((await call('train.runs', {})).map(({ name }) => name)).toContain('window');
  });

  it('gives a second start to the first window and ends', async () => {
    const args = [...harnessArgs(), project];
    const env = { ...process.env, APEXSCOPE_USER_DATA: path.join(folder, 'user') };
    const second = spawn(process.execPath, args, { env, stdio: 'ignore' });
    const [code] = (await Promise.all([
      new Promise((resolve) => second.once('exit', resolve)),
      appState(`"requestedProject":"${project}"`).catch(() => null),
    ])) as [number, AppState | null];
    expect(code).toBe(0);
  });

  it('loses no label that was acknowledged when everything is killed while labelling', async () => {
    const all = storedVideos();
    let acknowledged = 0;
    const labelling = (async () => {
      for (; ; acknowledged++) {
        const videoId = all[acknowledged % all.length]!;
        await call('label.set', { videoId, who: 'Ada', label: CLASSES[acknowledged % 3]!, note: `${acknowledged}` });
      }
    })().catch(() => undefined);
    await until(
      () => Promise.resolve(acknowledged),
      (count) => count >= 40,
    );
    const pids = [app.process.pid!, app.pids('project-process').at(-1)!, app.pids('compute-process').at(-1)!];
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await labelling;
    using reopened = openProject(project);
    const notes = all
      .flatMap((id) => reopened.labelHistory(id))
      .flatMap(({ who, note }) => (who === 'Ada' ? [Number(note)] : []));
    const expected = Array.from({ length: Math.max(acknowledged, notes.length) }, (_, i) => i);
    expect(notes.sort((one, other) => one - other)).toEqual(expected);
    expect(notes.length - acknowledged).toBeLessThanOrEqual(1);
  });
});
