import { ExpressionPalette } from '../../src-main/contract/expression-palette.ts';
import type { LabelledVideo, LabelOverview, Opinion } from '../../src-main/contract/window/label.ts';
import type { UndoStep } from '../../src-main/contract/window/settings.ts';
import {
  filterCounts,
  filterLines,
  isDone,
  nextTodo,
  opinionNow,
  shownOpinion,
  withOpinion,
  type LabelFilter,
} from '../lib/label-queue.ts';
import { momentOfRange, rangeOfMoment, withEdge, type Edge, type FrameRange } from '../lib/moment-frames.ts';
import { storedCall } from '../lib/stored-call.ts';
import { FramePlayer } from './frame-player.svelte.ts';
import type { Guesses } from './guesses.svelte.ts';
import { LabelHabits } from './label-habits.svelte.ts';
import type { Session } from './session.svelte.ts';

/** Marks that were moved last wait so long for another move before they go into the journal. */
const MARK_WAIT_MS = 350;

export const CONFIDENCES = [
  { value: 0.25, title: 'Unsure' },
  { value: 0.6, title: 'Fairly' },
  { value: 1, title: 'Sure' },
] as const;

/** What somebody changes of what is said of a video. */
type Change = Partial<Pick<Opinion, 'label' | 'rejected' | 'confidence' | 'note' | 'moment'>>;

/** What the Label tab shows of the open project, and what is said there. */
export class LabelState {
  readonly session: Session;
  readonly player = new FramePlayer(() => this.range);
  readonly habits: LabelHabits;
  /** What runs guess of the videos. */
  readonly guesses: Guesses;
  overview = $state.raw<LabelOverview | null>(null);
  filter = $state<LabelFilter>('all');
  text = $state('');
  currentId = $state<string | null>(null);
  video = $state.raw<LabelledVideo | null>(null);
  /** How sure the next label will be. */
  nextConfidence = $state<number | null>(null);
  /** What was said last, for the line under the picture. */
  lastSaid = $state.raw<{ title: string; path: string } | null>(null);
  #draft = $state.raw<FrameRange | null>(null);
  #draftTimer: ReturnType<typeof setTimeout> | undefined;
  #saying: Promise<unknown> = Promise.resolve();
  readonly #own = new WeakSet<UndoStep>();

