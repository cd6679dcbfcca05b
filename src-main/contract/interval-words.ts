import type { Protocol } from './records.ts';

/**
 * Why an evaluation has no intervals: they tell what other people would give, and one person, or people who all came out
 * alike, tell nothing of others.
 */
export function noIntervalReason({ n, subjects, unnamed }: Pick<Protocol, 'n' | 'subjects' | 'unnamed'>): string {
  if (n === 1) return 'there is one video';
  const drawn = subjects + (unnamed ?? (subjects > 0 ? 0 : n));
  return drawn === 1 ? 'all videos show one person' : 'all came out alike, and drawn anew would again';
}
