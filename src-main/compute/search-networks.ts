import { poolingText } from '../../models/pooling-configuration.ts';
import { forwardFlops, type Network } from '../../models/network.ts';
import type { Search } from './search-setting.ts';

/** The setting `poolAt` of a configuration. */
export function poolAtOf({ space }: Pick<Search, 'space'>, configuration: number): string {
  return poolingText(space.configurations[configuration]!);
}

/** The network of a configuration, by itself. */
export function networkOf(search: Pick<Search, 'space' | 'configs' | 'data'>, configuration: number): Network {
  const { cropSize, clipFrames, dropout } = search.configs.alone;
  const classes = search.data.classes.length;
  return search.configs.card.create({
    ...{ classes, cropSize, clipFrames, dropout },
    poolAt: poolAtOf(search, configuration),
  });
}

/** GFLOP of a forward pass of one clip. */
export function gflopsOf(search: Pick<Search, 'space' | 'configs' | 'data'>, configuration: number): number {
  return forwardFlops(networkOf(search, configuration), 1, search.configs.alone.clipFrames) / 1e9;
}

/** The configuration that computes most. */
export function costliest(search: Pick<Search, 'space' | 'configs' | 'data'>): number {
  const costs = search.space.configurations.map((_, c) => gflopsOf(search, c));
  return costs.indexOf(Math.max(...costs));
}
