import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { modelCard } from '../../../models/index.ts';
import { AppError } from '../../../src-main/contract/errors.ts';
import type { MemoryMetrics } from '../../../src-main/contract/records.ts';
import { parseConfig, resolveConfig } from '../../../src-main/data/config-resolution.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { openReferenceBackend } from '../../../src-main/engine/reference.ts';
import { openWasmBackend } from '../../../src-main/engine/wasm/register.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { ArrayClips, linearCard, MemorySink, momentData, toyConfig, toyVideo } from '../../support/toy-training.ts';

const CARD = modelCard('small3d');
const SIDE = 24;
const FRAMES = 8;

function smallRun(sink: MemorySink) {
  const settings = [`cropSize=${SIDE}`, `clipFrames=${FRAMES}`, 'batch=12', 'epochs=1', 'pooling=average'];
  const config = resolveConfig(parseConfig({}, [...settings, 'augmentation=none', 'dropout=0']), CARD);
  const ids = Array.from({ length: 14 }, (_, i) => `video${i}`);
  const rng = new Rng(1);
  const noise = () => Uint8Array.from({ length: FRAMES * SIDE * SIDE * 3 }, () => rng.integer(256));
  const videos = ids.map((id, i) => toyVideo(id, FRAMES, { label: i % 2 }));
  return {
    ...{ config, card: CARD, classes: ['a', 'b'], sink },
    clips: new ArrayClips(new Map(ids.map((id) => [id, noise()]))),
    ...{ trainVideos: videos.slice(0, 12), valVideos: videos.slice(12) },
  };
}

async function trainWith(memoryLimitBytes: number) {
  const { close } = await openWasmBackend({ threads: 1, memoryLimitBytes });
  const sink = new MemorySink();
  const before = memory().numTensors;
  const train = async () => {
    try {
      return await trainRun(smallRun(sink));
    } finally {
      await close();
    }
  };
  const { passVideos } = await train();
  const leaked = memory().numTensors - before;
  return { sink, passVideos, leaked, shortages: sink.metrics.filter((record) => record.kind === 'memory') };
}

describe('a step that memory cannot hold', () => {
  it('is taken in halves on a small heap, with the loss of a large one, and leaves nothing behind', async () => {
    const [small, large] = [await trainWith(2 ** 24), await trainWith(2 ** 30)];
    expect(large).toMatchObject({ passVideos: null, shortages: [], leaked: 0 });
    expect(small.leaked).toBe(0);
    expect(small.passVideos).toBeLessThan(12);
    const last = small.shortages.at(-1) as MemoryMetrics;
    expect(last).toMatchObject({ epoch: 1, step: 1, batch: small.passVideos, accumulate: 12 / small.passVideos! });
    expect(last.reason).toMatch(/limit of 16 MB/);
    const steps = [small, large].map(({ sink }) => sink.metrics.filter((record) => record.kind === 'step'));
    expect(steps[0]).toHaveLength(1);
    expect(steps[0]![0]!.loss).toBeCloseTo(steps[1]![0]!.loss, 4);
    expect(steps[0]![0]!.gradientNorm! / steps[1]![0]!.gradientNorm!).toBeCloseTo(1, 3);
    const { state } = small.sink.checkpoints.get('last')!;
    expect(state).toMatchObject({ passVideos: small.passVideos });
  });
});

/** The linear toy network, whose n-th pass with more than so many videos meets an error. */
function failing(most: number, error: Error) {
  const create: typeof linearCard.create = (options) => {
    const model = linearCard.create(options);
    const apply: typeof model.apply = (variables, clips, mode) => {
      if (mode.training && clips.shape[0] > most) throw error;
      return model.apply(variables, clips, mode);
    };
    return { ...model, apply };
  };
  return { ...linearCard, create };
}

describe('what a run does about too little memory', () => {
  const full = new AppError('out-of-memory', 'full');
  const train = async (most: number, error: Error, pairs: string[] = []) => {
    await openReferenceBackend();
    const sink = new MemorySink();
    const data = momentData(3, { train: 12, val: 3, frames: 8 });
    const before = memory().numTensors;
    const result = trainRun({ ...data, config: toyConfig(pairs), card: failing(most, error), sink });
    await result.catch(() => undefined);
    expect(memory().numTensors).toBe(before);
    return { result, sink };
  };

  it('draws the same clips again in smaller passes, as a run that knew of it from the start', async () => {
    const { result, sink } = await train(3, full, ['pooling=stochastic-softmax']);
    expect((await result).passVideos).toBe(3);
    const again = new MemorySink();
    const data = momentData(3, { train: 12, val: 3, frames: 8 });
    const smallerPasses = { videos: 3, reason: 'known' };
    const config = toyConfig(['pooling=stochastic-softmax']);
    await trainRun({ ...data, config, card: linearCard, sink: again, smallerPasses });
    expect(again.metrics[0]).toMatchObject({ kind: 'memory', step: 1, batch: 3, accumulate: 2, reason: 'known' });
    const withoutShortages = ({ numbers }: MemorySink) => numbers.filter((record) => !('reason' in (record as object)));
    expect(withoutShortages(sink)).toEqual(withoutShortages(again));
    expect(sink.sampling).toEqual(again.sampling);
  });

  it('gives up where one video is too much, and says what to lower', async () => {
    const { result, sink } = await train(0, full);
    await expect(result).rejects.toMatchObject({
      code: 'out-of-memory',
      message: 'full The batch is one video already.',
      hint: expect.stringContaining('Lower cropSize'),
    });
    expect(sink.metrics.map((record) => (record as MemoryMetrics).batch)).toEqual([3, 2, 1]);
  });

  it('passes on every other error', async () => {
    const { result } = await train(3, new Error('another'));
    await expect(result).rejects.toThrow('another');
  });
});
