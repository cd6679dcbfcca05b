import { describe, expect, it } from 'vitest';
import { labelsCsv } from '../../../src-main/sample/labels-csv.ts';
import { planSample, SAMPLE_LABELS } from '../../../src-main/sample/plan-sample.ts';

describe('planSample', () => {
  it('plans 24 people times 7 classes by default', () => {
    const clips = planSample();
    expect(clips).toHaveLength(168);
    expect(new Set(clips.map((clip) => clip.subject)).size).toBe(24);
    for (const label of SAMPLE_LABELS) expect(clips.filter((clip) => clip.label === label)).toHaveLength(24);
  });

  it('gives every video its own path and seed', () => {
    const clips = planSample({ people: 5, perClass: 3 });
    expect(clips).toHaveLength(105);
    expect(new Set(clips.map((clip) => clip.path)).size).toBe(105);
    expect(new Set(clips.map((clip) => clip.seed)).size).toBe(105);
    expect(clips[3]!.path).toBe('videos/person-01/02-happiness-1.mp4');
  });

  it('repeats itself for a seed and differs for another', () => {
    expect(planSample({ seed: 4, people: 2 })).toEqual(planSample({ seed: 4, people: 2 }));
    expect(planSample({ seed: 4, people: 2 })).not.toEqual(planSample({ seed: 5, people: 2 }));
  });

  it('keeps the videos of a person when people or takes are added', () => {
    const few = planSample({ people: 2 });
    const more = planSample({ people: 3, perClass: 2 });
    for (const clip of few) expect(more).toContainEqual(clip);
  });

  it('puts moments inside their videos, on 20 to 35 % of them, and none in neutral ones', () => {
    for (const { label, moment, durationSec, frameCount } of planSample({ people: 60 })) {
      expect(durationSec).toBeCloseTo(frameCount / 25, 9);
      expect(durationSec).toBeGreaterThanOrEqual(2.98);
      expect(durationSec).toBeLessThanOrEqual(5.02);
      expect(moment === null).toBe(label === 'neutral');
      if (!moment) continue;
      const share = (moment.endSec - moment.startSec) / durationSec;
      expect(moment.startSec).toBeGreaterThanOrEqual(0);
      expect(moment.endSec).toBeLessThanOrEqual(durationSec);
      expect(share).toBeGreaterThan(0.199);
      expect(share).toBeLessThan(0.351);
    }
  });

  it('spreads moments over the video, so that no fixed place is a good guess', () => {
    const centres = planSample({ people: 100 }).flatMap(({ moment, durationSec }) =>
      moment ? [(moment.startSec + moment.endSec) / 2 / durationSec] : [],
    );
    for (const [low, high] of [
      [0.1, 0.35],
      [0.35, 0.5],
      [0.5, 0.65],
      [0.65, 0.9],
    ] as const)
      expect(centres.filter((centre) => centre >= low && centre < high).length / centres.length).toBeGreaterThan(0.15);
  });
});

describe('labelsCsv', () => {
  it('writes one line a video, with empty times for neutral ones', () => {
    const clips = planSample({ seed: 1, people: 1 }).slice(0, 2);
    const { startSec, endSec } = clips[1]!.moment!;
    expect(labelsCsv(clips)).toBe(
      'path,label,subject,start,end\n' +
        'videos/person-01/01-neutral-1.mp4,neutral,person-01,,\n' +
        `videos/person-01/02-happiness-1.mp4,happiness,person-01,${startSec},${endSec}\n`,
    );
  });
});
