import '../../../src-main/engine/gradients.ts';
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ClipVideo } from '../../../src-main/data/clip-source.ts';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { lastStateSchema } from '../../../src-main/train/checkpoint.ts';
import { restoreClipScores, videoWeights } from '../../../src-main/train/temporal-weights/clip-scores.ts';
import { trainRun } from '../../../src-main/train/training-loop.ts';
import { linearCard, MemorySink, momentData, toyConfig } from '../../support/toy-training.ts';

const GAMMA = 2;
const L = 4;

async function train(pooling: string, seed: number) {
  const data = momentData(seed, { train: 60, val: 30, frames: 32 });
  const sink = new MemorySink();
  const pairs = [`pooling=${pooling}`, `gamma=${GAMMA}`, `seed=${seed}`, 'epochs=30', 'schedule=constant'];
  const { best } = await trainRun({ config: toyConfig(pairs), ...data, card: linearCard, sink });
  return { data, sink, best };
}

/** Clip weights of the last checkpoint's table, those of clips that show any of the moment apart. */
function weightsOf(sink: MemorySink, video: ClipVideo) {
  const outer = restoreClipScores(lastStateSchema.parse(sink.checkpoints.get('last')!.state).outer);
  const positions = clipPositions(video, L);
  const relative = videoWeights(outer, { id: video.id, label: video.label!, positions }, GAMMA);
  const showsMoment = Array.from(positions.starts, (start) => {
    const { timesSec, moment } = video;
    return timesSec[start + L - 1]! >= moment!.startSec && timesSec[start]! <= moment!.endSec;
  });
  return { weights: Array.from(relative, (weight) => weight / relative.length), showsMoment };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each([1, 2, 3])('where a quarter of each video shows its class and the rest another one (seed %d)', (seed) => {
  let ours: Awaited<ReturnType<typeof train>>;
  let average: Awaited<ReturnType<typeof train>>;

  beforeAll(async () => {
    await setBackend('cpu');
    ours = await train('stochastic-softmax', seed);
    average = await train('average', seed);
  });

  it('stochastic softmax learns the classes and average pooling does not', () => {
    expect(ours.best.valWar).toBeGreaterThan(0.9);
    expect(average.best.valWar).toBeLessThan(0.8);
    expect(ours.best.valLoss).toBeLessThan(0.5 * average.best.valLoss);
  });

  it('its table comes to weigh the labelled moment, which it was never told', () => {
    const videos = ours.data.trainVideos.map((video) => weightsOf(ours.sink, video));
    const inside = (values: readonly number[], shows: readonly boolean[]) =>
      values.reduce((sum, value, p) => sum + (shows[p] ? value : 0), 0);
    const mass = mean(videos.map(({ weights, showsMoment }) => inside(weights, showsMoment)));
    const uniform = mean(videos.map(({ showsMoment }) => mean(showsMoment.map(Number))));
    const pointing = mean(
      videos.map(({ weights, showsMoment }) => Number(showsMoment[weights.indexOf(Math.max(...weights))])),
    );
    expect(uniform).toBeLessThan(0.4);
    expect(mass).toBeGreaterThan(0.65);
    expect(pointing).toBeGreaterThan(uniform + 0.3);
  });
});
