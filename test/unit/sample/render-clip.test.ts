import { describe, expect, it } from 'vitest';
import { DEFAULT_DIFFICULTY } from '../../../src-main/sample/difficulty.ts';
import type { SampleClip } from '../../../src-main/sample/plan-sample.ts';
import { planSample } from '../../../src-main/sample/plan-sample.ts';
import { renderClip } from '../../../src-main/sample/render-clip.ts';

const shortened = (clip: SampleClip, frameCount: number): SampleClip => ({ ...clip, frameCount });

/** Nothing moves but the expression, at full height. */
const CALM = {
  ...DEFAULT_DIFFICULTY,
  ...{ distractorsPerSec: 0, talkingShare: 0, blinksPerSec: 0.001, lightChange: 0, shakePixels: 0 },
  ...{ yaw: 0, pitch: 0, roll: 0 },
};

/** Mean absolute difference of two frames over the middle of the picture, where the face is. */
function difference(a: Uint8Array, b: Uint8Array, size: number): number {
  let sum = 0;
  let count = 0;
  for (let row = Math.floor(size * 0.3); row < size * 0.75; row++)
    for (let column = Math.floor(size * 0.3); column < size * 0.7; column++) {
      sum += Math.abs(a[3 * (row * size + column)]! - b[3 * (row * size + column)]!);
      count++;
    }
  return sum / count;
}

describe('renderClip', () => {
  it('draws the planned number of rgb24 frames, the same bytes each time', () => {
    const clip = shortened(planSample({ seed: 7, people: 1 })[1]!, 6);
    const first = [...renderClip(clip, { size: 64 })];
    expect(first).toHaveLength(6);
    expect(first.every((frame) => frame.length === 64 * 64 * 3)).toBe(true);
    expect([...renderClip(clip, { size: 64 })]).toEqual(first);
  });

  it('draws other people and other settings for other seeds', () => {
    const [a, b] = [1, 2].map((seed) => shortened(planSample({ seed, people: 1 })[0]!, 1));
    const frameOf = (clip: SampleClip) => [...renderClip(clip, { size: 48 })][0]!;
    expect(difference(frameOf(a!), frameOf(b!), 48)).toBeGreaterThan(5);
  });

  it('draws every class for a hundred seeds at low resolution', () => {
    for (let seed = 0; seed < 100; seed++) {
      const clip = planSample({ seed, people: 1 })[seed % 7]!;
      const frame = [...renderClip(shortened(clip, 1), { size: 32 })][0]!;
      const levels = frame.filter((_, i) => i % 3 === 0);
      expect(Math.max(...levels) - Math.min(...levels), `seed ${seed}`).toBeGreaterThan(25);
    }
  });

  it('changes the face more in the moment than distractors do outside it', () => {
    const size = 64;
    let inside = 0;
    let outside = 0;
    for (const clip of planSample({ seed: 3, people: 1 })) {
      const { moment, durationSec } = clip;
      if (!moment) continue;
      const calm = [...renderClip(clip, { size, difficulty: CALM })];
      const busy = [...renderClip(clip, { size, difficulty: { ...CALM, distractorsPerSec: 0.55 } })];
      const timeOf = (frame: number) => (frame / calm.length) * durationSec;
      const rest = calm.findIndex((_, i) => timeOf(i) < moment.startSec - 0.5 || timeOf(i) > moment.endSec + 0.5);
      const peak = calm.findIndex((_, i) => timeOf(i) > (moment.startSec + moment.endSec) / 2);
      inside += difference(calm[peak]!, calm[rest]!, size);
      const idle = busy.flatMap((frame, i) =>
        isOutside(moment, timeOf(i)) ? [difference(frame, calm[i]!, size)] : [],
      );
      outside += idle.reduce((sum, value) => sum + value, 0) / idle.length;
    }
    expect(inside).toBeGreaterThan(2 * outside);
  });
});

function isOutside({ startSec, endSec }: { startSec: number; endSec: number }, timeSec: number): boolean {
  return timeSec < startSec - 0.3 || timeSec > endSec + 0.3;
}
