import type { Rng } from '../data/rng.ts';
import { Noise } from './noise.ts';

/** A slow random movement around 0 with about the given standard deviation; `rate` is changes a second. */
export function wander(rng: Rng, deviation: number, rate: number): (timeSec: number) => number {
  const noise = new Noise(rng);
  const row = rng.range(0, 60);
  return (timeSec) => 1.9 * deviation * noise.octaves(timeSec * rate, row, 2);
}

/** A movement that rises from `riseSec`, is full from `fullSec` to `fallSec`, and is over at `endSec`. */
export type Burst = { riseSec: number; fullSec: number; fallSec: number; endSec: number };

/** Height of a burst in 0..1. */
export function burstAt({ riseSec, fullSec, fallSec, endSec }: Burst, timeSec: number): number {
  if (timeSec <= riseSec || timeSec >= endSec) return 0;
  if (timeSec < fullSec) return ease((timeSec - riseSec) / (fullSec - riseSec));
  return timeSec <= fallSec ? 1 : ease((endSec - timeSec) / (endSec - fallSec));
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}
