import { describe, expect, it } from 'vitest';
import {
  endOfTraining,
  initialProgress,
  learningRateAt,
  progressAfter,
  type ScheduleConfig,
} from '../../../src-main/train/schedules.ts';

const base: ScheduleConfig = {
  schedule: 'plateau',
  learningRate: 0.1,
  epochs: 20,
  plateauFactor: 0.5,
  plateauPatience: 2,
  patience: 4,
};

/** Progress after each of a row of validation losses. */
function follow(losses: readonly number[]) {
  let progress = initialProgress();
  return losses.map((valLoss, i) => {
    progress = progressAfter(base, progress, { epoch: i + 1, valLoss, valWar: 0, valUar: 0 });
    return progress;
  });
}

describe('learning rate', () => {
  it('is constant, or half a cosine from the full rate to 0', () => {
    const at = (schedule: ScheduleConfig['schedule'], share: number) =>
      learningRateAt({ ...base, schedule }, initialProgress(), share);
    expect([0, 0.4, 1].map((share) => at('constant', share))).toEqual([0.1, 0.1, 0.1]);
    expect(at('cosine', 0)).toBe(0.1);
    expect(at('cosine', 0.5)).toBeCloseTo(0.05, 12);
    expect(at('cosine', 1)).toBeCloseTo(0, 12);
  });

  it('on a plateau halves after more than two epochs without improvement, then waits again', () => {
    const rates = follow([5, 4, 4, 4, 4, 4, 4, 4, 3]).map((progress) => learningRateAt(base, progress, 0));
    expect(rates).toEqual([0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]);
  });
});

describe('stopping', () => {
  it('comes after `patience` epochs without a lower loss, or at the last epoch', () => {
    const ends = follow([3, 2, 2, 2.5, 2.1, 2]).map((progress, i) => endOfTraining(base, progress, i + 1));
    expect(ends).toEqual([null, null, null, null, null, 'early']);
    expect(endOfTraining(base, initialProgress(), 20)).toBe('finished');
  });

  it('remembers the first epoch with the lowest loss as the best', () => {
    expect(follow([3, 2, 2, 2.5]).at(-1)!.best).toMatchObject({ epoch: 2, valLoss: 2 });
  });
});
