import { countOf } from './count-of.ts';
import type { Protocol } from './records.ts';

/** That the judged run was not finished, in words; null where it was, and where nobody wrote it down. */
export function unfinishedRun({ epochs }: Pick<Protocol, 'epochs'>): string | null {
  if (epochs === undefined || epochs.finished) return null;
  return `trained ${epochs.trained} of ${countOf(epochs.planned, 'epoch')}, not finished`;
}
