import type { Moment } from '../../src-main/contract/records.ts';

/** `0.36 to 1.37 s`. */
export function momentText({ startSec, endSec }: Moment): string {
  return `${startSec.toFixed(2)} to ${endSec.toFixed(2)} s`;
}
