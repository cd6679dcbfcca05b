import type { Rng } from './rng.ts';

type Labelled = { label: number | null };

/**
 * Loss weights that give every class the same say: number of labelled videos / (classes present * videos of the class).
 * Their mean over these videos is 1.
 * @returns [k]; 0 for a class without videos
 */
export function classWeights(videos: readonly Labelled[], classes: number): number[] {
  const counts = countByClass(videos, classes);
  const present = counts.filter((count) => count > 0).length;
  const labelled = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count === 0 ? 0 : labelled / (present * count)));
}

/**
 * The order of an epoch, each class as often as the largest: every video comes at least once, those of smaller classes
 * again, as evenly as can be.
 * @returns indices into `videos`
 */
export function balancedOrder(videos: readonly Labelled[], classes: number, rng: Rng): number[] {
  const largest = Math.max(...countByClass(videos, classes));
  const indices = videos.map((_, index) => index);
  const repeated = Array.from({ length: classes }, (_, label) => {
    const members = indices.filter((index) => videos[index]!.label === label);
    return repeatTo(members, largest, rng);
  });
  return rng.shuffle(repeated.flat());
}

/** Cuts an order into batches of at most `size` that differ by at most one, so that none is tiny and no one is left out. */
export function evenBatches<T>(order: readonly T[], size: number): T[][] {
  const count = Math.ceil(order.length / size);
  const bound = (i: number) => Math.round((i * order.length) / count);
  return Array.from({ length: count }, (_, i) => order.slice(bound(i), bound(i + 1)));
}

/** `count` of the members, each as often as the others or once more; none where there is none. */
export function repeatTo(members: readonly number[], count: number, rng: Rng): number[] {
  if (members.length === 0) return [];
  const whole = Math.floor(count / members.length);
  const rounds = Array.from({ length: whole }, () => members).flat();
  return [...rounds, ...rng.shuffle(members).slice(0, count - rounds.length)];
}

function countByClass(videos: readonly Labelled[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const { label } of videos) if (label !== null) counts[label]!++;
  return counts;
}
