import { centreOf } from '../../src-main/contract/decision-stretches.ts';
import { largestOf } from '../../src-main/contract/largest-of.ts';
import type { Moment } from '../../src-main/contract/records.ts';
import type { TimeScale } from './time-scale.ts';

/** A band of a drawing: `top` is where 1 lies, `bottom` where 0 lies. */
export type Band = { top: number; bottom: number };

const px = (value: number) => Math.round(value * 10) / 10;

/**
 * SVG path of an area over the centres of clips; a single clip is a box over its span.
 * @param shares - 0 to 1, one for each clip
 */
export function clipArea(
  clips: readonly Moment[],
  shares: readonly number[],
  { x }: Pick<TimeScale, 'x'>,
  { top, bottom }: Band,
): string {
  const y = (share: number) => px(bottom - share * (bottom - top));
  const [only] = clips;
  if (only === undefined) return '';
  if (clips.length === 1) return `M${px(x(only.startSec))} ${bottom}V${y(shares[0]!)}H${px(x(only.endSec))}V${bottom}Z`;
  const points = clips.map((clip, p) => `${px(x(centreOf(clip)))} ${y(shares[p]!)}`);
  const [first, last] = [centreOf(only), centreOf(clips.at(-1)!)];
  return `M${px(x(first))} ${bottom}L${points.join('L')}L${px(x(last))} ${bottom}Z`;
}

/** Values relative to the largest; all 0 where nothing is above 0. */
export function relativeToLargest(values: readonly number[]): number[] {
  const largest = largestOf(values);
  return values.map((value) => (largest > 0 ? value / largest : 0));
}

/** What a timeline shows, for those who cannot see it. */
export function timelineText(video: {
  prediction: { clips: readonly unknown[]; durationSec: number; heaviest: Moment | null };
  moment: Moment | null;
}): string {
  const { clips, durationSec, heaviest } = video.prediction;
  const span = ({ startSec, endSec }: Moment) => `${startSec.toFixed(2)} to ${endSec.toFixed(2)} seconds`;
  const parts = [
    `Weight of ${clips.length} clips over ${durationSec.toFixed(1)} seconds.`,
    heaviest && `Heaviest moment ${span(heaviest)}.`,
    video.moment && `Labelled moment ${span(video.moment)}.`,
  ];
  return parts.filter(Boolean).join(' ');
}
