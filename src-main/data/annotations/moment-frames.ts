import type { Moment } from '../../contract/records.ts';

/** Formats round times to a millisecond at worst; half of it decides which frame was meant. */
const ROUNDING_SEC = 0.0006;

/** First and last frame of a moment, both inside it, counted from 0. */
export type MomentFrames = { startFrame: number; endFrame: number };

/** The frame on show at a time: the last that has come by then. */
export function frameAt(timesSec: Float64Array, timeSec: number): number {
  let low = 0;
  let high = timesSec.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (timesSec[middle]! <= timeSec) low = middle;
    else high = middle;
  }
  return low;
}

export function framesOfMoment(timesSec: Float64Array, { startSec, endSec }: Moment): MomentFrames {
  const startFrame = frameAt(timesSec, startSec + ROUNDING_SEC);
  return { startFrame, endFrame: Math.max(startFrame, frameAt(timesSec, endSec - ROUNDING_SEC)) };
}

/** From the time of the first frame to the time at which the last one is replaced, or the video ends. */
export function momentOfFrames(
  timesSec: Float64Array,
  { startFrame, endFrame }: MomentFrames,
  durationSec: number,
): Moment {
  const startSec = timesSec[startFrame]!;
  const last = timesSec[endFrame]!;
  const step = last - (timesSec[endFrame - 1] ?? last);
  return { startSec, endSec: timesSec[endFrame + 1] ?? Math.max(durationSec, last + (step > 0 ? step : 0.04)) };
}
