import type { EpochMetrics } from '../../src-main/contract/records.ts';
import type { JobState } from '../../src-main/contract/window/jobs.ts';
import type { RunRow } from '../../src-main/contract/window/train.ts';
import { percentText } from './plain-numbers.ts';

export type RunTone = 'good' | 'doubt' | 'wrong' | 'plain';

/** The state of a run in a word; a run without a job that says it trains was cut off. */
export function runState(
  { status }: Pick<RunRow, 'status'>,
  job: Pick<JobState, 'state'> | null,
): { tone: RunTone; text: string } {
  if (job !== null)
    return {
      tone: 'plain',
      text: job.state === 'queued' ? 'waiting' : job.state === 'stopping' ? 'pausing' : 'training',
    };
  const words = {
    training: { tone: 'doubt', text: 'cut off' },
    paused: { tone: 'doubt', text: 'paused' },
    kept: { tone: 'good', text: 'stopped, kept' },
    trained: { tone: 'good', text: 'finished' },
    failed: { tone: 'wrong', text: 'failed' },
    unreadable: { tone: 'wrong', text: 'unreadable' },
  } as const satisfies Record<RunRow['status'], { tone: RunTone; text: string }>;
  return words[status];
}

/** Whether it can go on from where it stopped. */
export function canResume({ status }: Pick<RunRow, 'status'>): boolean {
  return status === 'training' || status === 'paused' || status === 'failed';
}

/** Which epoch is kept and what it reached. */
export function bestText(epochs: readonly EpochMetrics[]): string {
  const best = epochs.findLast((epoch) => epoch.best);
  if (best === undefined) return '';
  const { epoch, valLoss, valWar, valUar } = best;
  return `Kept: epoch ${epoch}, validation loss ${valLoss.toFixed(3)}, WAR ${percentText(valWar, 1)}, UAR ${percentText(valUar, 1)}.`;
}
