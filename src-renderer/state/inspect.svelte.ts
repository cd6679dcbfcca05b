import type { Moment } from '../../src-main/contract/records.ts';
import { CONFIRMED_NOTE } from '../../src-main/contract/window/inspect.ts';
import type {
  EvaluatedSplit,
  InspectedRun,
  LabelNow,
  SplitIntervals,
  TableFormat,
} from '../../src-main/contract/window/inspect.ts';
import type { WindowInput } from '../../src-main/contract/window/window-api.ts';
import { ExpressionPalette } from '../../src-main/contract/expression-palette.ts';
import { decisionAt } from '../../src-main/infer/gamma-lens.ts';
import { figuresOf } from '../../src-main/infer/split-figures.ts';
import {
  filterVideos,
  inspectedVideos,
  predictedVideo,
  type InspectedVideo,
  type InspectFilter,
} from '../lib/inspected-videos.ts';
import { gammaAt, LENS_PLACES } from '../lib/gamma-scale.ts';
import { rangeOfMoment, type FrameRange } from '../lib/moment-frames.ts';
import { storedCall } from '../lib/stored-call.ts';
import { trustFacts } from '../lib/trust.ts';
import { Attention, type Looked } from './attention.svelte.ts';
import { FramePlayer } from './frame-player.svelte.ts';
import { Lens } from './lens.svelte.ts';
import type { Session, ShownVideo } from './session.svelte.ts';

export type InspectView = 'moments' | 'figures' | 'sampling';

const SET_NAMES = { train: 'training', val: 'validation', test: 'test' } as const;

/** Everything that the Inspect tab looks at: a run, a split, a video, a γ, a moment. */
export class InspectState {
  readonly session: Session;
  readonly player: FramePlayer = new FramePlayer(() => this.heaviestFrames);
  readonly lens = new Lens();
  readonly attention: Attention;
  runs = $state.raw<readonly InspectedRun[] | null>(null);
  runName = $state<string | null>(null);
  split = $state<'val' | 'test'>('test');
  evaluated = $state.raw<EvaluatedSplit | null>(null);
  labels = $state.raw<readonly LabelNow[]>([]);
  intervals = $state.raw<SplitIntervals | null>(null);
  loading = $state(true);
  view = $state<InspectView>('moments');
  filter = $state.raw<InspectFilter>({ kind: 'all' });
  text = $state('');
  videoId = $state<string | null>(null);
  newcomers = $state.raw<readonly InspectedVideo[]>([]);

