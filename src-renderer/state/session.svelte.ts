import { createContext } from 'svelte';
import { failureOf, type Failure } from '../../src-main/contract/rpc.ts';
import type { EngineInfo } from '../../src-main/contract/records.ts';
import type { AppInfo, AppState, EnginePreferences } from '../../src-main/contract/window/app.ts';
import type { UndoStep } from '../../src-main/contract/window/settings.ts';
import type { WindowBridge } from '../../src-main/contract/window/window-api.ts';
import { isMac } from '../lib/key-chord.ts';
import { Listeners } from '../lib/listeners.ts';
import { PanelStates } from '../lib/panel-states.ts';
import { makeStoredCall } from '../lib/stored-call.ts';
import { COMMAND_CATALOGUE } from './command-catalogue.ts';
import { Commands } from './commands.svelte.ts';
import { Jobs, JOB_TITLES } from './jobs.svelte.ts';
import { Theme } from './theme.svelte.ts';
import { Toasts } from './toasts.svelte.ts';
import { UndoStack } from './undo.svelte.ts';

export const TABS = [
  { id: 'library', title: 'Library' },
  { id: 'label', title: 'Label' },
  { id: 'train', title: 'Train' },
  { id: 'inspect', title: 'Inspect' },
  { id: 'pooling', title: 'Pooling search' },
  { id: 'augmentation', title: 'Augmentation' },
  { id: 'settings', title: 'Settings' },
] as const;
export type TabId = (typeof TABS)[number]['id'];

/** What is shown over the tabs. */
export type Overlay = 'palette' | 'keys' | 'jobs' | null;

export type ShownVideo = { videoId: string; timeSec?: number };

/** All that the window knows beside its panels: made once, found by `getSession()`. */
export class Session {
  readonly bridge: WindowBridge;
  readonly toasts = new Toasts();
  readonly theme: Theme;
  readonly commands: Commands;
  readonly jobs: Jobs;
  readonly undo: UndoStack;
  /** Null until the program has answered for the first time. */
  app = $state.raw<AppState | null>(null);
  info = $state.raw<AppInfo | null>(null);
  device = $state.raw<EngineInfo | Failure | null>(null);
  tab = $state<TabId>('library');
  overlay = $state<Overlay>(null);
  /** A folder that the Library should offer to import as soon as it is shown. */
  pendingImport = $state<string | null>(null);
  engine = $state.raw<EnginePreferences>({ threads: 0, wideKernels: true });
  /** The video that another tab asked to see. */
  shown = $state.raw<ShownVideo | null>(null);
  /** Threads of new runs; 0: all cores. */
  readonly threads = $derived(this.engine.threads);
  readonly project = $derived(this.app?.project ?? null);
  readonly #onStepDone = new Listeners<UndoStep>();
  readonly #ended = new AbortController();
  readonly #kept = new PanelStates();
  #projectLeft = new AbortController();
  #projectDir: string | null = null;
  #requested: string | null = null;

  constructor(bridge: WindowBridge) {
    this.bridge = bridge;
    this.jobs = new Jobs(bridge);
    this.theme = new Theme((theme) => void this.attempt(bridge.call('app.setPreferences', { theme })));
    this.commands = new Commands({
      mac: isMac(),
      catalogue: COMMAND_CATALOGUE,
      onKeysChosen: (keys) => {
        const copy = Object.fromEntries(Object.entries(keys).map(([id, chords]) => [id, [...chords]]));
        void this.attempt(bridge.call('app.setPreferences', { keys: copy }));
      },
    });
    this.undo = new UndoStack({
      call: (call) => makeStoredCall(bridge, call),
      store: ({ done, undone }) =>
        void this.attempt(bridge.call('settings.storeUndo', { done: [...done], undone: [...undone] })),
      onChanged: (step, direction) => this.#stepDone(step, direction),
      onFailure: (error) => this.toasts.showFailure(failureOf(error)),
    });
    this.jobs.onEnd((job) => {
      if (job.state === 'failed' && job.error) this.toasts.showFailure(job.error);
      if (job.state === 'done' && job.kind !== 'import')
        this.toasts.show({ tone: 'good', message: `${JOB_TITLES[job.kind]}: done.` });
    });
  }

