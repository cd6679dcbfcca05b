import '../../../src-main/engine/gradients.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunManifest } from '../../../src-main/contract/records.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { createRunFolder, openRunFolder } from '../../../src-main/store/run-folder.ts';
import type { CheckpointName } from '../../../src-main/train/checkpoint.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { linearCard, MemorySink, momentData, toyConfig } from '../../support/toy-training.ts';

const data = momentData(2, { train: 13, val: 6, frames: 16 });
const HARD = ['augmentation=standard', 'dropout=0.3', 'epochs=8', 'batch=4', 'stochasticSoftmax.warmupEpochs=1'];
const SHORT = ['stochasticSoftmax.explorationEpochs=3', 'gamma=2', 'schedule=plateau', 'plateauPatience=1'];

beforeAll(async () => {
  await setBackend('cpu');
});

const runOf = (pairs: readonly string[], sink: MemorySink) => ({
  config: toyConfig([...HARD, ...SHORT, ...pairs]),
  ...data,
  card: linearCard,
  sink,
});

/** Fires after so many optimiser steps, as Ctrl-C would. */
function abortAfter(steps: number) {
  const controller = new AbortController();
  const onProgress = ({ done }: { done: number }) => {
    if (done >= steps) controller.abort();
  };
  return { signal: controller.signal, onProgress };
}

/** Trains, stopping after each of the counts of steps and going on in a fresh loop. */
async function trainWithStops(pairs: readonly string[], stops: readonly number[]) {
  const sink = new MemorySink();
  for (const steps of stops) {
    const last = sink.checkpoints.get('last');
    const run = { ...runOf(pairs, sink), ...(last ? { resumeFrom: last } : {}) };
    await expect(trainRun(run, abortAfter(steps))).rejects.toMatchObject({ code: 'aborted' });
  }
  const result = await trainRun({ ...runOf(pairs, sink), resumeFrom: sink.checkpoints.get('last')! });
  return { sink, result };
}

describe('a run that is stopped and resumed', () => {
  it.each([
    ['stochastic-softmax', []],
    ['reinforce', ['clipsPerVideo=2', 'optimizer=sgd']],
    ['weighted-uniform', ['balance=sampling', 'batch=2', 'accumulate=2']],
    ['softmax', ['schedule=cosine']],
    ['average', []],
  ])('at random steps has the records and weights of an uninterrupted one: %s %j', async (pooling, more) => {
    const pairs = [`pooling=${pooling}`, ...more];
    const whole = new MemorySink();
    const before = memory().numTensors;
    const wholeResult = await trainRun(runOf(pairs, whole));
    const steps = whole.metrics.filter(({ kind }) => kind === 'step').length;
    const rng = new Rng(4);
    const stops = Array.from({ length: 4 }, () => 1 + rng.integer(steps - 1)).sort((a, b) => a - b);
    const { sink, result } = await trainWithStops(pairs, [...new Set(stops)]);
    expect(sink.numbers).toEqual(whole.numbers);
    expect(sink.sampling).toEqual(whole.sampling);
    expect(sink.checkpoints).toEqual(whole.checkpoints);
    expect(result.best).toEqual(wholeResult.best);
    expect(memory().numTensors).toBe(before);
  });

  it('after its end has nothing left to do', async () => {
    const sink = new MemorySink();
    const first = await trainRun(runOf([], sink));
    const count = sink.metrics.length;
    const again = await trainRun({ ...runOf([], sink), resumeFrom: sink.checkpoints.get('last')! });
    expect(again).toEqual({ ...first, resumedFromEpoch: 9 });
    expect(sink.metrics).toHaveLength(count);
  });
});

/** Dies without a word at some write: what was written before stays, nothing after it happens. */
class DyingSink extends MemorySink {
  #writesLeft: number;

  constructor(writes: number) {
    super();
    this.#writesLeft = writes;
  }

  override appendMetrics(...args: Parameters<MemorySink['appendMetrics']>): Promise<void> {
    return this.#alive(() => super.appendMetrics(...args));
  }

  override appendSampling(...args: Parameters<MemorySink['appendSampling']>): Promise<void> {
    return this.#alive(() => super.appendSampling(...args));
  }

  override saveCheckpoint(...args: [CheckpointName, Parameters<MemorySink['saveCheckpoint']>[1]]): Promise<void> {
    return this.#alive(() => super.saveCheckpoint(...args));
  }

  #alive(write: () => Promise<void>): Promise<void> {
    return this.#writesLeft-- > 0 ? write() : Promise.reject(new Error('killed'));
  }
}

