/** Measures which share of its time somebody waits, from when it is made. */
export class WaitClock {
  readonly #startMs = performance.now();
  #waitedMs = 0;

  /** Awaits, and counts the time. */
  async waiting<T>(work: Promise<T>): Promise<T> {
    const fromMs = performance.now();
    try {
      return await work;
    } finally {
      this.#waitedMs += performance.now() - fromMs;
    }
  }

  /** 0..1, so far. */
  get share(): number {
    const passedMs = performance.now() - this.#startMs;
    return passedMs === 0 ? 0 : this.#waitedMs / passedMs;
  }
}
