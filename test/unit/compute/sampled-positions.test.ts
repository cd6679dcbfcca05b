import { describe, expect, it } from 'vitest';
import { areOtherClips, sampledPositions } from '../../../src-main/compute/sampled-positions.ts';
import { samplingDistribution } from '../../../src-main/contract/sampling-distribution.ts';
import { parseConfig } from '../../../src-main/data/config-resolution.ts';
import type { RunFolder } from '../../../src-main/store/run-folder.ts';
import { trainingRefs } from '../../../src-main/train/training-videos.ts';
import { temporalWeights } from '../../../src-main/train/temporal-weights/methods.ts';
import { exampleVideo } from '../infer/example-video.ts';

const video = exampleVideo(50, { moment: { startSec: 0.6, endSec: 1 } });

function runWith(settings: string[], supervision?: RunFolder['manifest']['supervision']) {
  const config = { ...parseConfig({}, settings), clipFrames: 16, cropSize: 32, scoreStride: 4 };
  return { config, manifest: { supervision } as RunFolder['manifest'] };
}

describe('positions that a run drew from', () => {
  it.each([
    [['labels=video', 'pooling=stochastic-softmax'], 35],
    [['labels=moments', 'pooling=stochastic-softmax'], 11],
    [['labels=video', 'pooling=softmax'], 10],
    [['labels=moments', 'pooling=max'], 3],
  ])('are those of its training: %j', (settings, count) => {
    const run = runWith(settings);
    const found = sampledPositions(video, run);
    const { config } = run;
    const [ref] = trainingRefs({ config, classes: ['a'], trainVideos: [video] }, temporalWeights(config));
    expect(found.map(({ startFrame }) => startFrame)).toEqual([...ref!.positions.starts]);
    expect(found).toHaveLength(count);
  });

  it('are all of a video whose moment was hidden from the run', () => {
    const settings = ['labels=semi-weak'];
    const told = (moment: string[]) =>
      sampledPositions(video, runWith(settings, { moment, label: [], none: [] } as never));
    expect(told([video.id])).toHaveLength(11);
    expect(told([])).toHaveLength(35);
  });

  it('are not those of scores of another count', () => {
    const record = (scores: number[]) => ({ epoch: 1, videoId: video.id, starts: [], scores });
    expect(areOtherClips([record([]), record([1, 2])], [0, 1])).toBe(false);
    expect(areOtherClips([record([]), record([1, 2, 3])], [0, 1])).toBe(true);
    expect(() => samplingDistribution([1, 2, 3], 2, 1)).toThrow(RangeError);
    expect(samplingDistribution([], 2, 1)).toEqual([0.5, 0.5]);
  });
});