  readonly lines = $derived(this.overview?.videos ?? []);
  readonly classes = $derived(this.overview?.classes ?? []);
  readonly palette = $derived(new ExpressionPalette(this.classes));
  readonly counts = $derived.by(() =>
    filterCounts(this.lines, { blind: this.habits.blind, places: this.guesses.places }),
  );
  readonly shown = $derived.by(() =>
    filterLines(this.lines, {
      filter: this.filter,
      text: this.text,
      blind: this.habits.blind,
      places: this.guesses.places,
    }),
  );
  readonly line = $derived(this.lines.find(({ id }) => id === this.currentId) ?? null);
  /** What holds now of the video on show; of oneself when blind. */
  readonly opinion = $derived.by(() => (this.line === null ? null : shownOpinion(this.line, this.habits.blind)));
  readonly range = $derived.by((): FrameRange | null => {
    const moment = this.opinion?.moment;
    if (this.#draft !== null) return this.#draft;
    return moment && this.video?.id === this.currentId ? rangeOfMoment(this.video.timesSec, moment) : null;
  });

  constructor(session: Session, guesses: Guesses) {
    this.session = session;
    this.guesses = guesses;
    this.habits = new LabelHabits(session);
    session.onStepDone((step) => void this.#afterStep(step));
    session.jobs.onEnd(({ kind }) => (kind === 'proxy' || kind === 'import') && void this.load());
  }

  get asRater(): { rater: string; blind: boolean } {
    return { rater: this.habits.rater, blind: this.habits.blind };
  }

  /** Reads the project anew; shows the video that another tab asked for, else stays, else begins with work. */
  async load(): Promise<void> {
    await this.habits.load();
    const overview = await this.session.attempt(this.session.bridge.call('label.overview', this.asRater));
    if (overview === undefined) return;
    this.overview = overview;
    const asked = this.session.shown?.videoId;
    this.session.shown = null;
    const known = (id: string | null | undefined) => (this.lines.some((line) => line.id === id) ? (id ?? null) : null);
    const id = known(asked) ?? known(this.currentId) ?? nextTodo(this.lines, null, 1, this.habits.blind);
    const first = id ?? this.lines[0]?.id ?? null;
    if (first !== null) await this.open(first);
  }

  async open(id: string): Promise<void> {
    this.#keepMarks();
    const isOther = this.currentId !== id;
    this.currentId = id;
    if (isOther) this.nextConfidence = null;
    const video = await this.session.attempt(this.session.bridge.call('label.video', { videoId: id, ...this.asRater }));
    if (video === undefined || this.currentId !== id) return;
    const isSame = this.video?.id === id && this.video.playback.how === video.playback.how;
    this.video = video;
    if (!isSame) this.player.open(video, { startsPlaying: this.habits.autoplay });
  }

  /** Lists the videos whose label would teach a run most, and opens the first. */
  showTeaching(): void {
    this.filter = 'teach';
    const first = this.shown[0];
    if (first !== undefined) void this.open(first.id);
  }

  /** Takes another rater, or blind or not; what may be seen is read anew. */
  async changeHabits(change: Partial<Pick<LabelHabits, 'rater' | 'blind'>>): Promise<void> {
    this.#keepMarks();
    await this.habits.set(change);
    this.lastSaid = null;
    await this.load();
  }

  move(step: 1 | -1): void {
    const at = this.shown.findIndex(({ id }) => id === this.currentId);
    const next = this.shown[Math.min(Math.max(at + step, 0), this.shown.length - 1)];
    if (next !== undefined && next.id !== this.currentId) void this.open(next.id);
  }

  /** Opens the next video without a label, of those in the list, else of all. @returns whether there was one */
  toNextTodo(step: 1 | -1 = 1): boolean {
    const { blind } = this.habits;
    const id = nextTodo(this.shown, this.currentId, step, blind) ?? nextTodo(this.lines, this.currentId, step, blind);
    if (id !== null) void this.open(id);
    return id !== null;
  }

  /** Gives the label and goes on to the next that has none. */
  giveLabel(label: string): void {
    const same = this.opinion?.label === label;
    const confidence = this.nextConfidence ?? (same ? (this.opinion?.confidence ?? null) : null);
    this.#sayAndGoOn(`Label ${label}`, { label, rejected: false, confidence });
  }

  /** Of no use: it gets no label and is not asked for again. */
  reject(): void {
    this.#sayAndGoOn('Reject', { label: null, rejected: true, confidence: null });
  }

  /** Says oneself what holds already. */
  confirm(): void {
    if (isDone(this.opinion)) this.#sayAndGoOn(`Confirm ${this.opinion?.label ?? 'rejected'}`, {});
  }

  setConfidence(confidence: number): void {
    if (isDone(this.opinion) && this.opinion?.rejected === false)
      void this.#say(`Confidence ${confidence}`, { confidence });
    else this.nextConfidence = this.nextConfidence === confidence ? null : confidence;
  }

  setNote(note: string): void {
    const said = note.trim() === '' ? null : note.trim();
    if (said !== (this.opinion?.note ?? null)) void this.#say('Note', { note: said });
  }

  /** Takes the label away: the video is unlabelled again. */
  clear(): void {
    if (this.opinion !== null) void this.#say('Clear the label', { label: null, rejected: false, confidence: null });
  }

  /** Sets an edge of the moment to a frame; the first mark makes a moment up to the end, or from the start. */
  mark(edge: Edge, frame: number): void {
    const { count } = this.player;
    if (count === 0) return;
    const range = this.range ?? { first: 0, last: count - 1 };
    this.#draft = withEdge(range, edge, frame, count);
    clearTimeout(this.#draftTimer);
    this.#draftTimer = setTimeout(() => this.#keepMarks(), MARK_WAIT_MS);
  }

  /** Moves an edge by frames, and shows it. */
  nudge(edge: Edge, frames: number): void {
    if (this.range === null) return;
    this.mark(edge, this.range[edge] + frames);
    this.player.step(this.range[edge] - this.player.frame);
  }

  removeMoment(): void {
    clearTimeout(this.#draftTimer);
    this.#draft = null;
    if (this.opinion?.moment) void this.#say('Remove the moment', { moment: null });
  }

  /** Puts marks that wait into the journal. */
  #keepMarks(): void {
    clearTimeout(this.#draftTimer);
    const [draft, video] = [this.#draft, this.video];
    if (draft === null || video === null || video.id !== this.currentId) return;
    void this.#say('Mark the moment', { moment: momentOfRange(video.timesSec, draft, video.media.durationSec) });
    this.#draft = null;
  }

  #sayAndGoOn(title: string, change: Change): void {
    this.#keepMarks();
    void this.#say(title, change);
    this.nextConfidence = null;
    if (this.habits.advance && !this.toNextTodo()) {
      this.session.toasts.show({ tone: 'good', message: 'Every video has a label.' });
    }
  }

  /** Shows at once what was said, and writes it into the journal; what cannot be written is read anew. */
  async #say(title: string, change: Change): Promise<void> {
    const { line, overview } = this;
    if (line === null || overview === null) return;
    const { rater, blind } = this.asRater;
    const before = shownOpinion(line, blind);
    const { label, rejected, moment, confidence, note } = { ...EMPTY, ...before, ...change };
    const said = { videoId: line.id, label, rejected, moment, confidence, note };
    const opinion = opinionNow(said, rater);
    this.overview = { ...overview, videos: withOpinion(overview.videos, line.id, { opinion, holds: !blind }) };
    this.lastSaid = { title, path: line.path };
    const key = crypto.randomUUID();
    const step: UndoStep = {
      title: `${title}: ${line.path.split('/').at(-1)!}`.slice(0, 200),
      redo: storedCall('label.set', { ...said, who: rater, holds: !blind, key }),
      undo: storedCall('label.withdraw', { key, who: rater }),
    };
    this.#own.add(step);
    this.#saying = this.#saying.then(() => this.session.undo.do(step)).catch((error: unknown) => this.#notSaid(error));
    await this.#saying;
    await this.#refresh(line.id);
  }

  async #notSaid(error: unknown): Promise<void> {
    await this.session.attempt(Promise.reject(error as Error));
    this.lastSaid = null;
    await this.load();
  }

  /** The journal beside the picture, after something was added to it. */
  async #refresh(id: string): Promise<void> {
    if (this.currentId !== id) return;
    const video = await this.session.attempt(this.session.bridge.call('label.video', { videoId: id, ...this.asRater }));
    if (video !== undefined && this.currentId === id) this.video = video;
  }

  /** After an undo the video is shown again that it was about. */
  async #afterStep(step: UndoStep): Promise<void> {
    if (this.#own.delete(step)) return;
    this.lastSaid = null;
    const about = (step.redo.input as { videoId?: unknown }).videoId;
    if (step.redo.name === 'label.set' && typeof about === 'string') this.currentId = about;
    await this.load();
  }
}

const EMPTY = { label: null, rejected: false, moment: null, confidence: null, note: null };
