import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PoolingSearchMethod } from '../../../src-main/contract/pooling-search.ts';
import {
  bruteForce,
  readAccuracyTable,
  writeAccuracyTable,
} from '../../../src-main/train/pooling-search/accuracy-table.ts';
import { replay } from '../../../src-main/train/pooling-search/replay.ts';
import { bestOf, kendallTau, rankOf, regretOf } from '../../../src-main/train/pooling-search/search-quality.ts';

const SMALL = 'a,b,c,standalone_mean,supernet_m1,default\n1,1,2,80,60,0\n1,2,1,82,61,1\n2,1,1,81,63,0\n';

describe("Kendall's tau", () => {
  it('is 1 for the same order, -1 for the reverse, and the same either way round', () => {
    expect(kendallTau([1, 2, 3, 4], [10, 20, 30, 40])).toBe(1);
    expect(kendallTau([1, 2, 3, 4], [4, 3, 2, 1])).toBe(-1);
    const [a, b] = [
      [1, 5, 2, 4, 3],
      [2, 1, 4, 5, 3],
    ] as const;
    expect(kendallTau(a, b)).toBe(kendallTau(b, a));
    expect(kendallTau(a, b)).toBeCloseTo(0, 10);
  });

  it('counts ties for less, and is nothing where there is no order', () => {
    // Two pairs of five agree, one of a ties, one of b ties: (2 - 0) / sqrt(2 * 2) for three values.
    expect(kendallTau([1, 1, 2], [1, 2, 3])).toBeCloseTo(2 / Math.sqrt(2 * 3), 12);
    expect(kendallTau([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(kendallTau([5], [1])).toBeNull();
    expect(kendallTau([-Infinity, -Infinity, 1], [1, 2, 3])).toBeCloseTo(2 / Math.sqrt(2 * 3), 12);
  });
});

it('knows ranks, regret and the best of some', () => {
  const scores = [3, 9, 4, 9];
  expect([0, 1, 2, 3].map((i) => rankOf(i, scores))).toEqual([4, 1, 3, 2]);
  expect(regretOf(2, scores)).toBe(5);
  expect(bestOf([0, 2], scores)).toBe(2);
});

describe('a table of accuracies', () => {
  it('is written as it is read', () => {
    const table = readAccuracyTable(SMALL, 'small.csv');
    expect(table.space.configurations.map(({ space }) => space)).toEqual([
      [1, 1, 2],
      [1, 2, 1],
      [2, 1, 1],
    ]);
    expect(bruteForce(table)).toBe(1);
    expect(readAccuracyTable(writeAccuracyTable(table), 'again')).toEqual(table);
  });

  it('keeps places in time', () => {
    const text = 'a,b,time,standalone_mean,default\n1,2,3,80,1\n1,2,1+2,81,0\n';
    const table = readAccuracyTable(text, 'time.csv');
    expect(table.space.configurations[1]).toEqual({ space: [1, 2], time: [1, 2] });
    expect(readAccuracyTable(writeAccuracyTable(table), 'again')).toEqual(table);
  });

  it.each([
    ['x,y\n1,2\n', 'no table of configurations'],
    ['a,b,standalone_mean\n1,x,3\n', "line 2: b: expected a count of units, found 'x'"],
    ['a,b,standalone_mean\n1,2,\n', "standalone_mean: expected a number, found ''"],
    ['a,b,standalone_mean\n1,2,3\n1,3,4\n', 'expected one network'],
    ['a,b,standalone_mean\n1,2,3\n1,2,4\n', 'there twice'],
    ['a,b,standalone_mean\n1,2,3\n2,1,4\n', 'no row is marked as the default'],
  ])('is refused with a reason: %j', (text, reason) => {
    expect(() => readAccuracyTable(text, 'bad.csv')).toThrow(reason);
  });

  it('replays only the supernets it has, and no method of gradients', () => {
    const table = readAccuracyTable(SMALL, 'small.csv');
    const options = { topK: 3, seed: 1, supernets: 4 };
    expect(() => replay(table, { ...options, method: 'balanced-mixture' })).toThrow('no column supernet_m4');
    expect(() => replay(table, { ...options, method: 'darts' })).toThrow('follows gradients');
    expect(replay(table, { ...options, method: 'spos' })).toMatchObject({
      best: { configuration: [2, 1, 1], accuracy: 81 },
      bestOfTopK: 82,
      rankOfDefault: 1,
      regret: 1,
      regretOfTopK: 0,
    });
  });
});

it('replays a table without supernets on the accuracies alone, and says so', () => {
  const table = readAccuracyTable(SMALL.replaceAll(/,supernet_m1|,6\d(?=,\d$)/gm, ''), 'alone.csv');
  expect(table.supernet.size).toBe(0);
  const result = replay(table, { method: 'boltzmann', topK: 1, seed: 1, supernets: 4 });
  expect(result.scoresFrom).toBe('standalone_mean');
  expect(result.regret).toBeLessThanOrEqual(2);
});

const PUBLISHED = path.resolve('../shared/data/pooling-resnet20-cifar10.csv');

describe.skipIf(!existsSync(PUBLISHED))('the published table (skipped where ../shared/data has none)', () => {
  const table = readAccuracyTable(existsSync(PUBLISHED) ? readFileSync(PUBLISHED, 'utf8') : SMALL, 'published');
  const run = (method: PoolingSearchMethod, supernets = 1, seed = 1) =>
    replay(table, { method, supernets, topK: 3, seed });

  it('has [7,1,2] first with 92.01 and the default as 15th of 36', () => {
    expect(run('brute-force')).toMatchObject({
      kendallTau: null,
      best: { configuration: [7, 1, 2], accuracy: 92.01 },
      regret: 0,
      rankOfDefault: 15,
      configurations: 36,
    });
    expect(run('default').best).toEqual({ configuration: [4, 3, 3], accuracy: 90.52 });
  });

  it.each([
    [1, 0.143, 90.84],
    [2, 0.312, 90.92],
    [4, 0.597, 91.05],
    [8, 0.53, 91.55],
  ])('gives the tau and the best of three of %d supernets', (supernets, tau, best) => {
    const result = run('balanced-mixture', supernets);
    // The table is rounded to two digits, which turns a pair or two.
    expect(Math.abs(result.kendallTau! - tau)).toBeLessThan(0.005);
    expect(result.bestOfTopK).toBe(best);
  });

  it('gives the row of single path one-shot, which one supernet is', () => {
    expect(run('spos').best).toEqual({ configuration: [4, 2, 4], accuracy: 90.34 });
    const one = { ...run('balanced-mixture', 1), method: 'spos' };
    expect(run('spos')).toEqual(one);
  });

  it.each(['boltzmann', 'boltzmann-uniform', 'mcts-ucb', 'mcts-ucb-uniform'] as const)(
    'is searched by %s, the same with the same seed',
    (method) => {
      const result = run(method);
      expect(result).toEqual(run(method));
      expect(result.regret).toBeLessThan(2.5);
      expect(result.bestOfTopK).toBeGreaterThanOrEqual(result.best.accuracy);
    },
  );
});
