import { failureOf, type Failure } from '../../src-main/contract/rpc.ts';
import type { LayoutName } from '../../src-main/contract/api.ts';
import type { ImportPreview } from '../../src-main/contract/window/library.ts';
import { importedText } from '../lib/import-words.ts';
import type { Session } from './session.svelte.ts';

/** The dialog in which an import is looked at before it is made. */
export class ImportState {
  readonly #session: Session;
  /** Folders and lists that wait to be looked at; the first is shown. */
  #sources = $state.raw<readonly string[]>([]);
  readonly source = $derived(this.#sources[0] ?? null);
  readonly waiting = $derived(Math.max(0, this.#sources.length - 1));
  layout = $state<LayoutName>('auto');
  faces = $state<'auto' | 'cropped'>('auto');
  fold = $state(1);
  /** Find the faces as soon as the videos are in. */
  prepareAfter = $state(true);
  /** Null while it is being read. */
  preview = $state.raw<ImportPreview | Failure | null>(null);
  #reading = new AbortController();

  constructor(session: Session) {
    this.#session = session;
  }

  async choose(): Promise<void> {
    const { bridge } = this.#session;
    const title = 'Which folder holds the videos?';
    const folder = await this.#session.attempt(bridge.call('app.chooseFolder', { title }));
    if (folder) this.open([folder]);
  }

  async chooseList(): Promise<void> {
    const { bridge } = this.#session;
    const title = 'Which CSV lists the videos?';
    const files = await this.#session.attempt(bridge.call('app.chooseFiles', { title, kind: 'labels' }));
    if (files && files.length > 0) this.open(files);
  }

  /** Shows what folders or lists hold, one after the other. */
  open(sources: readonly string[]): void {
    this.#sources = sources;
    this.layout = 'auto';
    this.faces = 'auto';
    this.fold = 1;
    void this.read();
  }

  /** Leaves the one that is shown, and goes on to the next. */
  skip(): void {
    this.#reading.abort();
    this.#sources = this.#sources.slice(1);
    if (this.source !== null) this.open(this.#sources);
  }

  /** Reads the source again, by the settings of now. */
  async read(): Promise<void> {
    this.#reading.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    const { source, layout, faces, fold } = this;
    if (source === null) return;
    this.preview = null;
    const preview = await this.#session.bridge
      .call('library.previewImport', { source, layout, faces, fold }, signal)
      .catch(failureOf);
    if (!signal.aborted) this.preview = preview;
  }

  /** Asks for the import, and for preparing where that is wanted; both go on in the background. */
  async begin(): Promise<void> {
    const { source, layout, faces, fold, prepareAfter } = this;
    if (source === null) return;
    this.skip();
    const { jobs } = this.#session;
    const id = await this.#session.attempt(jobs.start({ kind: 'import', source, layout, faces, fold }));
    if (id === undefined) return;
    if (prepareAfter) await this.#session.attempt(jobs.start({ kind: 'prepare' }));
    const outcome = await this.#session.bridge.call('jobs.wait', { id }).catch(() => null);
    if (outcome?.kind === 'import') this.#session.toasts.show({ tone: 'good', ...importedText(outcome.output) });
  }
}
