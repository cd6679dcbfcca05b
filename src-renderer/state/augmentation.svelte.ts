import {
  augmentationSearchSchema,
  type AugmentationCurve,
  type AugmentationDetail,
  type AugmentationPicture,
  type AugmentationRow,
} from '../../src-main/contract/window/augmentation.ts';
import { pairsOf } from '../lib/search-form.ts';
import { ClipStrips } from './clip-strips.svelte.ts';
import { FollowedSearches, refuseSetting } from './followed-searches.svelte.ts';
import type { Session } from './session.svelte.ts';
import { TrainState } from './train.svelte.ts';

const CLIPS_DELAY_MS = 200;
const SHOWN = { videos: 4, draws: 2 };

/** The searches for an augmentation of a project, the form for a new one, and the one that is looked at. */
export class AugmentationState extends FollowedSearches<AugmentationRow, AugmentationDetail, AugmentationPicture> {
  readonly strips = new ClipStrips();
  /** The epoch whose changes are shown; null: the last. */
  epoch = $state<number | null>(null);
  /** Other draws of the same recipe. */
  seed = $state(1);
  playing = $state(true);
  loading = $state(false);
  /** Of all finished searches. */
  curves = $state.raw<readonly AugmentationCurve[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = new AbortController();

  readonly lastEpoch = $derived(this.picture?.changes?.epochs.at(-1)?.epoch ?? this.detail?.config.epochs ?? 1);

  constructor(session: Session) {
    const { bridge } = session;
    super(session, {
      kind: 'learn-augmentation',
      word: 'augmentation',
      rows: () => bridge.call('augmentation.rows', {}),
      search: (run) => bridge.call('augmentation.search', { run }),
      follow: (run, signal) => bridge.open('augmentation.follow', { run }, signal),
      goOn: (run) => ({ kind: 'learn-augmentation', run, resume: true }),
    });
    void this.load();
  }

  override async load(): Promise<void> {
    await super.load();
    const runs = (this.rows ?? []).filter(({ result }) => result !== null).map(({ name }) => name);
    this.curves = (await this.session.attempt(this.session.bridge.call('augmentation.curves', { runs }))) ?? [];
  }

  override show(name: string): void {
    this.epoch = null;
    this.strips.clear();
    super.show(name);
  }

  override leave(): void {
    super.leave();
    this.#asked.abort();
    clearTimeout(this.#timer);
  }

  override async start(): Promise<void> {
    const parsed = augmentationSearchSchema.safeParse(this.choices);
    if (!parsed.success) return refuseSetting(this.session, parsed.error);
    const run = this.name.trim();
    const set = pairsOf({ threads: this.session.threads, ...this.networkChoices });
    await this.begin({ kind: 'learn-augmentation', run, ...parsed.data, set }, run);
  }

  /** Shows the changes of an epoch, with the same draws. */
  showEpoch(epoch: number): void {
    this.epoch = Math.min(this.lastEpoch, Math.max(1, epoch));
    this.askClipsSoon();
  }

  drawAgain(): void {
    this.seed += 1;
    this.askClipsSoon();
  }

  askClipsSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#askClips(), CLIPS_DELAY_MS);
  }

  async #askClips(): Promise<void> {
    const { chosen: run, epoch, seed, session } = this;
    if (run === null) return;
    this.#asked.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    this.loading = true;
    const asked = session.bridge.call('augmentation.clips', { run, epoch, seed, ...SHOWN }, signal);
    const clips = await session.attempt(
      asked.catch((error: unknown) => (signal.aborted ? undefined : Promise.reject(error))),
    );
    if (signal.aborted) return;
    this.loading = false;
    if (clips !== undefined) this.strips.show(clips);
  }

  /** Opens the form of a new run that trains with the recipe. */
  useRecipe(): void {
    const { picture, detail, session } = this;
    if (picture?.summary == null || detail === null) return;
    const train = session.keep('train', () => new TrainState(session));
    train.showNew({ config: { ...detail.config, recipe: picture.summary.recipe } });
    session.tab = 'train';
  }
}
