import type { EpochMetrics, StepMetrics } from '../../src-main/contract/records.ts';
import type { SampledVideo, SamplingHistory } from '../../src-main/contract/window/inspect.ts';
import type { RunDetail, RunRow, TrainPlan } from '../../src-main/contract/window/train.ts';
import { ExpressionPalette } from '../../src-main/contract/expression-palette.ts';
import { isUnderWay } from '../lib/job-changes.ts';
import { nextRunName } from '../lib/run-names.ts';
import { configOf, flatConfig, type TrainChoices } from '../lib/train-form.ts';
import type { Session } from './session.svelte.ts';

export type TrainView = 'new' | 'run' | 'compare';

/** Videos whose distribution is shown while a run learns. */
const HEAT_STRIPS = 3;
const PLAN_DELAY_MS = 250;

/** The runs of a project, the form for a new one, and the one that is looked at. */
export class TrainState {
  readonly session: Session;
  rows = $state.raw<readonly RunRow[] | null>(null);
  view = $state<TrainView>('run');
  chosen = $state<string | null>(null);
  /** Names of the runs that are compared. */
  compared = $state.raw<readonly string[]>([]);
  details = $state.raw<Readonly<Record<string, RunDetail>>>({});
  step = $state.raw<StepMetrics | null>(null);
  strips = $state.raw<readonly SamplingHistory[]>([]);
  /** Videos of the chosen run whose sampling can be watched. */
  sampled = $state.raw<readonly SampledVideo[]>([]);
  choices = $state.raw<TrainChoices>({});
  name = $state('');
  plan = $state.raw<TrainPlan | null>(null);
  starting = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #follow = new AbortController();

  readonly row = $derived(this.rows?.find(({ name }) => name === this.chosen) ?? null);
  readonly detail = $derived(this.chosen === null ? null : (this.details[this.chosen] ?? null));
  readonly palette = $derived(new ExpressionPalette(this.detail?.manifest.classes ?? []));
  readonly job = $derived(this.jobOf(this.chosen));

  constructor(session: Session) {
    this.session = session;
    void this.load();
  }

  async load(): Promise<void> {
    const rows = await this.session.attempt(this.session.bridge.call('train.runs', {}));
    this.rows = rows ?? this.rows ?? [];
    if (this.name === '') this.name = nextRunName(this.rows.map(({ name }) => name));
    if (this.chosen === null && this.view === 'run') {
      const last = this.rows.at(-1);
      if (last === undefined) this.showNew();
      else this.show(last.name);
    }
  }

  /** Looks at a run, live. */
  show(name: string): void {
    this.view = 'run';
    this.chosen = name;
    this.step = null;
    this.strips = [];
    this.#follow.abort();
    this.#follow = new AbortController();
    void this.session.attempt(this.#watch(name, this.#follow.signal));
  }

  /** Stops to look; what is recorded meanwhile is read when somebody looks again. */
  leave(): void {
    this.#follow.abort();
    clearTimeout(this.#timer);
  }

  async #watch(run: string, signal: AbortSignal): Promise<void> {
    const { bridge } = this.session;
    await this.#loadDetail(run);
    await this.#loadStrips(run, true);
    for await (const news of bridge.open('train.follow', { run }, signal)) {
      const detail = this.details[run];
      if (detail === undefined || this.chosen !== run) return;
      const epochs: EpochMetrics[] = news.anew ? news.epochs : [...detail.epochs, ...news.epochs];
      this.details = { ...this.details, [run]: { ...detail, epochs } };
      this.step = news.step ?? this.step;
      if (!news.anew && news.epochs.length > 0) await Promise.all([this.load(), this.#loadStrips(run, false)]);
    }
  }

  async #loadDetail(run: string): Promise<void> {
    const detail = await this.session.attempt(this.session.bridge.call('train.run', { run }));
    if (detail !== undefined) this.details = { ...this.details, [run]: detail };
  }

  /** Some training videos, each of another class. */
  async #loadStrips(run: string, anew: boolean): Promise<void> {
    const { bridge } = this.session;
    const ids = anew ? await this.#stripVideos(run) : this.strips.map(({ id }) => id);
    const found = await Promise.allSettled(ids.map((videoId) => bridge.call('inspect.sampling', { run, videoId })));
    if (this.chosen === run) this.strips = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  async #stripVideos(run: string): Promise<string[]> {
    const videos = (await this.session.attempt(this.session.bridge.call('inspect.sampledVideos', { run }))) ?? [];
    if (this.chosen === run) this.sampled = videos;
    const firsts = videos.filter(
      ({ label }, i) => label !== 'neutral' && videos.findIndex((one) => one.label === label) === i,
    );
    return firsts.slice(0, HEAT_STRIPS).map(({ id }) => id);
  }

  /** Watches another video in place of one of the strips. */
  async watchVideo(place: number, videoId: string): Promise<void> {
    const run = this.chosen;
    if (run === null) return;
    const history = await this.session.attempt(this.session.bridge.call('inspect.sampling', { run, videoId }));
    if (history !== undefined && this.chosen === run) this.strips = this.strips.with(place, history);
  }

  /** The form, with the settings of a run if one is given. */
  showNew(like: Pick<RunDetail, 'config'> | null = null): void {
    this.view = 'new';
    if (like !== null) this.choices = flatConfig(like.config);
    this.name = nextRunName((this.rows ?? []).map(({ name }) => name));
    void this.#makePlan();
  }

  choose(choices: TrainChoices): void {
    this.choices = choices;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#makePlan(), PLAN_DELAY_MS);
  }

  /** Undefined puts a setting back to its default. */
  set(key: string, value: unknown): void {
    const others = Object.entries(this.choices).filter(([other]) => other !== key);
    this.choose(Object.fromEntries(value === undefined ? others : [...others, [key, value]]));
  }

  /** With the threads of Settings where the form says nothing else. */
  #config(choices: TrainChoices): Record<string, unknown> {
    return configOf({ ...(this.session.threads > 0 && { threads: this.session.threads }), ...choices });
  }

