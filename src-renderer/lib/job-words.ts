import type { JobState } from '../../src-main/contract/window/jobs.ts';
import { countText, percentText, waitText } from './plain-numbers.ts';

/** How far a job is, in one line: `12 of 168, 3 min left`. */
export function jobProgressText({ state, progress, leftSec }: JobState): string {
  if (state === 'held') return 'had not ended when the program was closed';
  if (state === 'queued') return 'waits its turn';
  if (state === 'stopping') return 'stops at a safe point';
  if (progress === null) return 'begins';
  const far = progress.total > 0 ? `${countText(progress.done)} of ${countText(progress.total)}` : progress.stage;
  return leftSec === null ? far : `${far}, ${waitText(leftSec)} left`;
}

/** The same for a narrow place: `36 %, 3 min left`. */
export function jobProgressShort(job: JobState): string {
  const { state, progress, leftSec } = job;
  if (state !== 'running' || progress === null || progress.total === 0) return jobProgressText(job);
  const far = percentText(progress.done / progress.total);
  return leftSec === null ? far : `${far}, ${waitText(leftSec)} left`;
}

/** When a job ended and how long it took: `14:32, took 3 min`. */
export function jobEndText({ startedAt, endedAt }: JobState): string {
  if (endedAt === null) return '';
  const at = new Date(endedAt).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (startedAt === null) return at;
  return `${at}, took ${waitText((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)}`;
}

export const JOB_STATE_WORDS = {
  held: 'held',
  queued: 'waiting',
  running: 'running',
  stopping: 'stopping',
  done: 'done',
  failed: 'failed',
  cancelled: 'stopped',
} satisfies Record<JobState['state'], string>;
