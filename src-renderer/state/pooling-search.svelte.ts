import { poolingSearchSchema } from '../../src-main/contract/pooling-search.ts';
import type {
  SearchDetail,
  SearchPicture,
  SearchPlan,
  SearchRow,
} from '../../src-main/contract/window/pooling-search.ts';
import { pairsOf } from '../lib/search-form.ts';
import { leading, MAP_MEASURES, type MapMeasure } from '../lib/search-map.ts';
import { FollowedSearches, refuseSetting } from './followed-searches.svelte.ts';
import type { Session } from './session.svelte.ts';
import { TrainState } from './train.svelte.ts';

const PLAN_DELAY_MS = 250;

/** The pooling searches of a project, the form for a new one, and the one that is looked at. */
export class PoolingSearchState extends FollowedSearches<SearchRow, SearchDetail, SearchPicture> {
  /** Index of the configuration that is looked at; null: the leading one. */
  looked = $state<number | null>(null);
  measure = $state<MapMeasure>('accuracy');
  plan = $state.raw<SearchPlan | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly leading = $derived(
    this.detail === null || this.picture === null ? 0 : leading(this.detail.space, this.picture),
  );
  readonly configuration = $derived(this.looked ?? this.leading);

  constructor(session: Session) {
    const { bridge } = session;
    super(session, {
      kind: 'search-pooling',
      word: 'search',
      rows: () => bridge.call('poolingSearch.rows', {}),
      search: (run) => bridge.call('poolingSearch.search', { run }),
      follow: (run, signal) => bridge.open('poolingSearch.follow', { run }, signal),
      goOn: (run) => ({ kind: 'search-pooling', run, resume: true }),
    });
    void this.load();
  }

  override show(name: string): void {
    this.looked = null;
    super.show(name);
  }

  override leave(): void {
    super.leave();
    clearTimeout(this.#timer);
  }

  override showNew(): void {
    super.showNew();
    void this.#makePlan();
  }

  override async comeBack(): Promise<void> {
    if (this.view === 'new') await Promise.all([this.load(), this.#makePlan()]);
    else await super.comeBack();
  }

  override set(key: string, value: unknown): void {
    super.set(key, value);
    this.#planSoon();
  }

  override setNetwork(key: string, value: unknown): void {
    super.setNetwork(key, value);
    this.#planSoon();
  }

  override async start(): Promise<void> {
    const parsed = poolingSearchSchema.safeParse(this.choices);
    if (!parsed.success) return refuseSetting(this.session, parsed.error);
    const run = this.name.trim();
    const set = pairsOf({ threads: this.session.threads, ...this.networkChoices });
    await this.begin({ kind: 'search-pooling', run, ...parsed.data, set }, run);
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
}
