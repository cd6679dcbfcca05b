import { appendFile, copyFile, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunManifest } from '../../../src-main/contract/records.ts';
import { createRunFolder, openRunFolder, runExists, runNames } from '../../../src-main/store/run-folder.ts';
import { toyConfig } from '../../support/toy-training.ts';

const manifest: RunManifest = {
  name: 'first',
  createdAt: '2026-01-01T00:00:00Z',
  apexscopeVersion: '0.1.0',
  nodeVersion: 'v24',
  engine: { name: 'wasm', device: 'CPU', why: 'no GPU', threads: 2, features: { simd: true } },
  seed: 1,
  classes: ['a', 'b'],
  dataFingerprint: 'abc',
  subjectDisjoint: true,
  notes: [],
  splits: { train: ['v1'], val: ['v2'], test: [] },
};
const setup = { config: toyConfig([]), manifest };
const checkpoint = (value: number) => ({
  tensors: { 'logits.kernel': { shape: [2, 1], data: Float32Array.from([value, 1 / 3]) } },
  state: { epoch: value, table: { v: [null, 0.1] } },
});
const step = (n: number) => ({ kind: 'step' as const, epoch: 1, step: n, loss: 0.1 * n, gradientNorm: 1 });

let runsDir: string;
beforeEach(async () => {
  runsDir = await mkdtemp(path.join(tmpdir(), 'runs-'));
});
afterEach(() => rm(runsDir, { recursive: true }));
const at = (...parts: string[]) => path.join(runsDir, 'first', ...parts);

