import type { PrivacyFacts } from '../../contract/window/app.ts';

const MOST_KEPT = 50;

/** Counts the network requests that the session refused, and keeps the last of them. */
export class RefusedRequests {
  #count = 0;
  #last: PrivacyFacts['lastRefused'] = [];

  get count(): number {
    return this.#count;
  }

  add(address: string): void {
    this.#count++;
    const url = address.replace(/[?#].*$/s, '').slice(0, 300);
    this.#last = [{ at: new Date().toISOString(), url }, ...this.#last].slice(0, MOST_KEPT);
  }

  facts(): PrivacyFacts {
    return { networkAllowed: false, refusedRequests: this.#count, lastRefused: this.#last };
  }
}