describe('a run that is killed', () => {
  it('at any write goes on from its last checkpoint to the same records and weights', async () => {
    const pairs = ['pooling=stochastic-softmax', 'epochs=6'];
    const whole = new MemorySink();
    await trainRun(runOf(pairs, whole));
    for (const writes of [0, 3, 7, 8, 9, 10, 11, 21, 34, 40]) {
      const dying = new DyingSink(writes);
      await expect(trainRun(runOf(pairs, dying))).rejects.toThrow('killed');
      const sink = new MemorySink();
      sink.metrics = dying.metrics;
      sink.sampling = dying.sampling;
      dying.checkpoints.forEach((checkpoint, name) => sink.checkpoints.set(name, checkpoint));
      const last = sink.checkpoints.get('last');
      await trainRun({ ...runOf(pairs, sink), ...(last ? { resumeFrom: last } : {}) });
      expect(sink.numbers).toEqual(whole.numbers);
      expect(sink.sampling).toEqual(whole.sampling);
      expect(sink.checkpoints).toEqual(whole.checkpoints);
    }
  });
});

describe('a checkpoint of something else', () => {
  it.each([
    ['pooling=reinforce', /pooling is stochastic-softmax, expected reinforce/],
    ['optimizer=sgd', /optimizer is adamw, expected sgd/],
  ])('is refused (%s)', async (pair, message) => {
    const sink = new MemorySink();
    await trainRun(runOf(['epochs=1'], sink));
    const before = memory().numTensors;
    const run = { ...runOf(['epochs=2', pair], sink), resumeFrom: sink.checkpoints.get('last')! };
    await expect(trainRun(run)).rejects.toMatchObject({ code: 'bad-input', message });
    expect(memory().numTensors).toBe(before);
  });

  it('is refused when the training videos are others, or it is no checkpoint', async () => {
    const sink = new MemorySink();
    await trainRun(runOf(['epochs=1'], sink));
    const last = sink.checkpoints.get('last')!;
    const fewer = { ...runOf(['epochs=2'], sink), trainVideos: data.trainVideos.slice(1), resumeFrom: last };
    await expect(trainRun(fewer)).rejects.toMatchObject({ code: 'bad-input', message: /other training videos/ });
    const best = { ...runOf(['epochs=2'], sink), resumeFrom: sink.checkpoints.get('best')! };
    await expect(trainRun(best)).rejects.toMatchObject({ code: 'corrupt' });
    const scoreless = { ...last, state: { ...(last.state as object), outer: { scores: 3 } } };
    await expect(trainRun({ ...runOf(['epochs=2'], sink), resumeFrom: scoreless })).rejects.toMatchObject({
      code: 'corrupt',
    });
    const torn = { ...runOf(['epochs=2'], sink), resumeFrom: { ...last, tensors: {} } };
    await expect(trainRun(torn)).rejects.toMatchObject({
      code: 'corrupt',
      message: /logits\.kernel: expected \[12,3\]/,
    });
    expect(sink.epochs).toHaveLength(1);
  });
});

describe('through a run folder', () => {
  let runsDir: string;
  beforeEach(async () => {
    runsDir = await mkdtemp(path.join(tmpdir(), 'runs-'));
  });
  afterEach(() => rm(runsDir, { recursive: true }));

  it('a run stopped in the middle of an epoch has the files of an uninterrupted one', async () => {
    const config = toyConfig([...HARD, ...SHORT]);
    const make = async (name: string, stops: number[]) => {
      const created = await createRunFolder(runsDir, name, { config, manifest: manifestOf(name) });
      await created.close();
      for (const steps of [...stops, Infinity]) {
        const folder = await openRunFolder(runsDir, name);
        const last = await folder.readCheckpoint('last');
        const run = { config: folder.config, ...data, card: linearCard, sink: folder };
        const done = trainRun({ ...run, ...(last ? { resumeFrom: last } : {}) }, abortAfter(steps));
        if (steps === Infinity) await done;
        else await expect(done).rejects.toMatchObject({ code: 'aborted' });
        await folder.close();
      }
      return openRunFolder(runsDir, name);
    };
    const whole = await make('whole', []);
    const torn = await make('torn', [2, 7, 17]);
    const withoutClock = (records: Awaited<ReturnType<typeof whole.readMetrics>>) =>
      records.map((record) => ({ ...record, seconds: 0, waitShare: 0 }));
    expect(withoutClock(await torn.readMetrics())).toEqual(withoutClock(await whole.readMetrics()));
    expect(await torn.readSampling()).toEqual(await whole.readSampling());
    expect(await torn.readCheckpoint('best')).toEqual(await whole.readCheckpoint('best'));
    const [a, b] = [await torn.readCheckpoint('last'), await whole.readCheckpoint('last')];
    expect(a!.tensors).toEqual(b!.tensors);
  });
});

function manifestOf(name: string): RunManifest {
  return {
    name,
    createdAt: '2026-01-01T00:00:00Z',
    apexscopeVersion: '0.0.0',
    nodeVersion: process.version,
    engine: { name: 'cpu', device: 'test', why: 'test', threads: 1, features: {} },
    seed: 1,
    classes: data.classes,
    dataFingerprint: 'x',
    subjectDisjoint: false,
    splits: { train: [], val: [], test: [] },
    notes: [],
  };
}
