import type { ResolvedConfig } from '../../contract/config.ts';
import { repeatTo } from '../../data/class-balance.ts';
import type { Rng } from '../../data/rng.ts';
import type { VideoRef } from '../bilevel-problem.ts';

/**
 * The order of an epoch that mixes videos with a labelled moment and others (algorithms.md 4.2, 4.5): as many as there
 * are videos, `labelledShare` of them with a moment, exactly; each as often as the others of its kind, or once more.
 * Where there is only one kind, all are of it.
 * @returns indices into `videos`
 */
export function mixedOrder(
  videos: readonly VideoRef[],
  { method, labelledShare }: Pick<ResolvedConfig['semiWeak'], 'method' | 'labelledShare'>,
  rng: Rng,
): number[] {
  const indices = videos.map((_, index) => index);
  const hasMoment = (index: number) => videos[index]!.supervision === 'moment';
  const labelled = indices.filter(hasMoment);
  const weak = method === 'labelled-only' ? [] : indices.filter((index) => !hasMoment(index));
  const count = labelledCount(videos.length, { labelled, weak, labelledShare });
  return rng.shuffle([...repeatTo(labelled, count, rng), ...repeatTo(weak, videos.length - count, rng)]);
}

function labelledCount(
  total: number,
  { labelled, weak, labelledShare }: { labelled: number[]; weak: number[]; labelledShare: number },
): number {
  if (weak.length === 0) return total;
  return labelled.length === 0 ? 0 : Math.round(labelledShare * total);
}