describe('a run folder', () => {
  it('gives back config, manifest, records and checkpoints', async () => {
    const made = await createRunFolder(runsDir, 'first', setup);
    await made.appendMetrics(step(1));
    await made.appendSampling([{ epoch: 1, videoId: 'v1', starts: [3], scores: [] }]);
    await made.saveCheckpoint('last', checkpoint(1));
    await made.close();
    const opened = await openRunFolder(runsDir, 'first');
    expect(opened.config).toEqual(setup.config);
    expect(opened.manifest).toEqual(manifest);
    expect(await opened.readMetrics()).toEqual([step(1)]);
    expect(await opened.readSampling()).toEqual([{ epoch: 1, videoId: 'v1', starts: [3], scores: [] }]);
    expect(await opened.readCheckpoint('last')).toEqual(checkpoint(1));
    expect(await opened.readCheckpoint('best')).toBeNull();
    expect((await readdir(at())).toSorted()).toEqual([
      'checkpoint-last.json',
      'checkpoint-last.safetensors',
      'config.json',
      'manifest.json',
      'metrics.jsonl',
      'sampling.jsonl',
    ]);
  });

  it('gives what was drawn from some videos alone', async () => {
    const made = await createRunFolder(runsDir, 'first', setup);
    const draw = (epoch: number, videoId: string) => ({ epoch, videoId, starts: [epoch], scores: [] });
    await made.appendSampling([draw(1, 'v1'), draw(1, 'v2'), draw(1, 'v3'), draw(2, 'v1'), draw(2, 'v2')]);
    await made.close();
    expect(await made.readSamplingOf(['v1', 'v3'])).toEqual([draw(1, 'v1'), draw(1, 'v3'), draw(2, 'v1')]);
    expect(await made.readSamplingOf(['v9'])).toEqual([]);
  });

  it('is there from its manifest on, listed, and not made twice', async () => {
    expect(await runNames(path.join(runsDir, 'nowhere'))).toEqual([]);
    expect(runExists(runsDir, 'first')).toBe(false);
    await createRunFolder(runsDir, 'first', setup);
    expect(await runNames(runsDir)).toEqual(['first']);
    await expect(createRunFolder(runsDir, 'first', setup)).rejects.toMatchObject({ code: 'bad-input' });
    await rm(at('manifest.json'));
    await createRunFolder(runsDir, 'first', setup);
    expect(runExists(runsDir, 'first')).toBe(true);
  });

  it.each(['../up', 'a/b', '', '.hidden', '-rf'])('is refused the name %j', async (name) => {
    await expect(createRunFolder(runsDir, name, setup)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('that is missing or torn is refused by name', async () => {
    await expect(openRunFolder(runsDir, 'first')).rejects.toMatchObject({ code: 'not-found' });
    await createRunFolder(runsDir, 'first', setup);
    await writeFile(at('config.json'), '{"model":');
    await expect(openRunFolder(runsDir, 'first')).rejects.toMatchObject({ code: 'corrupt', message: /config\.json/ });
    await writeFile(at('config.json'), JSON.stringify({ ...setup.config, gamma: 'x' }));
    await expect(openRunFolder(runsDir, 'first')).rejects.toMatchObject({ code: 'corrupt', message: /gamma/ });
  });
});

describe('records', () => {
  it('go back to a mark, and a line cut off by a kill is left out', async () => {
    const run = await createRunFolder(runsDir, 'first', setup);
    await run.appendMetrics(step(1));
    const mark = await run.markRecords();
    await run.appendMetrics(step(2));
    await run.close();
    await appendFile(at('metrics.jsonl'), '{"kind":"st');
    expect(await run.readMetrics()).toEqual([step(1), step(2)]);
    await run.rewindRecords(mark);
    await run.appendMetrics(step(3));
    await run.close();
    expect(await run.readMetrics()).toEqual([step(1), step(3)]);
  });

  it('that are missing before a mark are an error, and so is a line that is no JSON', async () => {
    const run = await createRunFolder(runsDir, 'first', setup);
    await run.appendMetrics(step(1));
    const mark = await run.markRecords();
    await truncate(at('metrics.jsonl'), 3);
    await expect(run.rewindRecords(mark)).rejects.toMatchObject({ code: 'corrupt' });
    await writeFile(at('metrics.jsonl'), '{}\nnot json\n{}\n');
    await expect(run.readMetrics()).rejects.toMatchObject({ code: 'corrupt', message: /line 2/ });
    await run.close();
  });
});

describe('a checkpoint', () => {
  /** A folder with checkpoint 1, and the files of checkpoint 2 apart. */
  async function twoCheckpoints() {
    const run = await createRunFolder(runsDir, 'first', setup);
    const other = await createRunFolder(runsDir, 'second', setup);
    await run.saveCheckpoint('last', checkpoint(1));
    await other.saveCheckpoint('last', checkpoint(2));
    return { run, newer: (ending: string) => path.join(other.dir, `checkpoint-last.${ending}`) };
  }

  it('cut off before its JSON was replaced is the old one, whole', async () => {
    const { run, newer } = await twoCheckpoints();
    await copyFile(newer('safetensors'), at('checkpoint-last.next.safetensors'));
    expect(await run.readCheckpoint('last')).toEqual(checkpoint(1));
  });

  it('cut off after its JSON was replaced is the new one, whole, and stays so', async () => {
    const { run, newer } = await twoCheckpoints();
    await copyFile(newer('safetensors'), at('checkpoint-last.next.safetensors'));
    await rename(newer('json'), at('checkpoint-last.json'));
    expect(await run.readCheckpoint('last')).toEqual(checkpoint(2));
    expect(await run.readCheckpoint('last')).toEqual(checkpoint(2));
    expect(await readFile(at('checkpoint-last.safetensors'))).toEqual(await readFile(newer('safetensors')));
  });

  it('with tensors that are not those it names, or none, or no JSON, is refused', async () => {
    const { run, newer } = await twoCheckpoints();
    await copyFile(newer('safetensors'), at('checkpoint-last.safetensors'));
    await expect(run.readCheckpoint('last')).rejects.toMatchObject({ code: 'corrupt', message: /sha256/ });
    await rm(at('checkpoint-last.safetensors'));
    await expect(run.readCheckpoint('last')).rejects.toMatchObject({ code: 'corrupt', message: /missing/ });
    await writeFile(at('checkpoint-last.json'), '{"tensorsSha256":');
    await expect(run.readCheckpoint('last')).rejects.toMatchObject({ code: 'corrupt', message: /not a checkpoint/ });
  });

  it('replaces the one before it', async () => {
    const run = await createRunFolder(runsDir, 'first', setup);
    for (const value of [1, 2, 3]) await run.saveCheckpoint('best', checkpoint(value));
    expect(await run.readCheckpoint('best')).toEqual(checkpoint(3));
  });
});
