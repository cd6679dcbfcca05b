import type { Progress } from '../../src-main/contract/progress.ts';
import { failureOf } from '../../src-main/contract/rpc.ts';
import { countOf } from '../lib/plain-numbers.ts';
import type { LibraryState } from './library.svelte.ts';
import type { Session } from './session.svelte.ts';

/** The search for media that has moved. */
export class RelinkState {
  readonly #session: Session;
  readonly #library: LibraryState;
  folder = $state<string | null>(null);
  progress = $state.raw<Progress | null>(null);
  #search = new AbortController();

  constructor(session: Session, library: LibraryState) {
    this.#session = session;
    this.#library = library;
  }

  /** Asks for a folder, and looks through it and all below it. */
  async choose(): Promise<void> {
    const title = 'Where could the videos be now?';
    const folder = await this.#session.attempt(this.#session.bridge.call('app.chooseFolder', { title }));
    if (!folder) return;
    this.folder = folder;
    this.progress = null;
    this.#search = new AbortController();
    try {
      await this.#follow(folder, this.#search.signal);
    } catch (error) {
      this.#session.toasts.showFailure(failureOf(error));
    }
    this.folder = null;
    await this.#library.load();
  }

  stop(): void {
    this.#search.abort();
  }

  async #follow(folder: string, signal: AbortSignal): Promise<void> {
    for await (const event of this.#session.bridge.open('library.findMoved', { folder }, signal)) {
      if (event.kind === 'progress') this.progress = event.progress;
      else this.#tell(event);
    }
  }

  #tell({ found, stillMissing }: { found: number; stillMissing: number }): void {
    const message = `${countOf(found, 'video')} found again${stillMissing > 0 ? `, ${stillMissing} still missing` : ''}.`;
    this.#session.toasts.show({ tone: stillMissing > 0 ? 'doubt' : 'good', message });
  }
}
