import { poolingSearchSchema } from '../../src-main/contract/pooling-search.ts';
import type {
  SearchDetail,
  SearchPicture,
  SearchPlan,
  SearchRow,
} from '../../src-main/contract/window/pooling-search.ts';
import { isUnderWay } from '../lib/job-changes.ts';
import { nextName } from '../lib/run-names.ts';
import { pairsOf } from '../lib/search-form.ts';
import { leading, MAP_MEASURES, type MapMeasure } from '../lib/search-map.ts';
import type { TrainChoices } from '../lib/train-form.ts';
import type { Session } from './session.svelte.ts';
import { TrainState } from './train.svelte.ts';

const PLAN_DELAY_MS = 250;

/** The searches of a project, the form for a new one, and the one that is looked at. */
export class PoolingSearchState {
  readonly session: Session;
  rows = $state.raw<readonly SearchRow[] | null>(null);
  view = $state<'new' | 'search'>('search');
  chosen = $state<string | null>(null);
  detail = $state.raw<SearchDetail | null>(null);
  picture = $state.raw<SearchPicture | null>(null);
  /** Index of the configuration that is looked at; null: the leading one. */
  looked = $state<number | null>(null);
  measure = $state<MapMeasure>('accuracy');
  name = $state('');
  choices = $state.raw<TrainChoices>({});
  networkChoices = $state.raw<TrainChoices>({});
  plan = $state.raw<SearchPlan | null>(null);
  starting = $state(false);
  #follow = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly row = $derived(this.rows?.find(({ name }) => name === this.chosen) ?? null);
  readonly job = $derived(this.jobOf(this.chosen));
  readonly leading = $derived(
    this.detail === null || this.picture === null ? 0 : leading(this.detail.space, this.picture),
  );
  readonly configuration = $derived(this.looked ?? this.leading);

  constructor(session: Session) {
    this.session = session;
    void this.load();
  }

  async load(): Promise<void> {
    const rows = await this.session.attempt(this.session.bridge.call('poolingSearch.rows', {}));
    this.rows = rows ?? this.rows ?? [];
    if (this.name === '') this.name = this.#freshName();
    if (this.chosen !== null || this.view === 'new') return;
    const last = this.rows.at(-1);
    if (last === undefined) this.showNew();
    else this.show(last.name);
  }

  jobOf(name: string | null) {
    const ours = ({ kind, subject }: { kind: string; subject: string }) =>
      kind === 'search-pooling' && subject === name;
    return this.session.jobs.list.find((job) => ours(job) && isUnderWay(job)) ?? null;
  }

  /** Looks at a search, live. */
  show(name: string): void {
    this.view = 'search';
    this.chosen = name;
    this.detail = null;
    this.picture = null;
    this.looked = null;
    this.leave();
    this.#follow = new AbortController();
    void this.session.attempt(this.#watch(name, this.#follow.signal));
  }

  /** Stops to look; what happens meanwhile is read when somebody looks again. */
  leave(): void {
    this.#follow.abort();
    clearTimeout(this.#timer);
  }

  async #watch(run: string, signal: AbortSignal): Promise<void> {
    if (!(this.rows ?? []).some(({ name }) => name === run)) return;
    const detail = await this.session.bridge.call('poolingSearch.search', { run });
    if (this.chosen !== run) return;
    this.detail = detail;
    for await (const picture of this.session.bridge.open('poolingSearch.follow', { run }, signal)) {
      if (this.chosen !== run) return;
      const stood = this.picture?.status;
      this.picture = picture;
      if (stood !== undefined && stood !== picture.status) await this.load();
    }
  }

  /** A search that began, or one that ended, changes the list. */
  async refresh(name: string): Promise<void> {
    await this.load();
    if (this.chosen === name && this.view === 'search' && this.detail === null) this.show(name);
  }

  showNew(): void {
    this.view = 'new';
    this.leave();
    this.name = this.#freshName();
    void this.#makePlan();
  }

  set(key: string, value: unknown): void {
    this.choices = changed(this.choices, key, value);
    this.#planSoon();
  }

  setNetwork(key: string, value: unknown): void {
    this.networkChoices = changed(this.networkChoices, key, value);
    this.#planSoon();
  }

  #planSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#makePlan(), PLAN_DELAY_MS);
  }

  async #makePlan(): Promise<void> {
    const { choices, networkChoices } = this;
    const { model } = poolingSearchSchema.parse({ model: choices['model'] });
    const asked = { model, set: pairsOf(networkChoices) };
    const plan = await this.session.attempt(this.session.bridge.call('poolingSearch.plan', asked));
    if (plan !== undefined && choices === this.choices && networkChoices === this.networkChoices) this.plan = plan;
  }

  async start(): Promise<void> {
    const parsed = poolingSearchSchema.safeParse(this.choices);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      this.session.toasts.show({ tone: 'wrong', message: `${path.join('.')}: ${message}.` });
      return;
    }
    this.starting = true;
    const run = this.name.trim();
    const set = pairsOf({ threads: this.session.threads, ...this.networkChoices });
    await this.session.attempt(this.session.jobs.start({ kind: 'search-pooling', run, ...parsed.data, set }));
    this.starting = false;
    this.show(run);
  }

  async pauseOrResume(): Promise<void> {
    const { job, chosen: run, session } = this;
    if (job !== null) await session.attempt(session.jobs.cancel(job.id));
    else if (run !== null) await session.attempt(session.jobs.start({ kind: 'search-pooling', run, resume: true }));
    await this.load();
  }

  nextMeasure(): void {
    this.measure = MAP_MEASURES[(MAP_MEASURES.indexOf(this.measure) + 1) % MAP_MEASURES.length]!;
  }

  /** Opens the form of a new run with the settings of the search and this configuration. */
  trainThis(configuration: number): void {
    const { detail, session } = this;
    if (detail === null) return;
    const poolAt = detail.space.configurations[configuration]!.poolAt;
    const train = session.keep('train', () => new TrainState(session));
    train.showNew({ config: { ...detail.asked.alone, poolAt } });
    session.tab = 'train';
  }

  #freshName(): string {
    return nextName(
      'search',
      (this.rows ?? []).map(({ name }) => name),
    );
  }
}

/** Undefined puts a setting back to its default. */
function changed(choices: TrainChoices, key: string, value: unknown): TrainChoices {
  const others = Object.entries(choices).filter(([other]) => other !== key);
  return Object.fromEntries(value === undefined ? others : [...others, [key, value]]);
}
