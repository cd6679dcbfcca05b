import type { ZodError } from 'zod';
import type { JobRequest } from '../../src-main/contract/window/jobs.ts';
import type { WindowInput } from '../../src-main/contract/window/window-api.ts';
import type { Failure } from '../../src-main/contract/rpc.ts';
import { isUnderWay } from '../lib/job-changes.ts';
import { nextName } from '../lib/run-names.ts';
import type { TrainChoices } from '../lib/train-form.ts';
import type { Session } from './session.svelte.ts';

export type SearchStatus = 'searching' | 'paused' | 'failed' | 'finished';
export type FollowedRow = { name: string; status: SearchStatus; error: Failure | null };
export type FollowedPicture = { status: SearchStatus; error: Failure | null };

/** Where searches of a kind are asked for. `word` begins the names of new ones. */
export type SearchRoom<Row, Detail, Picture> = {
  kind: JobRequest['kind'];
  word: string;
  rows(): Promise<Row[]>;
  search(run: string): Promise<Detail>;
  follow(run: string, signal: AbortSignal): AsyncIterable<Picture>;
  goOn(run: string): WindowInput<'jobs.start'>;
};

/** Searches of a project: their list, the form for a new one, and the one that is looked at, live. */
export abstract class FollowedSearches<Row extends FollowedRow, Detail, Picture extends FollowedPicture> {
  readonly session: Session;
  readonly #room: SearchRoom<Row, Detail, Picture>;
  rows = $state.raw<readonly Row[] | null>(null);
  view = $state<'new' | 'search'>('search');
  chosen = $state<string | null>(null);
  detail = $state.raw<Detail | null>(null);
  picture = $state.raw<Picture | null>(null);
  /** Of a new search. */
  name = $state('');
  choices = $state.raw<TrainChoices>({});
  networkChoices = $state.raw<TrainChoices>({});
  starting = $state(false);
  #follow = new AbortController();

  readonly row = $derived(this.rows?.find(({ name }) => name === this.chosen) ?? null);
  readonly job = $derived(this.jobOf(this.chosen));
  /** Where the one that is looked at stands, by the latest that is known of it. */
  readonly status = $derived<SearchStatus>(this.picture?.status ?? this.row?.status ?? 'searching');
  readonly canPauseOrResume = $derived(this.job !== null || (this.row !== null && this.status !== 'finished'));

  constructor(session: Session, room: SearchRoom<Row, Detail, Picture>) {
    this.session = session;
    this.#room = room;
  }

  get kind(): JobRequest['kind'] {
    return this.#room.kind;
  }

  async load(): Promise<void> {
    const rows = await this.session.attempt(this.#room.rows());
    this.rows = rows ?? this.rows ?? [];
    if (this.name === '') this.name = this.#freshName();
    if (this.chosen !== null || this.view === 'new') return;
    const last = this.rows.at(-1);
    if (last === undefined) this.showNew();
    else this.show(last.name);
  }

  jobOf(name: string | null) {
    const jobs = this.session.jobs.list.filter(({ kind, subject }) => kind === this.#room.kind && subject === name);
    return jobs.find(isUnderWay) ?? null;
  }

  /** Looks at a search, live. */
  show(name: string): void {
    this.view = 'search';
    this.chosen = name;
    this.detail = null;
    this.picture = null;
    this.leave();
    this.#follow = new AbortController();
    void this.session.attempt(this.#watch(name, this.#follow.signal));
  }

  /** Stops to look; what happens meanwhile is read when somebody looks again. */
  leave(): void {
    this.#follow.abort();
  }

  showNew(): void {
    this.view = 'new';
    this.leave();
    this.name = this.#freshName();
  }

  /** What is shown was read before others worked in the project: reads it anew. */
  async comeBack(): Promise<void> {
    if (this.chosen === null || this.view !== 'search') return;
    this.detail = null;
    await this.refresh(this.chosen);
  }

  /** A search that began, or one that ended, changes the list. Of one that ended before it began, the form is left. */
  async refresh(name: string): Promise<void> {
    await this.load();
    if (this.chosen !== name || this.view !== 'search') return;
    if (this.row === null && this.job === null) this.#takeBack(name);
    else if (this.detail === null) this.show(name);
  }

  #takeBack(name: string): void {
    this.chosen = null;
    this.showNew();
    this.name = name;
  }

  set(key: string, value: unknown): void {
    this.choices = changed(this.choices, key, value);
  }

  setNetwork(key: string, value: unknown): void {
    this.networkChoices = changed(this.networkChoices, key, value);
  }

  /** Starts the search of the form, and looks at it; says so where a setting cannot be. */
  abstract start(): Promise<void>;

  /** Asks for a search and looks at it. */
  protected async begin(request: WindowInput<'jobs.start'>, name: string): Promise<void> {
    this.starting = true;
    const id = await this.session.attempt(this.session.jobs.start(request));
    this.starting = false;
    if (id !== undefined) this.show(name);
  }

  async pauseOrResume(): Promise<void> {
    const { job, chosen, session } = this;
    if (job !== null) await session.attempt(session.jobs.cancel(job.id));
    else if (chosen !== null) await session.attempt(session.jobs.start(this.#room.goOn(chosen)));
    await this.load();
  }

  async #watch(run: string, signal: AbortSignal): Promise<void> {
    if (!(this.rows ?? []).some(({ name }) => name === run)) return;
    const detail = await this.#room.search(run);
    if (this.chosen !== run) return;
    this.detail = detail;
    for await (const picture of this.#room.follow(run, signal)) {
      if (this.chosen !== run) return;
      const stood = this.picture?.status;
      this.picture = picture;
      if (stood !== undefined && stood !== picture.status) await this.load();
    }
  }

  #freshName(): string {
    const taken = (this.rows ?? []).map(({ name }) => name);
    return nextName(this.#room.word, taken);
  }
}

/** Undefined puts a setting back to its default. */
function changed(choices: TrainChoices, key: string, value: unknown): TrainChoices {
  const others = Object.entries(choices).filter(([other]) => other !== key);
  return Object.fromEntries(value === undefined ? others : [...others, [key, value]]);
}

/** Says which setting of a form cannot be. */
export function refuseSetting({ toasts }: Session, { issues }: ZodError): void {
  const { path, message } = issues[0]!;
  toasts.show({ tone: 'wrong', message: `${path.join('.')}: ${message}.` });
}
