import { describe, expect, it } from 'vitest';
import { isVariableRate, medianStep, repairTimes } from '../../../src-main/media/frame-times.ts';

const repaired = (raw: number[], step = 1) => [...repairTimes(raw, step).timesSec];

describe('repairing times', () => {
  it('times that increase stay as they are', () => {
    expect(repairTimes([-1, 0, 0.5, 3], 1)).toEqual({ timesSec: Float64Array.of(-1, 0, 0.5, 3), repaired: 0 });
  });

  it('missing times are spread evenly between their neighbours', () => {
    expect(repaired([0, NaN, NaN, 3, 4])).toEqual([0, 1, 2, 3, 4]);
    expect(repairTimes([0, NaN, NaN, 3, 4], 1).repaired).toBe(2);
  });

  it('of two equal times one is moved between its neighbours', () => {
    const times = repaired([0, 2, 2, 6, 8]);
    expect(times).toHaveLength(5);
    times.slice(1).forEach((time, i) => expect(time).toBeGreaterThan(times[i]!));
    expect(times[0]).toBe(0);
    expect(times[4]).toBe(8);
  });

  it('one time far out of line, early or late, does not disturb the others', () => {
    expect(repaired([0, 1, 1000, 3, 4])).toEqual([0, 1, 2, 3, 4]);
    expect(repaired([0, 1, -1000, 3, 4])).toEqual([0, 1, 2, 3, 4]);
  });

  it('beyond the ends, frames are one typical step apart', () => {
    expect(repaired([NaN, NaN, 4, 6, 8, NaN, NaN])).toEqual([0, 2, 4, 6, 8, 10, 12]);
  });

  it('without any usable time, the given step counts from 0', () => {
    expect(repaired([NaN, NaN, NaN], 0.04)).toEqual([0, 0.04, 0.08]);
    expect(repaired([NaN, 5, NaN], 0.5)).toEqual([4.5, 5, 5.5]);
    expect(repaired([])).toEqual([]);
  });

  it('always increases, whatever comes in', () => {
    let state = 7;
    const draw = () => (state = (state * 16807) % 2147483647) / 2147483647;
    for (let round = 0; round < 200; round++) {
      const raw = Array.from({ length: 30 }, () => (draw() < 0.2 ? NaN : Math.floor(draw() * 20)));
      const times = repaired(raw);
      times.slice(1).forEach((time, i) => expect(time).toBeGreaterThan(times[i]!));
    }
  });
});

describe('rates', () => {
  it('a rate rounded to milliseconds is constant, one longer step makes it variable', () => {
    const rounded = Float64Array.from({ length: 100 }, (_, i) => Math.round((i / 60) * 1000) / 1000);
    expect(isVariableRate(rounded)).toBe(false);
    expect(isVariableRate(rounded.filter((_, i) => i !== 50))).toBe(true);
    expect(isVariableRate(Float64Array.of(0))).toBe(false);
  });

  it('the median step needs two frames', () => {
    expect(medianStep(Float64Array.of(3))).toBeUndefined();
    expect(medianStep(Float64Array.of(0, 1, 2, 10))).toBe(1);
  });
});
