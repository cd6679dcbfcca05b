/** Population based augmentation (Ho et al. 2019; algorithms.md 3.6): how members copy each other and explore. */
import type { Rng } from '../../data/rng.ts';
import type { Operation } from './policy.ts';
import { TRANSFORMATION_NAMES } from './transformations.ts';

/** Every transformation twice, as whole numbers: probability 0..10, magnitude 0..9. */
export type Genes = { probability: number; magnitude: number }[];

export const MOST_PROBABLE = 10;
export const STRONGEST = 9;
const COPIES = 2;
/** How likely a number is drawn anew; else it moves by up to 3 [PBA]. */
const RESAMPLED = 0.2;
const LONGEST_MOVE = 3;
/** Part of the population that gives up its policy, and that is copied. */
const QUARTER = 4;

export function freshGenes(): Genes {
  return Array.from({ length: TRANSFORMATION_NAMES.length * COPIES }, () => ({ probability: 0, magnitude: 0 }));
}

/** Every number a step away, or anew. */
export function explored(genes: Genes, rng: Rng): Genes {
  return genes.map(({ probability, magnitude }) => ({
    probability: moved(probability, MOST_PROBABLE, rng),
    magnitude: moved(magnitude, STRONGEST, rng),
  }));
}

function moved(value: number, largest: number, rng: Rng): number {
  if (rng.next() < RESAMPLED) return rng.integer(largest + 1);
  const by = rng.integer(LONGEST_MOVE + 1) * (rng.next() < 0.5 ? -1 : 1);
  return Math.max(0, Math.min(largest, value + by));
}

export function operationsOf(genes: Genes): Operation[] {
  return genes.map(({ probability, magnitude }, i) => ({
    transformation: TRANSFORMATION_NAMES[i % TRANSFORMATION_NAMES.length]!,
    probability: probability / MOST_PROBABLE,
    level: magnitude / STRONGEST,
  }));
}

/**
 * Whom each member goes on from: itself, or for the worst quarter one of the best quarter, in order.
 * @param order - members, the best first
 */
export function parentsOf(order: readonly number[]): number[] {
  const quarter = order.length < 2 ? 0 : Math.max(1, Math.floor(order.length / QUARTER));
  const parents = order.map((_, member) => member);
  for (let i = 0; i < quarter; i++) parents[order[order.length - 1 - i]!] = order[i]!;
  return parents;
}
