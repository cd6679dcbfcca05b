import type { Moment } from '../../src-main/contract/records.ts';
import { frameAt } from './time-scale.ts';

/** First and last frame of a moment, both inside it, counted from 0. */
export type FrameRange = { first: number; last: number };

/** Lists write milliseconds; half of one decides which frame was meant. */
const ROUNDING_SEC = 0.0006;

export function rangeOfMoment(timesSec: Float64Array, { startSec, endSec }: Moment): FrameRange {
  const first = frameAt(timesSec, startSec + ROUNDING_SEC);
  return { first, last: Math.max(first, frameAt(timesSec, endSec - ROUNDING_SEC)) };
}

/** From the time of the first frame to the time at which the last one is replaced, or the video ends. */
export function momentOfRange(timesSec: Float64Array, { first, last }: FrameRange, durationSec: number): Moment {
  const step = last > 0 ? timesSec[last]! - timesSec[last - 1]! : 0.04;
  return { startSec: timesSec[first]!, endSec: timesSec[last + 1] ?? Math.max(durationSec, timesSec[last]! + step) };
}

export type Edge = 'first' | 'last';

/** A range with one edge moved; the other is pushed along, and both stay inside the video. */
export function withEdge(range: FrameRange, edge: Edge, frame: number, count: number): FrameRange {
  const at = Math.min(Math.max(frame, 0), count - 1);
  return edge === 'first'
    ? { first: at, last: Math.max(range.last, at) }
    : { first: Math.min(range.first, at), last: at };
}
