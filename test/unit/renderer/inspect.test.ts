import { describe, expect, it } from 'vitest';
import type { LabelNow } from '../../../src-main/contract/window/inspect.ts';
import { gammaAt, gammaText, LENS_PLACES, placeOf } from '../../../src-renderer/lib/gamma-scale.ts';
import { filterVideos, inspectedVideos } from '../../../src-renderer/lib/inspected-videos.ts';
import type { ScoredVideo } from '../../../src-main/infer/gamma-curve.ts';
import { lensDecision, lensRow, lensStretches } from '../../../src-renderer/lib/lens-table.ts';
import { frameAt, timeScale, timeTicks } from '../../../src-renderer/lib/time-scale.ts';
import { clipArea, relativeToLargest } from '../../../src-renderer/lib/clip-paths.ts';
import { trustFacts, trustVerdict } from '../../../src-renderer/lib/trust.ts';
import { examplePrediction } from '../infer/example-video.ts';

const classes = ['anger', 'fear'];

/** Four clips of a second; `logits` of each. */
function predictionOf(logits: number[][], weights = logits.map(() => 1 / logits.length)) {
  const clips = logits.map((row, p) => ({
    startFrame: 25 * p,
    startSec: p,
    endSec: p + 1,
    weight: weights[p]!,
    logits: row,
  }));
  return examplePrediction({ clips, heaviest: { startSec: 1, endSec: 2, weight: weights[1]! } });
}

const label = (change: Partial<LabelNow> = {}): LabelNow => ({
  ...{ id: 'v1', label: 'anger', subject: 'p1', moment: null, confirmed: false },
  ...change,
});

describe('the scale of the lens', () => {
  it('goes from the average to the maximum, and back to the same place', () => {
    expect(gammaAt(0)).toBe(0);
    expect(gammaAt(LENS_PLACES - 1)).toBe(Infinity);
    for (let place = 0; place < LENS_PLACES; place++) expect(placeOf(gammaAt(place))).toBe(place);
    expect([gammaText(0), gammaText(1), gammaText(Infinity)]).toEqual(['0 (average)', '1', 'max']);
  });
});

describe('videos of an evaluation', () => {
  const against = predictionOf(
    [
      [0, 0],
      [0, 3],
      [1, 0],
      [1, 0],
    ],
    [0.1, 0.7, 0.1, 0.1],
  );

  it('are judged by the labels of now, and leave the queue when somebody let the label stand', () => {
    const [video] = inspectedVideos({ predictions: [against], classes }, [label()]);
    expect(video!.contradiction).toMatchObject({ shows: 'fear', reason: 'other-expression' });
    const [looked] = inspectedVideos({ predictions: [against], classes }, [label({ confirmed: true })]);
    expect(looked!.contradiction).toBeNull();
    const [relabelled] = inspectedVideos({ predictions: [against], classes }, [label({ label: 'fear' })]);
    expect(relabelled!.contradiction).toBeNull();
  });

  it('that left the project are left out', () => {
    expect(inspectedVideos({ predictions: [against], classes }, [])).toEqual([]);
  });

  it('are filtered by cell, by subject and by words', () => {
    const videos = inspectedVideos({ predictions: [against], classes }, [label()]);
    const count = (filter: Parameters<typeof filterVideos>[1], text = '') => filterVideos(videos, filter, text).length;
    expect(count({ kind: 'cell', truth: 'anger', predicted: 'anger' })).toBe(1);
    expect(count({ kind: 'cell', truth: 'anger', predicted: 'fear' })).toBe(0);
    expect(count({ kind: 'subject', subject: 'p2' })).toBe(0);
    expect(count({ kind: 'wrong' })).toBe(0);
    expect(count({ kind: 'all' }, 'P1 anger')).toBe(1);
    expect(count({ kind: 'all' }, 'nobody')).toBe(0);
  });
});

