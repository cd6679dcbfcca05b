import { balancedOrder, evenBatches } from '../data/class-balance.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import type { Rng } from '../data/rng.ts';
import type { VideoRef } from './bilevel-problem.ts';
import { mixedOrder } from './pseudo-labels/mixed-order.ts';

/**
 * Videos of an epoch in order, as indices: each once; more often where small classes are sampled more; by what is known
 * of them where few are labelled.
 */
export function epochOrder(
  videos: readonly VideoRef[],
  { balance, labels, semiWeak }: Pick<ResolvedConfig, 'balance' | 'labels' | 'semiWeak'>,
  classes: number,
  rng: Rng,
): number[] {
  if (labels === 'semi-weak') return mixedOrder(videos, semiWeak, rng);
  if (balance === 'sampling') return balancedOrder(videos, classes, rng);
  return rng.shuffle(videos.map((_, index) => index));
}

/**
 * Steps of an epoch, each of up to `accumulate` batches of up to `batch` videos. None is left out: a video skipped in an
 * exploration epoch would leave positions without a score.
 */
export function epochSteps(
  order: readonly number[],
  { batch, accumulate }: Pick<ResolvedConfig, 'batch' | 'accumulate'>,
) {
  const batches = evenBatches(order, batch);
  const steps = Math.ceil(batches.length / accumulate);
  return Array.from({ length: steps }, (_, i) => batches.slice(i * accumulate, (i + 1) * accumulate));
}
