import type { Port } from '../../src-main/contract/rpc.ts';

/** Two ends of a line within this process; messages are cloned and come later, as between processes. */
export function portPair(): { page: Port; program: Port; close: () => void } {
  const ends = [new End(), new End()] as const;
  return {
    page: ends[0].facing(ends[1]),
    program: ends[1].facing(ends[0]),
    close: () => ends.forEach((end) => end.close()),
  };
}

class End {
  readonly #messageListeners: ((message: unknown) => void)[] = [];
  readonly #closeListeners: (() => void)[] = [];

  facing(other: End): Port {
    return {
      post: (message) => {
        const clone = structuredClone(message);
        setImmediate(() => other.receive(clone));
      },
      onMessage: (listener) => this.#messageListeners.push(listener),
      onClose: (listener) => this.#closeListeners.push(listener),
    };
  }

  receive(message: unknown): void {
    for (const listener of this.#messageListeners) listener(message);
  }

  close(): void {
    for (const listener of this.#closeListeners) listener();
  }
}