  /** Begins to follow the program. */
  start(): void {
    void this.attempt(this.#followApp());
    void this.attempt(this.jobs.follow(this.#ended.signal));
    void this.attempt(this.#loadPreferences());
    void this.attempt(this.bridge.call('app.info', {})).then((info) => (this.info = info ?? null));
    void this.askDevice();
  }

  stop(): void {
    this.#ended.abort();
  }

  /** Asks which engine computes; again after a self-test or a restart. */
  async askDevice(): Promise<void> {
    this.device = await this.bridge.call('app.device', {}).catch(failureOf);
  }

  /** What a call gives; an error becomes a note in the corner, and undefined. */
  async attempt<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      this.toasts.showFailure(failureOf(error));
      return undefined;
    }
  }

  async openProject(dir: string): Promise<void> {
    await this.attempt(this.bridge.call('app.openProject', { dir }));
  }

  async closeProject(): Promise<void> {
    await this.attempt(this.bridge.call('app.closeProject', {}));
    this.tab = 'library';
  }

  /** The state of a panel for the open project: made at first, found again when its tab is shown again. */
  keep<T>(name: string, make: () => T): T {
    return this.#kept.keep(name, () => {
      let made!: T;
      // Why: deriveds belong to the component in which they are made, and would end with it; a root has no end.
      $effect.root(() => {
        made = make();
      });
      return made;
    });
  }

  /** Fires when another project is opened, or none: what belongs to this one should end. */
  get projectSignal(): AbortSignal {
    return this.#projectLeft.signal;
  }

  /** Shows a video in another tab, which finds it in `shown`. */
  show(tab: TabId, video: ShownVideo): void {
    this.shown = video;
    this.tab = tab;
  }

  /** Takes effect from the next job on. */
  async chooseEngine(change: Partial<EnginePreferences>): Promise<void> {
    this.engine = { ...this.engine, ...change };
    await this.attempt(this.bridge.call('app.setPreferences', { engine: this.engine }));
    if (change.wideKernels !== undefined && this.jobs.running === null) await this.askDevice();
  }

  /** Calls back after something was done, undone or done again, so that its data can be read anew. */
  onStepDone(listener: (step: UndoStep) => void): () => void {
    return this.#onStepDone.add(listener);
  }

  #stepDone(step: UndoStep, direction: 'do' | 'undo' | 'redo'): void {
    this.#onStepDone.tell(step);
    if (direction === 'do') return;
    this.toasts.show({ tone: 'plain', message: `${direction === 'undo' ? 'Undone' : 'Done again'}: ${step.title}` });
  }

  async #followApp(): Promise<void> {
    for await (const state of this.bridge.open('app.events', {}, this.#ended.signal)) {
      const dir = state.project?.dir ?? null;
      const isOther = dir !== this.#projectDir;
      if (isOther) this.#leaveProject();
      this.app = state;
      this.#openRequested(state);
      if (!isOther) continue;
      this.#projectDir = dir;
      if (dir !== null) void this.attempt(this.#loadUndo());
    }
  }

  #leaveProject(): void {
    this.#projectLeft.abort();
    this.#projectLeft = new AbortController();
    this.#kept.clear();
  }

  /** A folder that was opened from outside: a double click, or a second start. */
  #openRequested({ requestedProject }: AppState): void {
    if (requestedProject !== null && requestedProject !== this.#requested) void this.openProject(requestedProject);
    this.#requested = requestedProject;
  }

  async #loadUndo(): Promise<void> {
    this.undo.load(await this.bridge.call('settings.undo', {}));
  }

  async #loadPreferences(): Promise<void> {
    const { theme, keys, engine } = await this.bridge.call('app.preferences', {});
    this.engine = engine;
    this.theme.apply(theme);
    this.commands.choices = keys;
  }
}

/** Every component below `App` finds the session by `getSession()`. */
export const [getSession, setSession] = createContext<Session>();
