import { describe, expect, it } from 'vitest';
import { heaviestClip, scoreLocalisation } from '../../../src-main/infer/localisation.ts';
import { secondsWithWeights } from './example-video.ts';

/** 25 clips of 16 frames at 10 frames per second, one at every frame. */
function windows(weightOf: (startFrame: number) => number) {
  return Array.from({ length: 25 }, (_, startFrame) => ({
    startFrame,
    startSec: startFrame / 10,
    endSec: (startFrame + 16) / 10,
    weight: weightOf(startFrame),
    logits: [],
  }));
}

describe('the heaviest clip', () => {
  it('is the one with the largest weight', () => {
    expect(heaviestClip(secondsWithWeights([0.1, 0.2, 0.6, 0.1]))!.startSec).toBe(2);
  });

  it('is the middle of windows that tie because they hold the same best frame', () => {
    const bestFrame = 20;
    const holds = (start: number) => start <= bestFrame && bestFrame < start + 16;
    const clip = heaviestClip(windows((start) => (holds(start) ? 0.05 * (1 + 1e-7 * Math.sin(start)) : 0.01)))!;
    const centreFrame = clip.startFrame + 8;
    expect(Math.abs(centreFrame - bestFrame)).toBeLessThanOrEqual(1);
  });

  it('is taken from the first of two separate plateaus', () => {
    expect(heaviestClip(windows((start) => ([2, 3, 4, 12, 13].includes(start) ? 0.2 : 0)))!.startFrame).toBe(3);
  });

  it('does not bridge a gap between stretches with a face', () => {
    const clips = [...secondsWithWeights([0.3, 0.3, 0.1])];
    expect(heaviestClip(clips)!.startSec).toBe(0);
  });

  it('does not exist where all weights are equal or nothing was scored, but does for a lone clip', () => {
    expect(heaviestClip(windows(() => 1 / 25))).toBeNull();
    expect(heaviestClip([])).toBeNull();
    expect(heaviestClip(secondsWithWeights([1]))!.startSec).toBe(0);
  });
});

describe('scoreLocalisation', () => {
  const moment = { startSec: 1, endSec: 3 };

  it('gives a worked example', () => {
    const score = scoreLocalisation([
      { clips: secondsWithWeights([0.1, 0.6, 0.2, 0.1]), moment },
      { clips: secondsWithWeights([0.7, 0.1, 0.1, 0.1]), moment },
    ])!;
    expect(score).toEqual({ pointing: 0.5, mass: expect.closeTo(0.5), uniform: 0.5, n: 2 });
  });

  it('gives uniform weights exactly what uniform weights would give', () => {
    const clips = secondsWithWeights([0.2, 0.2, 0.2, 0.2, 0.2]);
    const score = scoreLocalisation([{ clips, moment }])!;
    expect(score.pointing).toBeCloseTo(score.uniform, 12);
    expect(score.mass).toBeCloseTo(score.uniform, 12);
  });

  it('goes by the centre of a clip, borders included', () => {
    const clips = secondsWithWeights([0, 1, 0, 0]);
    expect(scoreLocalisation([{ clips, moment: { startSec: 1.5, endSec: 1.6 } }])!.pointing).toBe(1);
    expect(scoreLocalisation([{ clips, moment: { startSec: 1.6, endSec: 2.4 } }])!.pointing).toBe(0);
  });

  it('counts a video that could not be scored as a miss', () => {
    expect(scoreLocalisation([{ clips: [], moment }])).toEqual({ pointing: 0, mass: 0, uniform: 0, n: 1 });
  });

  it('is absent without labelled moments', () => {
    expect(scoreLocalisation([])).toBeUndefined();
  });
});
