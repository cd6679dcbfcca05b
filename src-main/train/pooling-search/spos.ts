import { z } from 'zod';
import type { Rng } from '../../data/rng.ts';
import type { PathDraw } from '../bilevel-problem.ts';
import type { SamplingMethod } from './search-method.ts';

/** A configuration of the one supernet, all alike. */
export function drawUniformPath(configurations: number, rng: Rng): PathDraw {
  const path = { configuration: rng.integer(configurations), supernet: 0 };
  return { trained: path, scored: path };
}

/**
 * Single path one-shot (Guo et al. 2020): every step trains a configuration drawn uniformly; all are evaluated on the
 * shared weights afterwards.
 */
export function spos(configurations: number): SamplingMethod<null> {
  return {
    kind: 'sampling',
    supernets: 1,
    ranksBy: 'evaluation',
    initial: () => null,
    startEpoch: () => null,
    draw: (_, rng) => drawUniformPath(configurations, rng),
    update: () => null,
    scores: (_, evaluated) => evaluated.map((row) => row[0]!),
    finalPaths: () => Array.from({ length: configurations }, (_, configuration) => ({ configuration, supernet: 0 })),
    restore: (stored) => z.null().parse(stored),
  };
}