describe('the lens on a split', () => {
  const peak = [
    [1, 0],
    [1, 0],
    [1, 4],
    [1, 0],
  ];

  const rowOf = (videos: ScoredVideo[], gamma: number) =>
    lensRow(videos, 2, { gamma, decisions: videos.map((video) => lensDecision(video, gamma)) });

  it('decides by the average at one end and by the peak at the other', () => {
    const video = { clipLogits: [...peak, [1, 0]], label: 1 };
    expect(rowOf([video], 0)).toMatchObject({ decisions: [0], war: 0 });
    expect(rowOf([video], Infinity)).toMatchObject({ decisions: [1], war: 1, uar: 1 });
  });

  it('counts a video without scores as wrong and one without a known label not at all', () => {
    const videos = [
      { clipLogits: [], label: 0 },
      { clipLogits: peak, label: -1 },
    ];
    expect(rowOf(videos, 10)).toMatchObject({ decisions: [null, 1], war: 0 });
  });

  it('joins places with the same decision', () => {
    expect(lensStretches([0, 0, 1, 1, 1, 0])).toEqual([
      { decision: 0, from: 0, to: 2 },
      { decision: 1, from: 2, to: 5 },
      { decision: 0, from: 5, to: 6 },
    ]);
  });
});

describe('reasons to trust', () => {
  const video = (changes: Partial<LabelNow>, logits: number[][], weights?: number[]) =>
    inspectedVideos({ predictions: [predictionOf(logits, weights)], classes }, [label(changes)])[0]!;
  const steady = [
    [2, 0],
    [5, 0],
    [2, 0],
    [2, 0],
  ];

  it('agree where label, moment and clip do', () => {
    const facts = trustFacts(video({ moment: { startSec: 1, endSec: 2 } }, steady, [0.1, 0.7, 0.1, 0.1]), classes, 1);
    expect(trustVerdict(facts)).toEqual({ tone: 'good', text: 'Evidence agrees' });
  });

  it('name the other label, a moment elsewhere and a flip near the γ of the run', () => {
    const facts = (changes: Partial<LabelNow>, logits = steady) =>
      trustFacts(video(changes, logits, [0.1, 0.7, 0.1, 0.1]), classes, 1).map(({ text }) => text);
    expect(facts({ label: 'fear' })).toContain('The label says fear.');
    expect(facts({ moment: { startSec: 3, endSec: 4 } })).toContain('Heaviest clip lies outside the labelled moment.');
    expect(
      facts({}, [
        [1, 0],
        [1, 2.2],
        [1, 0],
        [1, 0],
      ]).some((text) => text.startsWith('Depends on pooling')),
    ).toBe(true);
  });
});

describe('time', () => {
  it('is the same there and back, and stays inside', () => {
    const scale = timeScale(4, 100, 500);
    expect([scale.x(0), scale.x(2), scale.x(9)]).toEqual([100, 300, 500]);
    expect(scale.sec(scale.x(1.3))).toBeCloseTo(1.3, 9);
  });

  it('finds the frame on show, also where frames are not evenly spaced', () => {
    const times = [0, 0.04, 0.5, 0.54];
    expect([0, 0.03, 0.04, 0.49, 0.5, 99].map((sec) => frameAt(times, sec))).toEqual([0, 0, 1, 1, 2, 3]);
    expect(frameAt([], 1)).toBe(0);
  });

  it('is ticked at round seconds with room between them', () => {
    expect(timeTicks(3.1, 300)).toEqual([0, 1, 2, 3]);
    for (const [length, width] of [
      [0.3, 900],
      [7, 300],
      [400, 900],
    ] as const)
      expect(timeTicks(length, width).length).toBeLessThanOrEqual(Math.max(2, width / 64) + 1);
  });
});

describe('areas of clips', () => {
  it('run over the centres of the clips, closed at the bottom', () => {
    const clips = [
      { startSec: 0, endSec: 1 },
      { startSec: 1, endSec: 2 },
    ];
    const path = clipArea(clips, relativeToLargest([0.25, 0.5]), { x: (sec) => 10 * sec }, { top: 0, bottom: 20 });
    expect(path).toBe('M5 20L5 10L15 0L15 20Z');
    expect(clipArea([], [], { x: (sec) => sec }, { top: 0, bottom: 1 })).toBe('');
  });
});