  readonly run = $derived(this.runs?.find(({ name }) => name === this.runName) ?? null);
  readonly classes = $derived(this.evaluated?.classes ?? []);
  readonly palette = $derived(new ExpressionPalette(this.classes));
  readonly ofSplit = $derived(this.evaluated === null ? [] : inspectedVideos(this.evaluated, this.labels));
  readonly videos = $derived.by(() => {
    const isNew = ({ id }: InspectedVideo) => this.newcomers.some((one) => one.id === id);
    return [...this.newcomers, ...this.ofSplit.filter((video) => !isNew(video))];
  });
  readonly shown = $derived(filterVideos(this.videos, this.filter, this.text));
  readonly video = $derived(this.videos.find(({ id }) => id === this.videoId) ?? null);
  /** The run and video whose attention can be shown: null where the network weighs no places, and for new videos. */
  readonly looked = $derived.by((): Looked | null => {
    const { run, video } = this;
    if (run?.model !== 'spatial-attention' || video === null || video.newcomer !== null) return null;
    return { run: run.name, videoId: video.id };
  });
  readonly heaviestFrames = $derived.by((): FrameRange | null => {
    const heaviest = this.video?.prediction.heaviest;
    return heaviest && this.player.count > 0 ? rangeOfMoment(this.player.timesSec, heaviest) : null;
  });
  readonly facts = $derived(this.video === null ? [] : trustFacts(this.video, this.classes, this.#ownGamma));
  /** What the chosen video would be at every place of the lens. */
  readonly lensDecisions = $derived.by(() => {
    const clipLogits = this.video?.clipLogits ?? [];
    if (clipLogits.length === 0) return [];
    return Array.from({ length: LENS_PLACES }, (_, place) => decisionAt(clipLogits, gammaAt(place)));
  });
  readonly decision = $derived(this.video === null ? null : this.lens.decide(this.video.clipLogits));
  /** Videos of the split with a label that the run knows; `decisions` are of the lens where it was moved. */
  readonly scored = $derived(this.ofSplit.map(({ clipLogits, truth }) => ({ clipLogits, label: this.#index(truth) })));
  readonly decisions = $derived(
    this.lens.row?.decisions ?? this.ofSplit.map(({ prediction }) => this.#indexOrNull(prediction.label)),
  );
  readonly figures = $derived.by(() => {
    const known = this.scored.flatMap(({ label }, i) => (label < 0 ? [] : [i]));
    return figuresOf(
      known.map((i) => this.decisions[i]!),
      known.map((i) => this.scored[i]!.label),
      this.classes.length,
    );
  });
  /** Whether labels have changed since the evaluation: the figures here are those of now. */
  readonly relabelled = $derived.by(() => {
    const { evaluation } = this.evaluated ?? {};
    if (evaluation === undefined || this.lens.place !== null) return false;
    return JSON.stringify(evaluation.confusion) !== JSON.stringify(this.figures.confusion);
  });

  get #ownGamma(): number {
    const { ownRule } = this.lens;
    return ownRule.kind === 'softmax' ? ownRule.gamma : 1;
  }

  constructor(session: Session) {
    this.session = session;
    this.attention = new Attention(session);
    this.player.loop = false;
    this.player.muted = true;
    session.jobs.onEnd(
      ({ kind, state }) => kind === 'proxy' && state === 'done' && void this.#play(this.player.timeSec),
    );
    void this.loadRuns();
  }

  /** Runs with a network; opens the newest evaluated one if none is chosen. */
  async loadRuns(): Promise<void> {
    this.runs = (await this.session.attempt(this.session.bridge.call('inspect.runs', {}))) ?? [];
    const evaluated = this.runs.filter((run) => run.evaluated.length > 0);
    const first = evaluated.at(-1) ?? this.runs.at(-1);
    if (this.run !== null || first === undefined) this.loading = false;
    else await this.choose(first.name, first.evaluated[0] ?? 'test');
  }

  async choose(name: string, split = this.split): Promise<void> {
    this.runName = name;
    this.split = split;
    this.loading = true;
    const { bridge } = this.session;
    const which = { run: name, split };
    const [evaluated, labels] =
      (await this.session.attempt(
        Promise.all([bridge.call('inspect.evaluated', which), bridge.call('inspect.labels', which)]),
      )) ?? [];
    if (this.runName !== name || this.split !== split) return;
    this.evaluated = evaluated ?? null;
    this.labels = labels ?? [];
    this.intervals = null;
    this.filter = { kind: 'all' };
    this.loading = false;
    if (this.evaluated === null) return;
    this.lens.load(this.evaluated.config, this.scored, this.classes.length);
    this.#openFirst();
    await this.#loadIntervals();
  }

  /** Labels changed somewhere: reads them anew. */
  async reloadLabels(): Promise<void> {
    if (this.evaluated === null) return;
    const which = { run: this.evaluated.run, split: this.split };
    this.labels = (await this.session.attempt(this.session.bridge.call('inspect.labels', which))) ?? this.labels;
    await this.#loadIntervals();
  }

  async #loadIntervals(): Promise<void> {
    if (this.evaluated === null) return;
    const which = { run: this.evaluated.run, split: this.split };
    this.intervals = (await this.session.attempt(this.session.bridge.call('inspect.intervals', which))) ?? null;
  }

  #openFirst(): void {
    const first = this.video ?? this.videos[0];
    if (first !== undefined) void this.open(first.id);
  }

  /** Shows a video at a time, or at its heaviest moment. */
  async open(id: string, atSec?: number): Promise<void> {
    const video = this.videos.find((one) => one.id === id);
    if (video === undefined) return;
    this.videoId = id;
    this.player.close();
    this.player.loop = false;
    const { heaviest } = video.prediction;
    await Promise.all([
      this.#play(atSec ?? (heaviest === null ? 0 : middleSec(heaviest))),
      this.attention.follow(this.looked),
    ]);
  }

  async #play(atSec: number): Promise<void> {
    const { video, session } = this;
    if (video === null) return;
    const played =
      video.newcomer?.played ?? (await session.attempt(session.bridge.call('inspect.played', { videoId: video.id })));
    if (played !== undefined && this.videoId === video.id) this.player.open(played, { atSec });
  }

  /** Shows a video that another tab asked for, or says why it is not among these. */
  async find({ videoId, timeSec }: ShownVideo): Promise<void> {
    if (this.videos.some(({ id }) => id === videoId)) {
      this.list({ kind: 'all' });
      return this.open(videoId, timeSec);
    }
    const { session, runName: run } = this;
    if (run === null) return;
    const set = await session.attempt(session.bridge.call('inspect.setOf', { run, videoId }));
    const where = set == null ? 'was never seen by this run' : `is in the ${SET_NAMES[set]} set of this run`;
    session.toasts.show({
      tone: 'plain',
      message: `The video ${where}.`,
      hint: 'Here are the videos it was evaluated on.',
    });
  }

  toHeaviest(): void {
    const heaviest = this.video?.prediction.heaviest;
    if (heaviest) this.player.seek(middleSec(heaviest));
  }

  /** Plays the heaviest moment round and round, or no longer. */
  toggleLoop(): void {
    this.player.loop = !this.player.loop && this.heaviestFrames !== null;
    if (!this.player.loop || this.heaviestFrames === null) return;
    this.player.goTo(this.heaviestFrames.first);
    this.player.play();
  }

  /** The next or previous video of the list. */
  move(places: number): void {
    const at = this.shown.findIndex(({ id }) => id === this.videoId);
    const next = this.shown[Math.min(this.shown.length - 1, Math.max(0, at + places))];
    if (next !== undefined) void this.open(next.id);
  }

  list(filter: InspectFilter): void {
    this.filter = filter;
    this.text = '';
    this.view = 'moments';
    if (!this.shown.some(({ id }) => id === this.videoId) && this.shown[0]) void this.open(this.shown[0].id);
  }

  /** Gives the video another label and goes on to the next of the queue. */
  relabel(label: string): Promise<void> {
    return this.#setLabel(label, null, `Label ${label}`);
  }

  /** Lets the label stand after looking: the video leaves the queue. */
  confirm(): Promise<void> {
    const truth = this.video?.truth ?? null;
    return truth === null ? Promise.resolve() : this.#setLabel(truth, CONFIRMED_NOTE, `Let ${truth} stand`);
  }

  async #setLabel(label: string, note: string | null, title: string): Promise<void> {
    const { video, session } = this;
    if (video === null || video.newcomer !== null || video.truth === null) return;
    const { rater } = (await session.attempt(session.bridge.call('app.preferences', {}))) ?? { rater: '' };
    const who = rater || 'window';
    const next = this.shown[this.shown.findIndex(({ id }) => id === video.id) + 1]?.id;
    const { id: videoId, moment } = video;
    const key = crypto.randomUUID();
    const step = {
      title,
      redo: storedCall('label.set', { videoId, who, label, moment, note, key }),
      undo: storedCall('label.withdraw', { key, who }),
    };
    await session.attempt(session.undo.do(step));
    if (this.filter.kind === 'queue' && next !== undefined) await this.open(next);
  }

  /** Evaluates the chosen run on the chosen split. */
  async evaluate(): Promise<void> {
    if (this.runName === null) return;
    const { session, split, runName: run } = this;
    await session.attempt(session.jobs.start({ kind: 'evaluate', run, split }));
  }

  /** Predicts videos from outside of the project, end to end, and lists them first. `urls` play them. */
  async predict(paths: readonly string[], urls: readonly string[]): Promise<void> {
    if (this.runName === null || paths.length === 0) return;
    const { session, runName: run } = this;
    const outcome = await session.attempt(this.#predicted(run, [...paths]));
    if (outcome === undefined) return;
    const found = outcome.videos.flatMap((prediction) => {
      const played = outcome.played.find(({ path }) => path === prediction.path);
      const url = urls[paths.indexOf(prediction.path)];
      return played && url ? [predictedVideo(prediction, { url, played })] : [];
    });
    this.newcomers = [...found, ...this.newcomers.filter(({ id }) => !found.some((one) => one.id === id))];
    for (const { path, reason } of outcome.failed) session.toasts.show({ tone: 'wrong', message: path, hint: reason });
    if (found[0] === undefined) return;
    this.list({ kind: 'new' });
    await this.open(found[0].id);
  }

  async #predicted(run: string, videos: string[]) {
    const id = await this.session.jobs.start({ kind: 'predict', run, videos });
    const outcome = await this.session.bridge.call('jobs.wait', { id });
    return outcome.kind === 'predict' ? outcome.output : { videos: [], failed: [], played: [] };
  }

  async exportTables(format: TableFormat): Promise<void> {
    if (this.evaluated === null) return;
    const which = { run: this.evaluated.run, split: this.split };
    const written = await this.session.attempt(this.session.bridge.call('inspect.exportTables', { ...which, format }));
    if (written !== undefined) this.#written(written.path);
  }

  /** Writes a copy of the video with its weights under the picture. */
  async overlay(hideFaces: boolean): Promise<void> {
    const { video, split, runName: run, session } = this;
    if (video === null || video.newcomer !== null || run === null) return;
    const written = await session.attempt(
      this.#overlaid({ kind: 'overlay', run, split, videoId: video.id, hideFaces }),
    );
    if (written !== undefined) this.#written(written.path);
  }

  async #overlaid(request: WindowInput<'jobs.start'>): Promise<{ path: string }> {
    const id = await this.session.jobs.start(request);
    const { output } = await this.session.bridge.call('jobs.wait', { id });
    return output as { path: string };
  }

  async saveFigure(name: string, picture: string | Uint8Array): Promise<void> {
    const run = this.runName;
    if (run === null) return;
    const written = await this.session.attempt(this.session.bridge.call('inspect.saveFigure', { run, name, picture }));
    if (written !== undefined) this.#written(written.path);
  }

  async showReport(): Promise<void> {
    if (this.evaluated === null) return;
    const which = { run: this.evaluated.run, split: this.split };
    const report = await this.session.attempt(this.session.bridge.call('inspect.report', which));
    if (report) await this.#show(report.path);
  }

  #written(path: string): void {
    const action = { title: 'Show', run: () => void this.#show(path) };
    this.session.toasts.show({ tone: 'good', message: 'Written', hint: path, action });
  }

  async #show(path: string): Promise<void> {
    await this.session.attempt(this.session.bridge.call('app.showInFolder', { path }));
  }

  #index(label: string | null): number {
    return label === null ? -1 : this.classes.indexOf(label);
  }

  #indexOrNull(label: string | null): number | null {
    const k = this.#index(label);
    return k < 0 ? null : k;
  }
}

function middleSec({ startSec, endSec }: Moment): number {
  return (startSec + endSec) / 2;
}
