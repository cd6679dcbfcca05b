/**
 * Where a network pools (algorithms.md 2.2). A network is a chain of units; a max pool of stride 2 may stand in front
 * of any unit but the first. `[a,b,c]` counts the units at full, half and quarter resolution: [4,3,3] pools in front of
 * units 4 and 7 (the first unit is 0). Networks for clips may halve time as well, at places of their own.
 */
import type { Axes3 } from './ops/conv3d.ts';

/** Units at each scale, the finest first; both lists sum to the number of units. `time` of one entry never halves time. */
export type PoolingConfiguration = { space: readonly number[]; time: readonly number[] };

/** What a network allows: pools of space, all of them used, and pools of time, from none to `timePools`. */
export type PoolingChoices = { units: number; spacePools: number; timePools: number; default: PoolingConfiguration };

/** One flag a unit, true where a pool stands in front of it: [4,3,3] is true at 4 and 7. */
export function flagsOf(composition: readonly number[]): boolean[] {
  return composition.flatMap((units, scale) => Array.from({ length: units }, (_, i) => scale > 0 && i === 0));
}

/** Size and stride of the pool in front of each unit; null for none. */
export function poolsOf({ space, time }: PoolingConfiguration): (Axes3 | null)[] {
  const halvesTime = flagsOf(time);
  return flagsOf(space).map((halvesSpace, unit): Axes3 | null => {
    const side = halvesSpace ? 2 : 1;
    return halvesSpace || halvesTime[unit] ? [halvesTime[unit] ? 2 : 1, side, side] : null;
  });
}

/** `4,3,3`; `1,1,2,2+3,3` where time is halved too, its units behind the plus. */
export function poolingText({ space, time }: PoolingConfiguration): string {
  return time.length === 1 ? space.join(',') : `${space.join(',')}+${time.join(',')}`;
}

/**
 * Reads {@link poolingText}; brackets and spaces do not count.
 * @throws Error saying what the network expects
 */
export function parsePooling(text: string, choices: PoolingChoices): PoolingConfiguration {
  const [space = [], time = [choices.units], ...rest] = text
    .replace(/[[\]\s]/g, '')
    .split('+')
    .map(countsOf);
  const isRight =
    rest.length === 0 &&
    isComposition(space, choices.units) &&
    isComposition(time, choices.units) &&
    space.length === choices.spacePools + 1 &&
    time.length <= choices.timePools + 1;
  if (isRight) return { space, time };
  const scales = `${choices.spacePools + 1} counts of units from 1 that sum to ${choices.units}`;
  const ofTime = choices.timePools > 0 ? `, or two such lists with a plus between, space and time` : '';
  throw new Error(`poolAt: expected ${scales}${ofTime}, as in ${poolingText(choices.default)}; got "${text}"`);
}

function countsOf(list: string): number[] {
  return list.split(',').map(Number);
}

function isComposition(counts: readonly number[], units: number): boolean {
  return counts.every((count) => Number.isInteger(count) && count >= 1) && counts.reduce((a, b) => a + b, 0) === units;
}
