import type { Axes3 } from '../../../models/ops/conv3d.ts';
import { poolingText, poolsOf, type PoolingConfiguration } from '../../../models/pooling-configuration.ts';
import { forwardFlops, type Network } from '../../../models/network.ts';
import { pooledShape, type SearchableCard } from '../../../models/searchable-network.ts';
import type { ModelOptions } from '../../../models/types.ts';
import type { FeatureMap } from '../../contract/window/pooling-search.ts';
import { CHANNELS } from '../../data/batches.ts';
import type { Search } from './setting.ts';

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

/** What leaves each unit of the network of a configuration, for one clip. */
export function featureMaps(
  { card, options, frames }: { card: SearchableCard; options: ModelOptions; frames: number },
  configuration: PoolingConfiguration,
): FeatureMap[] {
  const pools = poolsOf(configuration);
  let shape: readonly number[] = [1, frames, options.cropSize, options.cropSize, CHANNELS];
  return card.chain(options).units.map((unit, u) => {
    const pool = pools[u] ?? null;
    const input = pool === null ? shape : pooledShape(shape, pool);
    shape = unit.trace(input).at(-1)!.output;
    const [, t = 0, side = 0, , channels = 0] = shape;
    return { frames: t, side, channels, pooled: pool === null ? null : halvedBy(pool) };
  });
}

function halvedBy([time, side]: Axes3): 'space' | 'time' | 'both' {
  if (time === 1) return 'space';
  return side === 1 ? 'time' : 'both';
}
