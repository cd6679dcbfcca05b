import type { Moment } from '../contract/records.ts';

/** The part of a moment that lies in a video of `durationSec` seconds; null where none does. */
export function momentInVideo(moment: Moment, durationSec: number): Moment | null {
  const startSec = Math.max(0, moment.startSec);
  const endSec = Math.min(moment.endSec, durationSec);
  return startSec < endSec ? { startSec, endSec } : null;
}