  async #makePlan(): Promise<void> {
    const { session, choices } = this;
    const device = session.device !== null && 'name' in session.device ? session.device : null;
    const limit = device?.features['memoryLimitBytes'];
    const request = {
      config: this.#config(choices),
      engine: device?.name ?? ('wasm' as const),
      memoryLimitBytes: typeof limit === 'number' ? limit : null,
    };
    const plan = await session.attempt(session.bridge.call('train.plan', request));
    if (plan !== undefined && choices === this.choices) this.plan = plan;
  }

  async start(): Promise<void> {
    this.starting = true;
    const run = this.name.trim();
    const { jobs } = this.session;
    const id = await this.session.attempt(jobs.start({ kind: 'train', run, config: this.#config(this.choices) }));
    this.starting = false;
    if (id === undefined) return;
    this.chosen = run;
    this.view = 'run';
  }

  /** What is shown was read of the project before others worked in it: reads it anew. */
  async comeBack(): Promise<void> {
    if (this.view === 'new') await Promise.all([this.load(), this.#makePlan()]);
    else if (this.view === 'run' && this.chosen !== null) await this.refresh(this.chosen);
  }

  /** A run that began, or one that ended, changes the table. Of one that ended before it began, the form is left. */
  async refresh(run: string): Promise<void> {
    await this.load();
    if (this.chosen !== run || this.view !== 'run') return;
    if (this.row !== null) this.show(run);
    else if (this.job === null) this.#takeBack(run);
  }

  #takeBack(run: string): void {
    this.chosen = null;
    this.showNew();
    this.name = run;
  }

  async pause(): Promise<void> {
    if (this.job !== null) await this.session.attempt(this.session.jobs.cancel(this.job.id));
    await this.load();
  }

  async resume(): Promise<void> {
    if (this.chosen === null) return;
    await this.session.attempt(this.session.jobs.start({ kind: 'train', run: this.chosen, resume: true }));
  }

  async stopAndKeep(): Promise<void> {
    const run = this.chosen;
    if (run === null) return;
    await this.pause();
    await this.session.attempt(this.session.bridge.call('train.keep', { run }));
    await this.load();
  }

  async discard(): Promise<void> {
    const run = this.chosen;
    if (run === null) return;
    await this.pause();
    this.#follow.abort();
    await this.session.attempt(this.session.bridge.call('train.discard', { run }));
    this.chosen = null;
    this.compared = this.compared.filter((name) => name !== run);
    await this.load();
  }

  async evaluate(): Promise<void> {
    if (this.chosen !== null)
      await this.session.attempt(this.session.jobs.start({ kind: 'evaluate', run: this.chosen }));
  }

  compare(name: string, on: boolean): void {
    const others = this.compared.filter((other) => other !== name);
    this.compared = on ? [...others, name] : others;
    if (on && this.details[name] === undefined) void this.#loadDetail(name);
  }

  jobOf(run: string | null) {
    return this.session.jobs.list.find((job) => job.kind === 'train' && job.subject === run && isUnderWay(job)) ?? null;
  }
}
