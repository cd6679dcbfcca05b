import type { JobState } from '../../src-main/contract/window/jobs.ts';

/** It runs, or will without anybody's doing. */
export function isUnderWay({ state }: Pick<JobState, 'state'>): boolean {
  return state === 'queued' || state === 'running' || state === 'stopping';
}

export function hasEnded({ state }: Pick<JobState, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

/** Jobs that had not ended, or were not known yet, and have ended since. */
export function endedSince(before: readonly JobState[], now: readonly JobState[]): JobState[] {
  const endedBefore = new Set(before.filter(hasEnded).map(({ id }) => id));
  return now.filter((job) => hasEnded(job) && !endedBefore.has(job.id));
}
