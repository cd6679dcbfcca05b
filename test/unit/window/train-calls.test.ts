import { existsSync } from 'node:fs';
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunNews } from '../../../src-main/contract/window/train.ts';
import { makeEvaluatedProject } from '../../support/evaluated-project.ts';
import { openWindowApi } from '../../support/window-api.ts';

const run = 'run-1';
let folder: string;
let dir: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apexscope-train-'));
  dir = path.join(folder, 'project');
  await makeEvaluatedProject(dir);
});
/** A copy of the run with other settings. */
async function makeRun(name: string, settings: object): Promise<void> {
  const [from, to] = [run, name].map((one) => path.join(dir, 'runs', one));
  await cp(from!, to!, { recursive: true });
  const config = JSON.parse(await readFile(path.join(to!, 'config.json'), 'utf8')) as object;
  await writeFile(path.join(to!, 'config.json'), JSON.stringify({ ...config, ...settings }));
}

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the table of runs', () => {
  it('tells how far each run came, what it reached and why it failed', async () => {
    using api = openWindowApi(dir);
    api.project.recordRun(run, 'failed', { code: 'diverged', message: 'The loss is NaN.', hint: 'Lower it.' });
    const [row] = await api.call('train.runs', {});
    expect(row).toMatchObject({ name: run, status: 'failed', epochs: 3, epochsPlanned: 3, seconds: 6 });
    expect(row).toMatchObject({ best: { epoch: 3, valWar: 0.75 }, test: { war: 5 / 6 } });
    expect(row!.error).toEqual({ code: 'diverged', message: 'The loss is NaN.', hint: 'Lower it.' });
  });
});

describe('a run that cannot be read', () => {
  it('says why, and hides no other', async () => {
    using api = openWindowApi(dir);
    await makeRun('run-2', { fromANewerVersion: 1 });
    api.project.recordRun('run-2', 'trained', null);
    const [readable, broken] = await api.call('train.runs', {});
    expect(readable).toMatchObject({ name: run, status: 'trained', model: 'small3d' });
    expect(broken).toMatchObject({ name: 'run-2', status: 'unreadable', model: null, epochs: 0 });
    expect(broken!.error).toMatchObject({ code: 'corrupt', message: expect.stringContaining('fromANewerVersion') });
    expect((await api.call('inspect.runs', {})).map(({ name }) => name)).toEqual([run]);
    expect(await api.call('guesses.runs', {})).toEqual([]);
  });
});

describe('following a run', () => {
  it('gives what is there, then each new epoch once', async () => {
    using api = openWindowApi(dir);
    const stop = new AbortController();
    const seen: RunNews[] = [];
    const line = JSON.stringify({ kind: 'epoch', epoch: 4, valLoss: 0.1 });
    for await (const news of api.open('train.follow', { run }, stop.signal)) {
      seen.push(news);
      if (seen.length === 1) await appendFile(path.join(dir, 'runs', run, 'metrics.jsonl'), `${line}\n{"kind":"ep`);
      if (seen.length === 2) stop.abort();
    }
    expect(seen.map(({ epochs, anew }) => [anew, epochs.map(({ epoch }) => epoch)])).toEqual([
      [true, [1, 2, 3]],
      [false, [4]],
    ]);
  });
});

describe('the end of a run', () => {
  it('keep leaves its network and takes it from those that can be resumed', async () => {
    using api = openWindowApi(dir);
    await api.call('train.keep', { run });
    expect(await api.call('train.runs', {})).toMatchObject([{ name: run, status: 'kept' }]);
    expect(existsSync(path.join(dir, 'runs', run, 'checkpoint-best.json'))).toBe(true);
  });

  it('discard takes the folder and the line, and nothing else', async () => {
    using api = openWindowApi(dir);
    await api.call('train.discard', { run });
    expect(await api.call('train.runs', {})).toEqual([]);
    expect(existsSync(path.join(dir, 'runs', run))).toBe(false);
    expect(api.project.listVideos()).toHaveLength(6);
  });
});

describe('the plan', () => {
  const engine = { engine: 'wasm', memoryLimitBytes: 4e9 } as const;

  it('says why a run cannot start, with as much as can be told', async () => {
    using api = openWindowApi(dir);
    const plan = await api.call('train.plan', { config: {}, ...engine });
    expect(plan.problem).toMatchObject({ code: 'bad-input', message: expect.stringContaining('prepared') as string });
    expect(plan.memory!.total).toBeGreaterThan(1e7);
    expect(plan.config).toMatchObject({ model: 'small3d', cropSize: expect.any(Number) as number });
  });

  it('refuses an unknown setting by name, and needs more memory for more videos in a pass', async () => {
    using api = openWindowApi(dir);
    const wrong = await api.call('train.plan', { config: { gama: 1 }, ...engine });
    expect(wrong.problem).toMatchObject({ code: 'bad-config', hint: 'Did you mean gamma?' });
    const need = async (batch: number) =>
      (await api.call('train.plan', { config: { batch }, ...engine })).memory!.total;
    expect(await need(8)).toBeGreaterThan(1.5 * (await need(4)));
  });
});
