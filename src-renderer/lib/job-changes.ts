import type { JobState } from '../../src-main/contract/window/jobs.ts';

export function isUnderWay({ state }: Pick<JobState, 'state'>): boolean {
  return state === 'queued' || state === 'running' || state === 'stopping';
}

/** Jobs that were under way, or not known yet, and have ended since. */
export function endedSince(before: readonly JobState[], now: readonly JobState[]): JobState[] {
  const endedBefore = new Set(before.filter((job) => !isUnderWay(job)).map(({ id }) => id));
  return now.filter((job) => !isUnderWay(job) && !endedBefore.has(job.id));
}
