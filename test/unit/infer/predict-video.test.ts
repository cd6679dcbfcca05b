import { describe, expect, it } from 'vitest';
import { predictVideo } from '../../../src-main/infer/predict-video.ts';
import { exampleVideo } from './example-video.ts';

const rule = { classes: ['anger', 'fear'], pooling: 'stochastic-softmax', gamma: 1, clipFrames: 16 } as const;

describe('predictVideo', () => {
  it('pools clip logits into a label, its probability, and the weight of each clip for that label', () => {
    const scores = {
      starts: [0, 8, 16],
      logits: [
        [0, 1],
        [Math.log(2), 1],
        [0, 1],
      ],
    };
    const prediction = predictVideo(exampleVideo(32), scores, { ...rule, gamma: 0 });
    expect(prediction.label).toBe('fear');
    const odds = Math.exp(1 - Math.log(2) / 3);
    expect(prediction.probabilities['fear']).toBeCloseTo(odds / (1 + odds));
    expect(prediction.clips.map(({ weight }) => weight)).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(prediction.clips[1]!.logits).toEqual(scores.logits[1]);
    expect(prediction.heaviest).toBeNull();
    expect(prediction.note).toBeUndefined();
  });

  it('gives the weights of the predicted class, not of another', () => {
    const logits = [
      [0, 3],
      [2, 1],
    ];
    const { label, clips } = predictVideo(exampleVideo(32), { starts: [0, 16], logits }, { ...rule, pooling: 'max' });
    expect(label).toBe('fear');
    expect(clips.map(({ weight }) => weight)).toEqual([1, 0]);
  });

  it('gives with joint-softmax the share of a clip in the decision over all classes', () => {
    const logits = [
      [3, 0],
      [2, 4],
    ];
    const joint = predictVideo(exampleVideo(32), { starts: [0, 16], logits }, { ...rule, pooling: 'joint-softmax' });
    const [first, second] = logits.map((clip) => clip.reduce((sum, logit) => sum + Math.exp(logit), 0));
    expect(joint.label).toBe('fear');
    expect(joint.clips[0]!.weight).toBeCloseTo(first! / (first! + second!), 12);
    expect(joint.heaviest!.weight).toBeCloseTo(second! / (first! + second!), 12);
  });

  it('ends a clip where its last frame ends, at uneven frame times too', () => {
    const timesSec = Float64Array.of(0, 0.1, 0.2, 0.5, 0.6, 0.7);
    const video = exampleVideo(6, { timesSec, durationSec: 0.8 });
    const scores = {
      starts: [0, 2],
      logits: [
        [1, 0],
        [1, 0],
      ],
    };
    const { clips } = predictVideo(video, scores, { ...rule, clipFrames: 3 });
    expect(clips[0]).toMatchObject({ startFrame: 0, startSec: 0, endSec: 0.5 });
    expect(clips[1]).toMatchObject({ startFrame: 2, startSec: 0.2, endSec: 0.7 });
    const last = predictVideo(video, { starts: [3], logits: [[1, 0]] }, { ...rule, clipFrames: 3 }).clips[0]!;
    expect(last.endSec).toBeCloseTo(0.8);
  });

  it('ends a padded clip where its stretch with a face ends', () => {
    const video = exampleVideo(40, {
      runs: [
        { start: 0, end: 5 },
        { start: 10, end: 40 },
      ],
    });
    const scores = {
      starts: [0, 10],
      logits: [
        [1, 0],
        [1, 0],
      ],
    };
    const { clips, note } = predictVideo(video, scores, rule);
    expect(clips.map(({ endSec }) => endSec)).toEqual([5 / 25, 26 / 25]);
    expect(note).toBeUndefined();
  });

  it('says that a short video was padded, and scores it', () => {
    const prediction = predictVideo(exampleVideo(9), { starts: [0], logits: [[2, 0]] }, rule);
    expect(prediction).toMatchObject({ label: 'anger', clips: [{ startSec: 0, endSec: 9 / 25, weight: 1 }] });
    expect(prediction.note).toMatch(/only 9 frames.*16.*padded/);
  });

  it('scores a one-frame video as a still picture that lasts as long as the video', () => {
    const still = exampleVideo(1, { durationSec: 0.04 });
    const prediction = predictVideo(still, { starts: [0], logits: [[2, 0]] }, rule);
    expect(prediction).toMatchObject({ label: 'anger', clips: [{ startSec: 0, endSec: 0.04, weight: 1 }] });
    expect(prediction.note).toMatch(/single frame/);
  });

  it('states why nothing was scored: no face, no frames', () => {
    const nothing = { starts: [], logits: [] };
    const faceless = predictVideo(exampleVideo(50, { runs: [], faceCoverage: 0 }), nothing, rule);
    expect(faceless).toMatchObject({ label: null, probabilities: {}, clips: [], faceCoverage: 0 });
    expect(faceless.note).toMatch(/no face/i);
    expect(predictVideo(exampleVideo(0), nothing, rule).note).toMatch(/no frames/);
  });
});
