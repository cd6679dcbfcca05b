import { describe, expect, it } from 'vitest';
import { findContradictions } from '../../../src-main/infer/contradictions.ts';
import { examplePrediction, secondsWithWeights } from './example-video.ts';

const classes = ['anger', 'fear'];

function judged(videoId: string, heaviestLogits: number[], moment: { startSec: number; endSec: number } | null = null) {
  const clips = secondsWithWeights([0.1, 0.7, 0.1, 0.1]);
  clips[1]!.logits = heaviestLogits;
  return { prediction: examplePrediction({ videoId, clips }), truth: 'anger', moment };
}

describe('findContradictions', () => {
  it('lists videos whose heaviest clip shows another expression, the clearest first', () => {
    const found = findContradictions(
      [judged('mild', [0, 1]), judged('agrees', [1, 0]), judged('clear', [0, 5])],
      classes,
    );
    expect(found.map(({ videoId }) => videoId)).toEqual(['clear', 'mild']);
    expect(found[0]).toMatchObject({
      shows: 'fear',
      reason: 'other-expression',
      heaviest: { startSec: 1, endSec: 2 },
      severity: expect.closeTo(Math.tanh(2.5)),
    });
  });

  it('lists videos whose heaviest clip lies outside the labelled moment', () => {
    const [found] = findContradictions([judged('late', [1, 0], { startSec: 2, endSec: 4 })], classes);
    expect(found).toMatchObject({ videoId: 'late', reason: 'outside-moment', severity: expect.closeTo(0.8) });
    expect(findContradictions([judged('hit', [1, 0], { startSec: 1, endSec: 2 })], classes)).toEqual([]);
    const afterTheEnd = { startSec: 100, endSec: 200 };
    expect(findContradictions([judged('slip', [1, 0], afterTheEnd)], classes)).toEqual([]);
  });

  it('leaves out videos without a label, without clips, or without a heaviest moment', () => {
    const videos = [
      { ...judged('unlabelled', [0, 5]), truth: null },
      { ...judged('faceless', []), prediction: examplePrediction({ clips: [] }) },
      { ...judged('flat', []), prediction: examplePrediction({ clips: secondsWithWeights([0.5, 0.5]) }) },
    ];
    expect(findContradictions(videos, classes)).toEqual([]);
  });
});
