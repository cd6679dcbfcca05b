import type {
  GuessedVideo,
  LabelCurve,
  PseudoSegment,
  RejectedGuess,
  VideoGuesses,
} from '../../src-main/contract/window/guesses.ts';
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
  #chosen = $state(0);

  /** Place of each video in the queue. */
  readonly places = $derived(placesOf(this.queue));
  readonly segments = $derived(this.video?.segments ?? []);
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

  /** The chosen segment is not shown again, of no run, until that is taken back. */
  async reject(who: string): Promise<void> {
    const { chosen, video } = this;
    if (chosen === null || video === null) return;
    const { label, startSec, endSec } = chosen;
    const guess = { run: video.run, label, moment: { startSec, endSec } };
    const segments = video.segments.filter((one) => one !== chosen);
    this.video = { ...video, segments, hidden: video.hidden + 1, rejections: [...video.rejections, guess] };
    await this.#judge({ title: `Reject the guess ${label}`, who, rejected: true, guesses: [guess] });
  }

  /** Shows again what was rejected of this video. */
  async restore(rater?: string): Promise<void> {
    const guesses = this.video?.rejections ?? [];
    if (guesses.length === 0) return;
    const who = rater ?? (await this.preferredRater());
    await this.#judge({ title: 'Show rejected guesses again', who, rejected: false, guesses });
  }

  /** The name that stands in the preferences, for where no rater was asked for. */
  async preferredRater(): Promise<string> {
    const preferences = await this.session.attempt(this.session.bridge.call('app.preferences', {}));
    return preferences?.rater || 'window';
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

  async #judge({ title, guesses, ...verdict }: Verdict): Promise<void> {
    const { session, video } = this;
    if (video === null) return;
    const said = { ...verdict, videoId: video.videoId, guesses: [...guesses] };
    const step = {
      title,
      redo: storedCall('label.judgeGuesses', said),
      undo: storedCall('label.judgeGuesses', { ...said, rejected: !said.rejected }),
    };
    const done = await session.attempt(session.undo.do(step).then(() => true));
    if (done !== true) await this.#read();
  }
}

type Verdict = { title: string; who: string; rejected: boolean; guesses: readonly RejectedGuess[] };
