import '../../../src-main/engine/gradients.ts';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { SEMI_WEAK_METHODS } from '../../../src-main/contract/config.ts';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { asKnown, divideSupervision } from '../../../src-main/data/supervision.ts';
import { lastStateSchema } from '../../../src-main/train/checkpoint.ts';
import { scoresOf } from '../../../src-main/train/pseudo-labels/pseudo-scores.ts';
import { ScoreTable, storedScoresSchema } from '../../../src-main/train/temporal-weights/score-table.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { linearCard, MemorySink, toyConfig } from '../../support/toy-training.ts';
import { peopleData } from '../../support/toy-people.ts';

const L = 4;
const FEW = ['labels=semi-weak', 'semiWeak.momentShare=0.1'];
const LENGTH = ['epochs=30', 'learningRate=0.01', 'schedule=constant', 'patience=30', 'gamma=2'];

/** Sixty videos, of which six have a moment that may be learned from. */
async function train(seed: number, pairs: readonly string[]) {
  const data = peopleData(seed, { train: 60, val: 60, frames: 32 });
  const config = toyConfig([...FEW, ...LENGTH, `seed=${seed}`, ...pairs]);
  const named = data.trainVideos.map((video) => ({ ...video, label: data.classes[video.label!]! }));
  const sets = divideSupervision(named, config.semiWeak, seed);
  const trainVideos = data.trainVideos.map((video) => asKnown(video, sets));
  const sink = new MemorySink();
  const { best } = await trainRun({ config, ...data, trainVideos, card: linearCard, sink });
  return { best, sink, sets, data };
}

beforeAll(async () => {
  await setBackend('cpu');
});

describe.each([1, 2, 3])('where few people show when their label does (seed %d)', (seed) => {
  const runs = new Map<string, Awaited<ReturnType<typeof train>>>();
  const best = (method: string) => runs.get(method)!.best;

  beforeAll(async () => {
    for (const method of SEMI_WEAK_METHODS) runs.set(method, await train(seed, [`semiWeak.method=${method}`]));
  });

  it('sampled pseudo-labels teach more than the labelled moments alone, and all labels teach most', () => {
    expect(best('sampled').valWar).toBeGreaterThan(best('labelled-only').valWar);
    expect(best('sampled').valLoss).toBeLessThan(best('labelled-only').valLoss);
    expect(best('all-labels').valWar).toBeGreaterThan(best('sampled').valWar);
    expect(best('all-labels').valLoss).toBeLessThan(best('sampled').valLoss);
  });

  it('sampled pseudo-labels leave less loss than the best ones alone', () => {
    expect(best('sampled').valLoss).toBeLessThan(best('arg-max').valLoss);
  });

  it('the heaviest segment of a video with a label lies in the moment that was hidden, more often than by chance', () => {
    const { sink, sets, data } = runs.get('sampled')!;
    const outer = lastStateSchema.parse(sink.checkpoints.get('last')!.state).outer;
    const table = ScoreTable.restore(storedScoresSchema.parse(outer));
    const videos = data.trainVideos.filter(({ id }) => sets.label.includes(id));
    const hits = videos.map((video) => {
      const scores = scoresOf(table, video, video.label!);
      const start = clipPositions(video, L).starts[scores.indexOf(Math.max(...scores))]!;
      const centre = video.timesSec[start + 1]!;
      return Number(centre >= video.moment!.startSec && centre <= video.moment!.endSec);
    });
    expect(hits.reduce((sum, hit) => sum + hit, 0) / hits.length).toBeGreaterThan(0.5);
  });
});

describe('a video of which nothing is known', () => {
  it('is trained on where its scores are sure, mostly as what it is, without a leak', async () => {
    const before = memory().numTensors;
    const { sink, sets, data } = await train(2, ['semiWeak.labelShare=0.5', 'semiWeak.confidence=0.7']);
    expect(memory().numTensors).toBe(before);
    expect(sets.none).toHaveLength(30);
    const truth = new Map(data.trainVideos.map(({ id, label }) => [id, label]));
    const drawn = sink.sampling.filter(({ videoId }) => sets.none.includes(videoId));
    const guesses = drawn.flatMap(({ videoId, pseudo }) => pseudo!.map((guess) => ({ ...guess, videoId })));
    const used = guesses.filter((guess) => guess.used);
    expect(used.length).toBeGreaterThan(20);
    expect(used.length).toBeLessThan(guesses.length);
    const right = used.filter(({ videoId, label }) => label === truth.get(videoId));
    expect(right.length / used.length).toBeGreaterThan(0.6);
  });
});
