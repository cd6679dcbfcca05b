import { describe, expect, it } from 'vitest';
import { LossScale, lossScaleStateSchema } from '../../../src-main/train/loss-scale.ts';

const fresh = (growthSteps: number) => new LossScale(undefined, { growthSteps });

describe('the scale of the loss', () => {
  it('doubles after the given number of good steps in a row', () => {
    const scale = fresh(3);
    const factors = Array.from({ length: 7 }, () => {
      scale.grow();
      return scale.factor / 2 ** 16;
    });
    expect(factors).toEqual([1, 1, 2, 2, 2, 4, 4]);
  });

  it('halves at each overflow and then counts good steps anew', () => {
    const scale = fresh(2);
    scale.grow();
    scale.shrink();
    expect(scale.state).toEqual({ factor: 2 ** 15, goodSteps: 0 });
    scale.grow();
    expect(scale.factor).toBe(2 ** 15);
    scale.grow();
    expect(scale.factor).toBe(2 ** 16);
  });

  it('stays between 1 and 2^24, a power of two all the way', () => {
    const scale = fresh(1);
    for (let i = 0; i < 20; i++) scale.grow();
    expect(scale.factor).toBe(2 ** 24);
    for (let i = 0; i < 40; i++) {
      expect(Number.isInteger(Math.log2(scale.factor))).toBe(true);
      scale.shrink();
    }
    expect(scale.factor).toBe(1);
  });

  it('calls it an overflow when the gradient is not finite, the losses are, and there is room below', () => {
    const scale = fresh(1);
    expect(scale.isOverflow([0.5, 2], Infinity)).toBe(true);
    expect(scale.isOverflow([0.5, 2], NaN)).toBe(true);
    expect(scale.isOverflow([0.5, 2], 1e9)).toBe(false);
    expect(scale.isOverflow([0.5, NaN], NaN)).toBe(false);
    expect(new LossScale({ factor: 1, goodSteps: 0 }).isOverflow([1], Infinity)).toBe(false);
  });

  it('goes on from its state, through JSON, as if it had never stopped', () => {
    const whole = fresh(5);
    const script = ['grow', 'grow', 'shrink', 'grow', 'grow', 'grow', 'grow', 'grow', 'grow'] as const;
    script.slice(0, 4).forEach((move) => whole[move]());
    const stored = lossScaleStateSchema.parse(JSON.parse(JSON.stringify(whole.state)));
    const resumed = new LossScale(stored, { growthSteps: 5 });
    for (const move of script.slice(4)) {
      whole[move]();
      resumed[move]();
      expect(resumed.state).toEqual(whole.state);
    }
  });
});
