import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WaitClock } from '../../../src-main/train/wait-clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const after = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));

it('tells which share of the time was spent waiting, for work that fails too', async () => {
  const clock = new WaitClock();
  expect(clock.share).toBe(0);
  const waited = clock.waiting(after(30, 'clips'));
  await vi.advanceTimersByTimeAsync(30);
  expect(await waited).toBe('clips');
  await vi.advanceTimersByTimeAsync(60);
  const failed = clock.waiting(after(10, null).then(() => Promise.reject(new Error('gone'))));
  failed.catch(() => undefined);
  await vi.advanceTimersByTimeAsync(10);
  await expect(failed).rejects.toThrow('gone');
  expect(clock.share).toBeCloseTo(0.4, 6);
});
