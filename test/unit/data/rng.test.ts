import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src-main/data/rng.ts';

const take = (rng: Rng, count: number) => Array.from({ length: count }, () => rng.next());

describe('rng', () => {
  it('repeats with the same seed and differs with another', () => {
    expect(take(new Rng(3), 50)).toEqual(take(new Rng(3), 50));
    expect(take(new Rng(3), 50)).not.toEqual(take(new Rng(4), 50));
  });

  it('goes on from a stored state', () => {
    const rng = new Rng(9);
    take(rng, 17);
    const copy = new Rng(JSON.parse(JSON.stringify(rng.state)));
    expect(take(copy, 20)).toEqual(take(rng, 20));
  });

  it('forks streams that differ by purpose and leave it untouched', () => {
    const rng = new Rng(5);
    const before = rng.state;
    expect(take(rng.fork('a'), 10)).toEqual(take(rng.fork('a'), 10));
    expect(take(rng.fork('a'), 10)).not.toEqual(take(rng.fork('b'), 10));
    expect(rng.state).toEqual(before);
  });

  it('is uniform in [0, 1), over integers (chi-square), and normal with mean 0 and variance 1', () => {
    const rng = new Rng(1);
    const values = take(rng, 20_000);
    expect(Math.min(...values) >= 0 && Math.max(...values) < 1).toBe(true);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[rng.integer(10)]!++;
    expect(counts.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0)).toBeLessThan(27.9);
    const normals = Array.from({ length: 20_000 }, () => rng.normal());
    const mean = normals.reduce((a, b) => a + b, 0) / normals.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(normals.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normals.length).toBeCloseTo(1, 1);
  });

  it('shuffles into a permutation, each place equally likely', () => {
    const rng = new Rng(2);
    const firsts = [0, 0, 0, 0];
    for (let i = 0; i < 8000; i++) {
      const shuffled = rng.shuffle([0, 1, 2, 3]);
      expect(shuffled.toSorted()).toEqual([0, 1, 2, 3]);
      firsts[shuffled[0]!]!++;
    }
    expect(firsts.reduce((sum, n) => sum + (n - 2000) ** 2 / 2000, 0)).toBeLessThan(16.3);
  });
});
