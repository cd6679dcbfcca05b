import { SvelteMap } from 'svelte/reactivity';
import { pictureBlob } from '../lib/portrait-urls.ts';
import type { WindowBridge } from '../../src-main/contract/window/window-api.ts';

/** Pictures that are asked for at one time: few, so that those in sight come first while somebody scrolls. */
const BATCH = 16;
/** Pictures that are kept; about 10 KB each. */
const MOST_KEPT = 1200;

export type WantedPicture = { id: string; timeSec: number | null };

/** Small pictures of videos, asked for when they come into sight, newest wish first. */
export class Thumbnails {
  /** Blob URLs by `keyOf`; null where a video has no picture. */
  readonly #urls = new SvelteMap<string, string | null>();
  readonly #bridge: WindowBridge;
  readonly #signal: AbortSignal;
  #wanted: readonly WantedPicture[] = [];
  #busy = false;

  /** @param signal - fires when the project is closed: pictures are given up */
  constructor(bridge: WindowBridge, signal: AbortSignal) {
    this.#bridge = bridge;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#clear());
  }

  /** Undefined while it is not there yet, null where there is none. */
  urlOf(wanted: WantedPicture): string | null | undefined {
    return this.#urls.get(keyOf(wanted));
  }

  /** Says what is in sight now; what was wanted before and has not come is dropped. */
  want(wanted: readonly WantedPicture[]): void {
    this.#wanted = wanted;
    void this.#fetch();
  }

  #clear(): void {
    this.#wanted = [];
    for (const url of this.#urls.values()) if (url !== null) URL.revokeObjectURL(url);
    this.#urls.clear();
  }

  async #fetch(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let batch = this.#next(); batch.length > 0; batch = this.#next()) await this.#fetchBatch(batch);
    } finally {
      this.#busy = false;
    }
  }

  #next(): WantedPicture[] {
    return this.#wanted.filter((one) => !this.#urls.has(keyOf(one))).slice(0, BATCH);
  }

  async #fetchBatch(batch: readonly WantedPicture[]): Promise<void> {
    const videos = batch.map(({ id, timeSec }) => ({ id, timeSec }));
    // A picture that cannot be had is no reason to bother anybody: its place stays empty.
    const jpegs = await this.#bridge
      .call('library.thumbnails', { videos }, this.#signal)
      .catch(() => batch.map(() => null));
    if (this.#signal.aborted) return;
    batch.forEach((one, i) => this.#keep(keyOf(one), jpegs[i] ?? null));
  }

  #keep(key: string, jpeg: Uint8Array | null): void {
    if (this.#urls.size >= MOST_KEPT) this.#dropOldest();
    const url = jpeg === null ? null : URL.createObjectURL(pictureBlob(jpeg));
    this.#urls.set(key, url);
  }

  #dropOldest(): void {
    const inSight = this.#wanted.map(keyOf);
    const oldest = [...this.#urls.keys()].filter((key) => !inSight.includes(key)).slice(0, BATCH);
    for (const key of oldest) {
      const url = this.#urls.get(key);
      if (url) URL.revokeObjectURL(url);
      this.#urls.delete(key);
    }
  }
}

function keyOf({ id, timeSec }: WantedPicture): string {
  return `${id} ${timeSec ?? ''}`;
}
