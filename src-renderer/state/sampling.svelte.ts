import type { ResolvedConfig } from '../../src-main/contract/config.ts';
import { ExpressionPalette } from '../../src-main/contract/expression-palette.ts';
import { effectiveClips, samplingDistribution } from '../../src-main/contract/sampling-distribution.ts';
import type { SampledVideo, SamplingHistory } from '../../src-main/contract/window/inspect.ts';
import type { Session } from './session.svelte.ts';

/** How a run drew clips of its training videos: one video, one epoch. */
export class SamplingState {
  readonly #session: Session;
  run = $state<string | null>(null);
  gamma = $state(1);
  videos = $state.raw<readonly SampledVideo[] | null>(null);
  videoId = $state<string | null>(null);
  history = $state.raw<SamplingHistory | null>(null);
  /** Index into the records of the history. */
  row = $state(0);
  text = $state('');

  classes = $state.raw<readonly string[]>([]);
  readonly palette = $derived(new ExpressionPalette(this.classes));
  readonly shown = $derived(
    (this.videos ?? []).filter(({ path, label }) =>
      `${path} ${label ?? ''}`.toLowerCase().includes(this.text.toLowerCase()),
    ),
  );
  /** A distribution over clip positions for every recorded epoch. */
  readonly rows = $derived(
    this.history?.records.map(({ scores }) =>
      samplingDistribution(scores, this.history!.positions.length, this.gamma),
    ) ?? [],
  );
  readonly effective = $derived(this.rows.map(effectiveClips));

  constructor(session: Session) {
    this.#session = session;
  }

  async loadRun(run: string): Promise<void> {
    if (run === this.run) return;
    this.run = run;
    this.history = null;
    const { bridge } = this.#session;
    const loaded = await this.#session.attempt(
      Promise.all([bridge.call('inspect.sampledVideos', { run }), bridge.call('train.run', { run })]),
    );
    if (loaded === undefined || this.run !== run) return;
    const [videos, { config, manifest }] = loaded;
    this.classes = manifest.classes;
    this.gamma = drawGamma(config);
    this.videos = videos;
    const first =
      videos.find(({ id }) => id === this.videoId) ?? videos.find(({ label }) => label !== 'neutral') ?? videos[0];
    if (first !== undefined) await this.open(first.id);
  }

  async open(videoId: string): Promise<void> {
    const { run } = this;
    if (run === null) return;
    this.videoId = videoId;
    const history = await this.#session.attempt(this.#session.bridge.call('inspect.sampling', { run, videoId }));
    if (history === undefined || this.videoId !== videoId || this.run !== run) return;
    this.history = history;
    this.row = history.records.length - 1;
  }
}

/** Inverse temperature at which a run draws clips. */
function drawGamma({ labels, semiWeak, pooling, gamma }: ResolvedConfig): number {
  if (labels === 'semi-weak') return semiWeak.gamma;
  return pooling === 'average' ? 0 : gamma;
}
