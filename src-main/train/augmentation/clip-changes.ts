import type { AugmenterDraw } from '../../../models/change-network.ts';
import type { Rng } from '../../data/rng.ts';

const DRAW_SEEDS = 2 ** 31;

/**
 * Everything random about the clips of a batch; the same count of random numbers whether clips are mirrored or not.
 * @param noise - numbers in -1..1 for each clip
 */
export function drawClipChanges(
  { clips, noise, flip }: { clips: number; noise: number; flip: boolean },
  rng: Rng,
): AugmenterDraw {
  const each = <T>(make: () => T) => Array.from({ length: clips }, make);
  const z = each(() => Array.from({ length: noise }, () => rng.range(-1, 1)));
  const mirrors = each(() => (rng.next() < 0.5 && flip ? -1 : 1));
  return { noise: z, mirrors, order: rng.shuffle([0, 1, 2, 3]), seed: rng.integer(DRAW_SEEDS) };
}
