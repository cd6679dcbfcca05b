import type { Protocol } from './records.ts';

/** Why an evaluation has no intervals: they tell what other people would give, and one person tells nothing of others. */
export function noIntervalReason({ subjects }: Pick<Protocol, 'subjects'>): string {
  return subjects === 0 ? 'there is one video' : 'all videos show one person';
}
