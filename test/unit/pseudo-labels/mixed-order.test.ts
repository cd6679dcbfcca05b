import { describe, expect, it } from 'vitest';
import { clipPositions } from '../../../src-main/data/clip-positions.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import type { VideoRef } from '../../../src-main/train/bilevel-problem.ts';
import { mixedOrder } from '../../../src-main/train/pseudo-labels/mixed-order.ts';

const positions = clipPositions({ runs: [{ start: 0, end: 8 }] }, 4);
const videosOf = (moments: number, rest: number): VideoRef[] =>
  Array.from({ length: moments + rest }, (_, i) => ({
    id: `v${i}`,
    label: 0,
    positions,
    supervision: i < moments ? 'moment' : 'label',
  }));
const counted = (order: readonly number[], videos: number) =>
  Array.from({ length: videos }, (_, index) => order.filter((one) => one === index).length);
const mixed = (moments: number, rest: number, more: Partial<Parameters<typeof mixedOrder>[1]> = {}, seed = 1) =>
  mixedOrder(videosOf(moments, rest), { method: 'sampled', labelledShare: 0.7, ...more }, new Rng(seed));

describe('an epoch of labelled and other videos', () => {
  it.each([
    [10, 88, 0.7],
    [10, 90, 0.7],
    [50, 50, 0.25],
    [3, 4, 1],
    [3, 4, 0],
  ])('has the share of labelled ones exactly: %d with a moment, %d without, %d', (moments, rest, labelledShare) => {
    for (const seed of [1, 2, 3]) {
      const order = mixed(moments, rest, { labelledShare }, seed);
      expect(order).toHaveLength(moments + rest);
      expect(order.filter((index) => index < moments)).toHaveLength(Math.round(labelledShare * (moments + rest)));
    }
  });

  it('takes each video of a kind as often as the others of it, or once more', () => {
    const counts = counted(mixed(10, 88), 98);
    const [labelled, weak] = [counts.slice(0, 10), counts.slice(10)];
    expect(Math.max(...labelled) - Math.min(...labelled)).toBe(1);
    expect(Math.max(...weak)).toBe(1);
  });

  it('comes round to every weak video in some epochs', () => {
    const rng = new Rng(4);
    const videos = videosOf(10, 88);
    const epochs = Array.from({ length: 30 }, () => mixedOrder(videos, { method: 'sampled', labelledShare: 0.7 }, rng));
    expect(new Set(epochs.flat()).size).toBe(98);
  });

  it('is all of one kind where there is no other, and each video once', () => {
    expect(mixed(6, 0).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(mixed(0, 6).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('has labelled videos alone where the others are left out, as many in all', () => {
    const order = mixed(4, 16, { method: 'labelled-only' });
    expect(order).toHaveLength(20);
    expect(counted(order, 4)).toEqual([5, 5, 5, 5]);
  });
});
