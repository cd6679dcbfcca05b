import '../../../src-main/engine/gradients.ts';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { asKnown, divideSupervision } from '../../../src-main/data/supervision.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { linearCard, MemorySink, toyConfig } from '../../support/toy-training.ts';
import { peopleData } from '../../support/toy-people.ts';

const data = peopleData(3, { train: 14, val: 6, frames: 16 });
const SETTINGS = ['labels=semi-weak', 'semiWeak.momentShare=0.3', 'semiWeak.labelShare=0.6', 'semiWeak.confidence=0.4'];
const HARD = ['epochs=5', 'batch=4', 'augmentation=standard', 'dropout=0.3'];

beforeAll(async () => {
  await setBackend('cpu');
});

function runOf(pairs: readonly string[], sink: MemorySink) {
  const config = toyConfig([...SETTINGS, ...HARD, ...pairs]);
  const named = data.trainVideos.map((video) => ({ ...video, label: data.classes[video.label!]! }));
  const sets = divideSupervision(named, config.semiWeak, 1);
  return { config, ...data, trainVideos: data.trainVideos.map((v) => asKnown(v, sets)), card: linearCard, sink };
}

/** Fires after so many optimiser steps, as Ctrl-C would. */
function abortAfter(steps: number) {
  const controller = new AbortController();
  const onProgress = ({ done }: { done: number }) => {
    if (done >= steps) controller.abort();
  };
  return { signal: controller.signal, onProgress };
}

describe.each(['sampled', 'arg-max', 'labelled-only', 'all-labels'])('a run with %s labels', (method) => {
  it('that is stopped at any step goes on to the same draws, scores and weights, without a leak', async () => {
    const pairs = [`semiWeak.method=${method}`, 'clipsPerVideo=2', 'balance=class-weights'];
    const before = memory().numTensors;
    const whole = new MemorySink();
    await trainRun(runOf(pairs, whole));
    for (const steps of [1, 6, 11]) {
      const sink = new MemorySink();
      await expect(trainRun(runOf(pairs, sink), abortAfter(steps))).rejects.toMatchObject({ code: 'aborted' });
      await trainRun({ ...runOf(pairs, sink), resumeFrom: sink.checkpoints.get('last')! });
      expect(sink.sampling).toEqual(whole.sampling);
      expect(sink.numbers).toEqual(whole.numbers);
      expect(sink.checkpoints).toEqual(whole.checkpoints);
    }
    expect(memory().numTensors).toBe(before);
  });
});

describe('what a run records', () => {
  it('is where it drew, what it took the segments for and the scores after the step', async () => {
    const sink = new MemorySink();
    await trainRun(runOf(['semiWeak.segments=4'], sink));
    const withoutMoment = sink.sampling.filter(({ pseudo }) => pseudo !== undefined);
    expect(withoutMoment.length).toBeGreaterThan(5);
    for (const { starts, scores, pseudo } of withoutMoment) {
      expect(pseudo).toHaveLength(starts.length);
      expect(scores).toHaveLength(13);
    }
    const labelled = sink.sampling.filter(({ pseudo }) => pseudo === undefined);
    expect(labelled.every(({ scores, starts }) => scores.length === 0 && starts.length > 0)).toBe(true);
  });
});
