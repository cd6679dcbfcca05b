/**
 * The configurations that a pooling search chooses from (algorithms.md 2.2): all ways to place the pools of a network,
 * in lexicographic order of the units at each scale.
 */
import { poolingText, type PoolingChoices, type PoolingConfiguration } from '../../../models/pooling-configuration.ts';

/** `configurations` are addressed by their index everywhere. */
export type SearchSpace = {
  choices: PoolingChoices;
  configurations: readonly PoolingConfiguration[];
  /** Index of the configuration that the network has unless asked otherwise. */
  defaultIndex: number;
};

/** As JSON: `[a,b,c]`, or the units at each scale of space and of time where the network may pool both. */
export type ConfigurationJson = number[] | { space: number[]; time: number[] };

/** All ways to write `units` as a sum of `parts` counts from 1, in lexicographic order: C(units - 1, parts - 1). */
export function compositions(units: number, parts: number): number[][] {
  if (parts === 1) return units >= 1 ? [[units]] : [];
  return Array.from({ length: Math.max(0, units - parts + 1) }, (_, i) => i + 1).flatMap((first) =>
    compositions(units - first, parts - 1).map((rest) => [first, ...rest]),
  );
}

/** Every place of the pools of space, each with every place of up to `timePools` pools of time. */
export function searchSpace(choices: PoolingChoices): SearchSpace {
  const { units, spacePools, timePools } = choices;
  const times = Array.from({ length: timePools + 1 }, (_, pools) => compositions(units, pools + 1)).flat();
  const configurations = compositions(units, spacePools + 1).flatMap((space) => times.map((time) => ({ space, time })));
  const wanted = poolingText(choices.default);
  return { choices, configurations, defaultIndex: configurations.findIndex((one) => poolingText(one) === wanted) };
}

/** `[a,b,c], a+b+c = 10`. */
export function notationOf({ choices: { units, spacePools, timePools } }: SearchSpace): string {
  const letters = Array.from({ length: spacePools + 1 }, (_, i) => String.fromCharCode(97 + i));
  const space = `[${letters.join(',')}], units at each scale of space, ${letters.join('+')} = ${units}`;
  return timePools === 0 ? space : `${space}; + [p,q,..] the same for time, halved up to ${timePools} times`;
}

export function configurationJson({ choices }: SearchSpace, { space, time }: PoolingConfiguration): ConfigurationJson {
  return choices.timePools === 0 ? [...space] : { space: [...space], time: [...time] };
}
