import { SvelteSet } from 'svelte/reactivity';
import type { GuessedVideo, LabelCurve, PseudoSegment, VideoGuesses } from '../../src-main/contract/window/guesses.ts';
import { placesOf } from '../lib/label-queue.ts';
import { storedCall } from '../lib/stored-call.ts';
import type { Session } from './session.svelte.ts';

/** What semi-weak runs guess of the videos on show, and what a person says to it. */
export class Guesses {
  readonly session: Session;
  runs = $state.raw<readonly string[]>([]);
  /** Whose guesses are shown. */
  run = $state<string | null>(null);
  queue = $state.raw<readonly GuessedVideo[]>([]);
  video = $state.raw<VideoGuesses | null>(null);
  curve = $state.raw<LabelCurve | null>(null);
  #wanted: string | null = null;
  /** Keys of segments that were rejected since the project was opened. */
  readonly #rejected = new SvelteSet<string>();
  #chosen = $state(0);

  /** Place of each video in the queue. */
  readonly places = $derived(placesOf(this.queue));
  readonly segments = $derived(this.video?.segments.filter((one) => !this.#rejected.has(this.#keyOf(one))) ?? []);
  readonly rejectedHere = $derived((this.video?.segments.length ?? 0) - this.segments.length);
  /** The segment that the keys are about. */
  readonly chosen = $derived(this.segments[this.#chosen % Math.max(1, this.segments.length)] ?? null);

  constructor(session: Session) {
    this.session = session;
    session.onStepDone(() => void this.load());
    session.jobs.onEnd(({ kind }) => kind === 'train' && void this.load());
  }

  /** Reads which runs guess, and the queue of the chosen one, else of the newest. */
  async load(): Promise<void> {
    const runs = await this.session.attempt(this.session.bridge.call('guesses.runs', {}));
    if (runs === undefined) return;
    this.runs = runs;
    await this.choose(runs.find((name) => name === this.run) ?? runs.at(-1) ?? null);
  }

  /** Takes the guesses of another run; null: of none. */
  async choose(run: string | null): Promise<void> {
    this.run = run;
    const queue = run === null ? [] : await this.session.attempt(this.session.bridge.call('guesses.queue', { run }));
    if (queue === undefined || this.run !== run) return;
    this.queue = queue;
    await this.#read();
  }

  /** Shows the guesses of a video. */
  async open(videoId: string | null): Promise<void> {
    if (this.#wanted === videoId) return;
    this.#wanted = videoId;
    this.#chosen = 0;
    this.video = null;
    await this.#read();
  }

  next(): void {
    this.#chosen = (this.#chosen + 1) % Math.max(1, this.segments.length);
  }

  pick(segment: PseudoSegment): void {
    this.#chosen = Math.max(0, this.segments.indexOf(segment));
  }

  /** The chosen segment becomes label and moment of the video, through the journal. */
  async confirm(who: string): Promise<void> {
    const { chosen, video, session } = this;
    if (chosen === null || video === null) return;
    const { label, startSec, endSec } = chosen;
    const key = crypto.randomUUID();
    const said = { videoId: video.videoId, who, label, moment: { startSec, endSec }, key };
    const step = {
      title: `Confirm the guess ${label}`,
      redo: storedCall('label.set', { ...said, note: `guessed by the run ${video.run}` }),
      undo: storedCall('label.withdraw', { key, who }),
    };
    await session.attempt(session.undo.do(step));
  }

  /** {@link confirm} in the name that stands in the preferences. */
  async confirmAsRater(): Promise<void> {
    const preferences = await this.session.attempt(this.session.bridge.call('app.preferences', {}));
    await this.confirm(preferences?.rater || 'window');
  }

  /** The chosen segment is not shown again until `restore` or the end of the program. */
  reject(): void {
    if (this.chosen !== null) this.#rejected.add(this.#keyOf(this.chosen));
  }

  /** Shows again what was rejected of this video. */
  restore(): void {
    for (const segment of this.video?.segments ?? []) this.#rejected.delete(this.#keyOf(segment));
  }

  async showCurve(): Promise<void> {
    this.curve = (await this.session.attempt(this.session.bridge.call('guesses.curve', {}))) ?? null;
  }

  async #read(): Promise<void> {
    const [run, videoId] = [this.run, this.#wanted];
    if (run === null || videoId === null) return;
    const video = await this.session.attempt(this.session.bridge.call('guesses.video', { run, videoId }));
    if (video !== undefined && this.run === run && this.#wanted === videoId) this.video = video;
  }

  #keyOf({ label, firstFrame, lastFrame }: PseudoSegment): string {
    return `${this.video?.run} ${this.video?.videoId} ${label} ${firstFrame} ${lastFrame}`;
  }
}
