import { expect, it } from 'vitest';
import { openStreams } from '../../../src-main/train/random-streams.ts';
import type { TrainingState } from '../../../src-main/train/training-state.ts';
import { drawValBatch } from '../../../src-main/train/validation.ts';
import { linearCard, MemorySink, momentData, toyConfig } from '../../support/toy-training.ts';

/** Whether each clip of a validation batch has its centre in the moment of its video. */
async function centresInMoments(labels: string): Promise<boolean[]> {
  const data = momentData(2, { train: 1, val: 6, frames: 32 });
  const config = toyConfig([`labels=${labels}`, 'clipFrames=4', 'batch=40']);
  const state = { streams: openStreams(1), instance: {}, passVideos: null } as unknown as TrainingState;
  await drawValBatch({ ...data, config, card: linearCard, sink: new MemorySink() }, state);
  return data.clips.reads.map(({ videoId, start }) => {
    const { moment, timesSec } = data.valVideos.find(({ id }) => id === videoId)!;
    const centreSec = timesSec[start + 1]!;
    return centreSec >= moment!.startSec && centreSec <= moment!.endSec;
  });
}

it('a validation batch is of labelled moments where training is, so that its labels show', async () => {
  const drawn = await centresInMoments('moments');
  expect(drawn).toHaveLength(40);
  expect(drawn).not.toContain(false);
});

it('a validation batch is of whole videos where training is', async () => {
  const drawn = await centresInMoments('video');
  expect(drawn).toContain(true);
  expect(drawn).toContain(false);
});
