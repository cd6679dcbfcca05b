import { describe, expect, it } from 'vitest';
import { DEFAULT_DIFFICULTY } from '../../../src-main/sample/difficulty.ts';
import { performClip } from '../../../src-main/sample/performance.ts';
import type { SampleClip } from '../../../src-main/sample/plan-sample.ts';
import { planSample, SAMPLE_FPS } from '../../../src-main/sample/plan-sample.ts';

const QUIET = { ...DEFAULT_DIFFICULTY, distractorsPerSec: 0, talkingShare: 0 };

const framesOf = (clip: SampleClip, difficulty = DEFAULT_DIFFICULTY) => {
  const stateAt = performClip(clip, difficulty);
  return Array.from({ length: clip.frameCount }, (_, i) => ({
    timeSec: i / SAMPLE_FPS,
    state: stateAt(i / SAMPLE_FPS),
  }));
};

describe('performClip', () => {
  it('smiles above half height exactly in the labelled moment', () => {
    for (const clip of planSample({ seed: 2, people: 12 }).filter(({ label }) => label === 'happiness')) {
      const smiles = framesOf(clip, QUIET).map(({ timeSec, state }) => ({ timeSec, smile: state.face.cornerUp }));
      const highest = Math.max(...smiles.map(({ smile }) => smile));
      expect(highest).toBeGreaterThan(0.4);
      const { startSec, endSec } = clip.moment!;
      for (const { timeSec, smile } of smiles) {
        if (timeSec > startSec + 0.08 && timeSec < endSec - 0.08) expect(smile).toBeGreaterThan(0.5 * highest);
        if (timeSec < startSec - 0.08 || timeSec > endSec + 0.08) expect(smile).toBeLessThan(0.6 * highest);
      }
    }
  });

  it('keeps distractors weak and short of an expression in neutral videos, and has some', () => {
    const neutral = planSample({ seed: 2, people: 40 }).filter(({ label }) => label === 'neutral');
    const peaks = neutral.map((clip) => Math.max(...framesOf(clip).map(({ state }) => state.face.innerBrowUp)));
    expect(Math.max(...peaks)).toBeGreaterThan(0.25);
    expect(Math.max(...peaks)).toBeLessThan(1.2);
    expect(peaks.filter((peak) => peak < 0.2).length).toBeGreaterThan(5);
  });

  it('blinks, looks around, turns the head and talks in every class', () => {
    for (const label of ['neutral', 'fear'] as const) {
      const frames = planSample({ seed: 5, people: 12 })
        .filter((clip) => clip.label === label)
        .flatMap((clip) => framesOf(clip));
      const spread = (of: (state: (typeof frames)[number]['state']) => number) => {
        const values = frames.map(({ state }) => of(state));
        return Math.max(...values) - Math.min(...values);
      };
      expect(spread((state) => state.blink)).toBeGreaterThan(0.9);
      expect(spread((state) => state.gaze.x)).toBeGreaterThan(0.06);
      expect(spread((state) => state.pose.yaw)).toBeGreaterThan(0.3);
      expect(spread((state) => state.face.pucker)).toBeGreaterThan(0.2);
      expect(spread((state) => state.exposure)).toBeGreaterThan(0.05);
    }
  });

  it('never turns the head further than a face detector follows', () => {
    for (const clip of planSample({ seed: 9, people: 10 }))
      for (const { state } of framesOf(clip)) {
        expect(Math.abs(state.pose.yaw)).toBeLessThanOrEqual(0.5);
        expect(Math.abs(state.pose.pitch)).toBeLessThanOrEqual(0.22);
      }
  });
});
