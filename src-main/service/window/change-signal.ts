/** Tells readers that something changed; each takes a picture of the whole, and misses what was overtaken. */
export class ChangeSignal {
  readonly #readers = new Set<() => void>();

  notify(): void {
    for (const wake of this.#readers) wake();
  }

  /** A picture now and after every change, at most one every `everyMs`, until the signal fires. */
  async *pictures<T>(take: () => T, signal: AbortSignal, everyMs = 100): AsyncGenerator<T, void, undefined> {
    let changed = true;
    let wake: () => void = () => undefined;
    const onChange = () => {
      changed = true;
      wake();
    };
    const onAbort = () => wake();
    this.#readers.add(onChange);
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        if (!changed) await new Promise<void>((resolve) => (wake = resolve));
        if (signal.aborted) return;
        changed = false;
        yield take();
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
    } finally {
      this.#readers.delete(onChange);
      signal.removeEventListener('abort', onAbort);
    }
  }
}
