import type { Progress } from './progress.ts';

/** Estimates the time left in a stage from its mean speed so far. */
export class StageClock {
  #stage = '';
  #startMs = 0;
  #startDone = 0;

  /** @returns null while nothing of the stage was done, or its length is not known */
  secondsLeft(progress: Progress, nowMs: number): number | null {
    if (progress.stage !== this.#stage) {
      this.#stage = progress.stage;
      this.#startMs = nowMs;
      this.#startDone = progress.done;
    }
    const done = progress.done - this.#startDone;
    if (done <= 0 || progress.total <= 0) return null;
    return (((nowMs - this.#startMs) / done) * (progress.total - progress.done)) / 1000;
  }
}
