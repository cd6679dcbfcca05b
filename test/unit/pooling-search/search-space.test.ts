import { describe, expect, it } from 'vitest';
import { flagsOf, parsePooling, poolingText, poolsOf } from '../../../models/pooling-configuration.ts';
import { forwardFlops, countParameters } from '../../../models/network.ts';
import { searchableNetworks } from '../../../models/searchable-networks.ts';
import { compositions, notationOf, searchSpace } from '../../../src-main/train/pooling-search/search-space.ts';

const [pooled3d, resnet20, resnet18, resnet50] = searchableNetworks().map((card) => card);

describe('compositions', () => {
  it('are all sums of counts from 1, in lexicographic order', () => {
    expect(compositions(4, 3)).toEqual([
      [1, 1, 2],
      [1, 2, 1],
      [2, 1, 1],
    ]);
    expect(compositions(3, 4)).toEqual([]);
  });

  it('turn into flags of pools, each into others, none in front of the first unit', () => {
    expect(flagsOf([4, 3, 3])).toEqual([0, 0, 0, 0, 1, 0, 0, 1, 0, 0].map(Boolean));
    const all = compositions(9, 4).map(flagsOf);
    expect(new Set(all.map(String)).size).toBe(all.length);
    for (const flags of all) expect([flags[0], flags.length, flags.filter(Boolean).length]).toEqual([false, 9, 3]);
  });
});

describe('search spaces', () => {
  it.each([
    [resnet20, 36, [4, 3, 3], 24],
    [resnet18, 56, [3, 2, 2, 2], undefined],
    [resnet50, 455, [3, 4, 6, 3], undefined],
  ])('of the residual networks have the published sizes and defaults', (card, size, standard, place) => {
    const space = searchSpace(card!.pooling);
    const { units, spacePools } = card!.pooling;
    expect(space.configurations).toHaveLength(size);
    expect(new Set(space.configurations.map(poolingText)).size).toBe(size);
    expect(space.configurations[space.defaultIndex]!.space).toEqual(standard);
    if (place !== undefined) expect(space.defaultIndex + 1).toBe(place);
    for (const { space: composition } of space.configurations) {
      const flags = flagsOf(composition);
      expect(flags).toHaveLength(units);
      expect(flags[0]).toBe(false);
      expect(flags.filter(Boolean)).toHaveLength(spacePools);
    }
  });

  it('of the 3D network pool space, time, or both at one place', () => {
    const space = searchSpace(pooled3d!.pooling);
    expect(space.configurations).toHaveLength(60);
    expect(new Set(space.configurations.map(poolingText)).size).toBe(60);
    const kinds = new Set(space.configurations.flatMap(poolsOf).map((pool) => pool?.join() ?? 'none'));
    expect([...kinds].sort()).toEqual(['1,2,2', '2,1,1', '2,2,2', 'none']);
    expect(notationOf(space)).toContain('a+b+c+d = 6');
  });

  it('are read back from their text, with or without brackets', () => {
    for (const card of [pooled3d!, resnet20!]) {
      for (const configuration of searchSpace(card.pooling).configurations)
        expect(parsePooling(poolingText(configuration), card.pooling)).toEqual(configuration);
    }
    expect(parsePooling('[4, 3, 3]', resnet20!.pooling)).toEqual({ space: [4, 3, 3], time: [10] });
  });

  it.each(['4,3', '4,3,4', '0,5,5', '4,3,3+5,5', 'a,b,c', '4,3,3,0', '', '4,3,3+10+10'])(
    'refuse %j for ResNet-20, saying what they expect',
    (text) => {
      expect(() => parsePooling(text, resnet20!.pooling)).toThrow(
        '3 counts of units from 1 that sum to 10, as in 4,3,3',
      );
    },
  );
});

describe.each([pooled3d!, resnet20!, resnet18!])('$name', (card) => {
  const options = { classes: 4, cropSize: card.cropSize, clipFrames: 16, dropout: 0 };
  const { configurations } = searchSpace(card.pooling);
  const networks = configurations.map((one) => card.create({ ...options, poolAt: poolingText(one) }));

  it('has the same parameters and logits in every configuration', () => {
    const shapes = networks.map(({ specs }) => JSON.stringify(specs));
    expect(new Set(shapes).size).toBe(1);
    expect(new Set(networks.map(countParameters)).size).toBe(1);
    expect(new Set(networks.map((network) => JSON.stringify(network.trace(2, 16).at(-1)!.output))).size).toBe(1);
  });

  it('halves its maps at each flag: the side behind unit i is S / 2^(flags up to i)', () => {
    configurations.forEach((configuration, c) => {
      const pools = networks[c]!.trace(1, 16).filter(({ name }) => name.startsWith('pool'));
      const places = poolsOf(configuration).flatMap((pool, unit) => (pool === null ? [] : [unit]));
      expect(pools.map(({ name }) => name)).toEqual(places.map((unit) => `pool${unit}`));
      const last = networks[c]!.trace(1, 16).at(-2)!.output;
      expect(last[2]).toBe(card.cropSize / 2 ** card.pooling.spacePools);
      expect(last[1]).toBe(16 / 2 ** (configuration.time.length - 1));
    });
  });

  it('costs more the later it pools', () => {
    const cost = networks.map((network) => forwardFlops(network, 1, 16));
    const last = configurations.length - 1 - (card.pooling.timePools > 0 ? 5 : 0);
    expect(cost[last]!).toBeGreaterThan(cost[0]! * 1.5);
    expect(Math.max(...cost) / Math.min(...cost)).toBeLessThan(20);
  });
});
