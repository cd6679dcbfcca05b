/** Turns pushed events into an async iterable for one reader. Reading ends with `end` or throws what `fail` was given. */
export class EventQueue<T> implements AsyncIterableIterator<T, undefined> {
  readonly #waiting: T[] = [];
  readonly #onStop: () => void;
  #wake: (() => void) | null = null;
  #finish: { error: unknown } | 'end' | null = null;

  /** @param onStop - called once when the reader leaves before the end */
  constructor(onStop: () => void = () => undefined) {
    this.#onStop = onStop;
  }

  push(event: T): void {
    if (this.#finish !== null) return;
    this.#waiting.push(event);
    this.#wake?.();
  }

  end(): void {
    this.#finish ??= 'end';
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#finish ??= { error };
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#waiting.length === 0 && this.#finish === null)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#waiting.length > 0) return { done: false, value: this.#waiting.shift()! };
    if (this.#finish !== 'end' && this.#finish !== null) throw this.#finish.error;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<T, undefined>> {
    if (this.#finish === null) this.#onStop();
    this.end();
    this.#waiting.length = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
