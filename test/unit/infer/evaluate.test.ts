import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src-main/data/rng.ts';
import { bootstrapIntervals } from '../../../src-main/infer/bootstrap.ts';
import { evaluate, type EvaluatedVideo } from '../../../src-main/infer/evaluate.ts';
import { gammaCurve } from '../../../src-main/infer/gamma-curve.ts';
import { examplePrediction, secondsWithWeights } from './example-video.ts';

const classes = ['anger', 'fear'];
const protocol = {
  split: 'test',
  subjectDisjoint: true,
  selectedOn: 'val',
  seed: 1,
  dataFingerprint: 'f00d',
  engine: 'wasm',
} as const;

function video(truth: string, label: string | null, changes: Partial<EvaluatedVideo> = {}): EvaluatedVideo {
  const clips = label === null ? [] : secondsWithWeights([0.1, 0.7, 0.1, 0.1]);
  const prediction = examplePrediction({ label, clips, ...(label === null ? { note: 'No face.' } : {}) });
  return { prediction, truth, subject: null, moment: null, ...changes };
}

const run = (videos: EvaluatedVideo[]) => evaluate(videos, { classes, protocol, rng: new Rng(1) });

describe('evaluate', () => {
  it('gives a worked example', () => {
    const report = run([
      video('anger', 'anger'),
      video('anger', 'anger'),
      video('anger', 'fear'),
      video('fear', 'fear'),
    ]);
    expect(report).toMatchObject({ split: 'test', n: 4, war: 0.75, uar: expect.closeTo(5 / 6), labels: classes });
    expect(report.confusion).toEqual([
      [2, 1],
      [0, 1],
    ]);
    expect(report.perClass['fear']).toEqual({ recall: 1, precision: 0.5, f1: expect.closeTo(2 / 3), n: 1 });
    expect(report).not.toHaveProperty('localisation');
  });

  it('counts videos that could not be scored as wrong, and lists them with the reason', () => {
    const report = run([video('anger', 'anger'), video('fear', null)]);
    expect(report).toMatchObject({ war: 0.5, uar: 0.5, unscored: [{ path: 'people/v1.mp4', reason: 'No face.' }] });
  });

  it('scores localisation over the videos with a labelled moment only', () => {
    const moment = { startSec: 1, endSec: 2 };
    const report = run([video('anger', 'anger', { moment }), video('fear', null, { moment }), video('fear', 'fear')]);
    expect(report.localisation).toEqual({
      pointing: 0.5,
      mass: expect.closeTo(0.35),
      uniform: expect.closeTo(0.125),
      n: 2,
    });
  });

  it('scores no localisation for moments that lie outside their videos', () => {
    const outside = video('anger', 'anger', { moment: { startSec: 100, endSec: 200 } });
    expect(run([outside])).not.toHaveProperty('localisation');
    const reaching = video('anger', 'anger', { moment: { startSec: 1, endSec: 200 } });
    expect(run([outside, reaching]).localisation).toMatchObject({ pointing: 1, uniform: 0.75, n: 1 });
  });

  it('completes the protocol with counts', () => {
    const one = { subject: 'p1' };
    const report = run([
      video('anger', 'anger', one),
      video('fear', 'fear', one),
      video('fear', 'fear', { subject: null }),
    ]);
    expect(report.protocol).toEqual({ ...protocol, n: 3, subjects: 1, unnamed: 1 });
  });

  it('refuses an empty split and a label that the run does not know', () => {
    expect(() => run([])).toThrow(/test split has no labelled video/);
    expect(() => run([video('joy', 'anger')])).toThrow(/people\/v1.mp4 is labelled "joy".*anger, fear/);
  });
});

describe('bootstrapIntervals', () => {
  const outcomes = (right: number, wrong: number, subjectOf: (i: number) => string | null = () => null) =>
    Array.from({ length: right + wrong }, (_, i) => ({ truth: i % 2, correct: i < right, subject: subjectOf(i) }));

  it('covers the binomial interval for independent videos', () => {
    const war = bootstrapIntervals(outcomes(160, 40), 2, new Rng(2)).war!;
    const deviation = Math.sqrt((0.8 * 0.2) / 200);
    expect(Math.abs(war.low - (0.8 - 1.96 * deviation))).toBeLessThan(0.01);
    expect(Math.abs(war.high - (0.8 + 1.96 * deviation))).toBeLessThan(0.01);
  });

  it('is none where all came out alike, and for a class without a video', () => {
    const none = { war: null, uar: null, perClass: [null, null, null] };
    expect(bootstrapIntervals(outcomes(10, 0), 3, new Rng(3))).toEqual(none);
    expect(bootstrapIntervals(outcomes(0, 10), 3, new Rng(3))).toEqual(none);
    const { war, perClass } = bootstrapIntervals(outcomes(10, 1), 3, new Rng(3));
    expect(war!.high).toBeGreaterThan(war!.low);
    expect(perClass[2]).toBeNull();
  });

  it('gives a class the interval that WAR has where it is the only class', () => {
    const { war, perClass } = bootstrapIntervals(
      Array.from({ length: 50 }, (_, i) => ({ truth: 0, correct: i % 5 > 0, subject: null })),
      1,
      new Rng(3),
    );
    expect(perClass).toEqual([war]);
  });

  it('is wider where the videos of a person rise and fall together', () => {
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const independent = bootstrapIntervals(outcomes(160, 40), 2, new Rng(4)).war!;
    const clustered = bootstrapIntervals(
      outcomes(160, 40, (i) => `p${Math.floor(i / 20)}`),
      2,
      new Rng(4),
    ).war!;
    expect(width(clustered)).toBeGreaterThan(2 * width(independent));
  });

  it('is none where all videos show one person, or a class is shown by one alone', () => {
    const one = outcomes(5, 15, () => 'p1');
    expect(bootstrapIntervals(one, 2, new Rng(7))).toEqual({ war: null, uar: null, perClass: [null, null] });
    const lone = bootstrapIntervals(outcomes(1, 0), 2, new Rng(7));
    expect(lone).toMatchObject({ war: null, uar: null });
    const other = { truth: 0, correct: true, subject: 'p2' };
    const { war, perClass } = bootstrapIntervals([...one, other], 2, new Rng(7));
    expect(war!.high).toBeGreaterThan(war!.low);
    expect(perClass).toEqual([expect.objectContaining({ high: 1 }), null]);
  });

  it('repeats with its seed', () => {
    const once = bootstrapIntervals(outcomes(30, 20), 2, new Rng(5));
    expect(bootstrapIntervals(outcomes(30, 20), 2, new Rng(5))).toEqual(once);
    expect(bootstrapIntervals(outcomes(30, 20), 2, new Rng(6))).not.toEqual(once);
  });
});

describe('gammaCurve', () => {
  it('gives WAR and UAR of the same clip logits from average to maximum pooling', () => {
    const short = [
      [1, 0],
      [1, 0],
      [1, 4],
      [1, -2],
    ];
    const steady = [[3, 0]];
    const videos = [
      { clipLogits: short, label: 1 },
      { clipLogits: steady, label: 0 },
      { clipLogits: [], label: 0 },
    ];
    expect(gammaCurve(videos, 2, [0, Infinity])).toEqual([
      { gamma: 0, war: expect.closeTo(1 / 3), uar: expect.closeTo(0.25) },
      { gamma: Infinity, war: expect.closeTo(2 / 3), uar: expect.closeTo(0.75) },
    ]);
  });
});
