import { describe, expect, it } from 'vitest';
import { ExpressionPalette } from '../../../src-main/contract/expression-palette.ts';
import { heatShades, samplingDistribution } from '../../../src-main/contract/sampling-distribution.ts';
import { overlayBand } from '../../../src-main/compute/inspect/overlay-band.ts';
import { classProbabilities, poolClips } from '../../../src-main/infer/gamma-lens.ts';
import { heaviestClip } from '../../../src-main/infer/localisation.ts';
import { sparkline, timeline } from '../../../src-main/report/timeline.ts';
import { relativeToLargest } from '../../../src-renderer/lib/clip-paths.ts';
import { examplePrediction } from './example-video.ts';

/** More than a call of a function takes as arguments, and an hour and a half of video at 50 frames a second. */
const CLIPS = 300_000;

const logits = Array.from({ length: CLIPS }, (_, p) => [p === 9 ? 2 : 0, 1]);
const weights = logits.map((_, p) => (p === 9 ? 0.5 : 0.5 / CLIPS));
const clips = weights.map((weight, p) => ({
  startFrame: p,
  startSec: p / 50,
  endSec: (p + 1) / 50,
  weight,
  logits: [0],
}));
const prediction = examplePrediction({ clips, durationSec: CLIPS / 50, heaviest: null });

describe('videos of very many clips', () => {
  it('are pooled by either rule', () => {
    const { logits: pooled } = poolClips(logits, { kind: 'softmax', gamma: Infinity });
    expect(pooled).toEqual([2, expect.closeTo(1)]);
    const { logits: joint } = poolClips(logits, { kind: 'log-sum-exp' });
    expect(joint[1]).toBeCloseTo(1 + Math.log(CLIPS));
    expect(classProbabilities(joint)).toHaveLength(2);
  });

  it('have a heaviest clip, and are sampled and drawn', () => {
    expect(heaviestClip(clips)).toBe(clips[9]);
    expect(relativeToLargest(weights)[9]).toBe(1);
    const drawn = samplingDistribution(weights, CLIPS, 1);
    expect(heatShades([drawn])[0]![9]).toBe(1);
  });

  it('have timelines in the report and a band in their overlay', async () => {
    const palette = new ExpressionPalette(['anger']);
    const video = {
      prediction,
      truth: null,
      subject: null,
      moment: null,
      heaviest: null,
      contradiction: null,
      thumbnails: [],
    };
    expect(sparkline(video)!.html).toContain('class="spark"');
    expect(timeline(video, ['anger'], palette).html).toContain('class="weights"');
    expect(await overlayBand({ prediction, truth: null, moment: null, palette }, 480)).toHaveLength(3 * 480 * 92);
  });
});
