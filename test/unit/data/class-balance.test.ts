import { describe, expect, it } from 'vitest';
import { balancedOrder, classWeights, evenBatches } from '../../../src-main/data/class-balance.ts';
import { Rng } from '../../../src-main/data/rng.ts';

const videos = [0, 0, 0, 0, 0, 1, 1, 3].map((label) => ({ label }));

describe('class weights', () => {
  it('give every class that is there the same sum, 1 in mean over the videos', () => {
    const weights = classWeights(videos, 4);
    expect(weights).toEqual([8 / 15, 8 / 6, 0, 8 / 3]);
    expect(videos.reduce((sum, { label }) => sum + weights[label]!, 0)).toBeCloseTo(8, 12);
  });
});

describe('a balanced order', () => {
  it('has each class as often as the largest and every video at least once, repeats spread evenly', () => {
    const order = balancedOrder(videos, 4, new Rng(1));
    const times = videos.map((_, i) => order.filter((index) => index === i).length);
    expect(times.slice(0, 5)).toEqual([1, 1, 1, 1, 1]);
    expect(times.slice(5, 7).toSorted()).toEqual([2, 3]);
    expect(times[7]).toBe(5);
  });

  it('differs from epoch to epoch', () => {
    const rng = new Rng(1);
    expect(balancedOrder(videos, 4, rng)).not.toEqual(balancedOrder(videos, 4, rng));
  });
});

describe('batches', () => {
  it('hold everything in order, sizes within the bound and at most one apart', () => {
    for (let n = 1; n <= 40; n++)
      for (const size of [1, 3, 8]) {
        const order = Array.from({ length: n }, (_, i) => i);
        const batches = evenBatches(order, size);
        const sizes = batches.map((batch) => batch.length);
        expect(batches.flat()).toEqual(order);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(size);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(batches).toHaveLength(Math.ceil(n / size));
      }
  });
});
