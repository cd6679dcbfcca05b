import { describe, expect, it } from 'vitest';
import { durationText, progressText } from '../../../src-main/cli/progress-line.ts';

describe('progress line', () => {
  it('shows stage, count, detail and time left', () => {
    const line = progressText({ stage: 'train', done: 12, total: 40, detail: 'loss 0.81' }, 80);
    expect(line).toBe('train 12/40  loss 0.81  1 min 20 s left');
  });

  it('leaves out what is not known', () => {
    expect(progressText({ stage: 'scan', done: 3, total: 0 }, null)).toBe('scan');
    expect(progressText({ stage: 'train', done: 40, total: 40 }, 0)).toBe('train 40/40');
  });

  it('names durations in the two largest units', () => {
    expect([durationText(45.4), durationText(80), durationText(7500)]).toEqual(['45 s', '1 min 20 s', '2 h 5 min']);
  });
});
