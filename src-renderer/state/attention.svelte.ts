import type { AttentionMaps } from '../../src-main/contract/api.ts';
import type { AttentionMap } from '../lib/attention-cells.ts';
import type { Session } from './session.svelte.ts';

/** Whose attention is shown: a run and a video of the project. */
export type Looked = { run: string; videoId: string };

/** Where the network of a run looks in the shown video; computed when it is asked for, and kept for that video. */
export class Attention {
  readonly #session: Session;
  on = $state(false);
  #maps = $state.raw<AttentionMaps | null>(null);
  #asked = $state.raw<Looked | null>(null);

  constructor(session: Session) {
    this.#session = session;
  }

  /** Whether the maps of the shown video are still being computed. */
  isPending(looked: Looked | null): boolean {
    return this.on && isSame(this.#asked, looked) && !isSame(this.#maps, looked);
  }

  /** The map of a frame; null where there is none, or not yet. */
  mapOf(looked: Looked | null, frame: number): AttentionMap | null {
    const maps = this.#maps;
    if (!this.on || maps === null || !isSame(maps, looked)) return null;
    const weights = maps.frames[frame];
    return weights ? { ...maps, weights } : null;
  }

  async toggle(looked: Looked): Promise<void> {
    this.on = !this.on;
    await this.follow(looked);
  }

  /** Computes the maps of another video while they are shown. */
  async follow(looked: Looked | null): Promise<void> {
    if (!this.on || looked === null || isSame(this.#asked, looked)) return;
    this.#asked = looked;
    const maps = await this.#session.attempt(this.#computed(looked));
    if (!isSame(this.#asked, looked)) return;
    if (maps === undefined) {
      this.#asked = null;
      this.on = false;
    } else this.#maps = maps;
  }

  async #computed(looked: Looked): Promise<AttentionMaps> {
    const id = await this.#session.jobs.start({ kind: 'attention', ...looked });
    const { output } = await this.#session.bridge.call('jobs.wait', { id });
    return output as AttentionMaps;
  }
}

function isSame(one: Looked | null, other: Looked | null): boolean {
  return one?.run === other?.run && one?.videoId === other?.videoId;
}
