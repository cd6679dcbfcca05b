import { SvelteSet } from 'svelte/reactivity';
import { ExpressionPalette } from '../../src-main/contract/expression-palette.ts';
import type { JobState } from '../../src-main/contract/window/jobs.ts';
import type {
  LibraryOverview,
  LibraryVideo,
  VideoFaces,
  VideoVerdict,
} from '../../src-main/contract/window/library.ts';
import { countRows } from '../lib/library-counts.ts';
import { filterRows, SHOW_ALL, sortRows, type LibraryFilter, type LibrarySort } from '../lib/library-filter.ts';
import { joinRows, type LibraryRow } from '../lib/library-rows.ts';
import type { Session } from './session.svelte.ts';
import { Thumbnails, type WantedPicture } from './thumbnails.svelte.ts';

const CHANGING_JOBS: readonly JobState['kind'][] = ['import', 'prepare', 'evaluate', 'train'];

/** What the Library tab shows of the open project. */
export class LibraryState {
  readonly #session: Session;
  readonly thumbnails: Thumbnails;
  /** Null until the project has been read for the first time; its first videos may be there before. */
  overview = $state.raw<LibraryOverview | null>(null);
  #videos = $state.raw<readonly LibraryVideo[]>([]);
  #faces = $state.raw<readonly VideoFaces[]>([]);
  #verdicts = $state.raw<readonly VideoVerdict[]>([]);
  #missing = $state.raw<readonly string[]>([]);
  /** Crop packs have been looked into: what is not prepared is known. */
  facesKnown = $state(false);
  /** The run whose opinion is shown; null: none. */
  run = $state<string | null>(null);
  filter = $state.raw<LibraryFilter>(SHOW_ALL);
  sort = $state.raw<LibrarySort>({ column: 'added', descending: false });
  view = $state<'table' | 'grid'>('table');
  currentId = $state<string | null>(null);
  readonly chosen = new SvelteSet<string>();
  #anchorId: string | null = null;

  readonly all: readonly LibraryRow[] = $derived(
    joinRows({
      videos: this.#videos,
      overview: this.overview,
      faces: this.#faces,
      verdicts: this.#verdicts,
      missing: this.#missing,
    }),
  );
  readonly counts = $derived(countRows(this.all));
  readonly palette = $derived(new ExpressionPalette(this.counts.labels.map(({ label }) => label).sort()));
  readonly shown = $derived(sortRows(filterRows(this.all, this.filter), this.sort));
  readonly current = $derived(this.all.find(({ id }) => id === this.currentId) ?? null);
  readonly chosenRows = $derived(this.all.filter(({ id }) => this.chosen.has(id)));

  constructor(session: Session) {
    this.#session = session;
    this.thumbnails = new Thumbnails(session.bridge, session.projectSignal);
    session.projectSignal.addEventListener(
      'abort',
      session.jobs.onEnd(({ kind }) => this.#loadAfter(kind)),
    );
    session.projectSignal.addEventListener(
      'abort',
      session.onStepDone(() => void this.load()),
    );
  }

  /** Reads the project anew; the table is there before the crop packs have been looked into. */
  async load(): Promise<void> {
    await this.#session.attempt(this.#loadVideos());
    const { run, overview } = this;
    if (overview === null) return;
    if (run === null || !overview.runs.includes(run)) this.run = overview.runs.at(-1) ?? null;
    await Promise.all([this.#loadFaces(), this.#loadVerdicts(), this.#loadMissing()]);
  }

  #loadAfter(kind: JobState['kind']): void {
    if (CHANGING_JOBS.includes(kind)) void this.load();
  }

  /** At the first time videos are shown as they come; later what is shown is replaced at once. */
  async #loadVideos(): Promise<void> {
    let videos: LibraryVideo[] = [];
    for await (const event of this.#session.bridge.open('library.list', {}, this.#session.projectSignal)) {
      if (event.kind === 'videos') {
        videos = [...videos, ...event.videos];
        if (this.overview === null) this.#videos = videos;
      } else {
        this.#videos = videos;
        this.overview = event.overview;
      }
    }
  }

  async chooseRun(run: string | null): Promise<void> {
    this.run = run;
    await this.#loadVerdicts();
  }

  async #loadFaces(): Promise<void> {
    this.#faces =
      (await this.#session.attempt(this.#session.bridge.call('library.faces', {}, this.#session.projectSignal))) ?? [];
    this.facesKnown = true;
  }

  async #loadMissing(): Promise<void> {
    this.#missing =
      (await this.#session.attempt(this.#session.bridge.call('library.missing', {}, this.#session.projectSignal))) ??
      [];
  }

  async #loadVerdicts(): Promise<void> {
    const { run } = this;
    const { bridge } = this.#session;
    const verdicts = run === null ? [] : await this.#session.attempt(bridge.call('library.verdicts', { run }));
    if (run === this.run) this.#verdicts = verdicts ?? [];
  }

  /** The file of a video went after the list was read. */
  noteMissing(id: string): void {
    if (!this.#missing.includes(id)) this.#missing = [...this.#missing, id];
  }

  restrict(change: Partial<LibraryFilter>): void {
    this.filter = { ...this.filter, ...change };
  }

  /** Sorts by a column; again: the other way round. */
  sortBy(column: LibrarySort['column']): void {
    this.sort = { column, descending: this.sort.column === column && !this.sort.descending };
  }

  /** The picture to show of a video: its heaviest moment where a run was asked, else its middle. */
  pictureOf({ id, verdict }: LibraryRow): WantedPicture {
    const heaviest = verdict?.heaviest;
    return { id, timeSec: heaviest ? (heaviest.startSec + heaviest.endSec) / 2 : null };
  }

  /** Makes a row the current one, and chosen: alone, beside the others (Ctrl), or all up to it (Shift). */
  goTo({ id }: LibraryRow, { shiftKey, ctrlKey, metaKey }: Pick<MouseEvent, 'shiftKey' | 'ctrlKey' | 'metaKey'>): void {
    this.currentId = id;
    if (shiftKey && this.#anchorId !== null) return this.#chooseUpTo(id, this.#anchorId);
    this.#anchorId = id;
    if (ctrlKey || metaKey) return this.toggle(id);
    this.chosen.clear();
    this.chosen.add(id);
  }

  toggle(id: string): void {
    if (!this.chosen.delete(id)) this.chosen.add(id);
  }

  chooseAll(): void {
    for (const { id } of this.shown) this.chosen.add(id);
  }

  #chooseUpTo(id: string, anchorId: string): void {
    const ids = this.shown.map((row) => row.id);
    const [from, to] = [ids.indexOf(id), ids.indexOf(anchorId)].sort((a, b) => a - b);
    this.chosen.clear();
    for (const one of ids.slice(Math.max(0, from!), to! + 1)) this.chosen.add(one);
  }
}
