import type { ComputeEvent, ComputeJob } from '../../contract/compute.ts';
import { AppError, toAppError } from '../../contract/errors.ts';
import { failureOf } from '../../contract/rpc.ts';
import { StageClock } from '../../contract/time-left.ts';
import type { JobOutcome, JobRequest, JobState } from '../../contract/window/jobs.ts';
import { ChangeSignal } from './change-signal.ts';

/** The compute process as the queue sees it; `run` throws `process-lost` when it goes under a job. */
export type Compute = {
  run(job: ComputeJob): AsyncIterable<ComputeEvent>;
  stop(): Promise<unknown>;
};

/** A job that loses the process so often, without working for {@link SETTLED_MS} in between, is given up. */
const MOST_RESTARTS = 3;
const SETTLED_MS = 600_000;

/** Where the jobs are kept that have not ended, so that they can go on after the next start. */
export type JobStore = { load(): Promise<ComputeJob[]>; save(jobs: readonly ComputeJob[]): void };

/** Answers to questions of the page that asked: without it nobody waits for them. */
const OF_THE_MOMENT: readonly JobRequest['kind'][] = ['doctor', 'predict'];

/** Ended jobs that are kept in the list. */
const MOST_ENDED = 50;

type Entry = {
  state: JobState;
  job: ComputeJob;
  clock: StageClock;
  losses: number;
  outcome: PromiseWithResolvers<JobOutcome>;
};

/** The jobs of the window: one runs, the others wait. Survives the compute process, whose jobs go on where they were. */
export class JobQueue {
  readonly #compute: Compute;
  readonly #store: JobStore;
  readonly #entries: Entry[] = [];
  readonly #changes = new ChangeSignal();
  #lastId = 0;
  #working = false;
  #closed = false;

  constructor(compute: Compute, store: JobStore) {
    this.#compute = compute;
    this.#store = store;
  }

  /** Shows the jobs that had not ended when the program was closed; they wait for {@link release}. */
  async restore(): Promise<void> {
    for (const { request, project } of await this.#store.load())
      this.#add({ request: continued(request), project }, 'held');
  }

  /** @param project - folder of the project that the job belongs to */
  start(request: JobRequest, project: string | null): number {
    if (this.#closed) throw new AppError('aborted', 'The program is closing.');
    this.#dropHeld(request, project);
    const id = this.#add({ request, project }, 'queued');
    void this.#work();
    return id;
  }

  #add(job: ComputeJob, begins: 'queued' | 'held'): number {
    const id = ++this.#lastId;
    const outcome = Promise.withResolvers<JobOutcome>();
    outcome.promise.catch(() => undefined);
    const state: JobState = { ...newState(id, job.request, job.project), state: begins };
    this.#entries.push({ state, job, clock: new StageClock(), losses: 0, outcome });
    this.#keep();
    this.#changes.notify();
    return id;
  }

  /** A held job that is asked for anew is not done twice. */
  #dropHeld(request: JobRequest, project: string | null): void {
    const { kind, subject, project: place } = newState(0, request, project);
    const same = this.#entries.findIndex(
      ({ state }) =>
        state.state === 'held' && state.kind === kind && state.subject === subject && state.project === place,
    );
    if (same >= 0) this.#entries.splice(same, 1);
  }

  /** Lets a job go on that was held since the last start. */
  release(id: number): void {
    const entry = this.#entry(id);
    if (entry.state.state !== 'held') return;
    this.#change(entry, { state: 'queued' });
    void this.#work();
  }

  list(): JobState[] {
    return this.#entries.map(({ state }) => ({ ...state }));
  }

  snapshots(signal: AbortSignal): AsyncIterable<JobState[]> {
    return this.#changes.pictures(() => this.list(), signal);
  }

  wait(id: number): Promise<JobOutcome> {
    return this.#entry(id).outcome.promise;
  }

  /** Stops a job with everything saved; resolves when it has stopped. */
  async cancel(id: number): Promise<void> {
    const entry = this.#entry(id);
    if (entry.state.state === 'queued' || entry.state.state === 'held')
      this.#end(entry, 'cancelled', new AppError('aborted', 'Stopped.'));
    else if (entry.state.state === 'running') {
      this.#change(entry, { state: 'stopping' });
      // Why: a process that is lost now leaves nothing to stop; the job then sees that it is stopping.
      await this.#compute.stop().catch(() => undefined);
    }
    await entry.outcome.promise.catch(() => undefined);
  }

  /** Whether the compute process works on a job. */
  get isAtWork(): boolean {
    return this.#entries.some(({ state: { state } }) => state === 'running' || state === 'stopping');
  }

  /** Takes an ended job from the list. */
  forget(id: number): void {
    const { state } = this.#entry(id);
    if (state.endedAt === null) throw new AppError('bad-input', 'The job has not ended.', { hint: 'Stop it first.' });
    this.#entries.splice(
      this.#entries.findIndex((entry) => entry.state.id === id),
      1,
    );
    this.#changes.notify();
  }

  /** Stops everything, with everything saved, and takes no more. What had not ended is kept for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    const open = this.#entries.filter(({ state }) => state.endedAt === null).reverse();
    await Promise.all(open.map(({ state }) => this.cancel(state.id)));
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      for (let entry = this.#nextQueued(); entry !== undefined; entry = this.#nextQueued()) await this.#run(entry);
    } finally {
      this.#working = false;
    }
  }

  #nextQueued(): Entry | undefined {
    return this.#entries.find(({ state }) => state.state === 'queued');
  }

  async #run(entry: Entry): Promise<void> {
    this.#change(entry, { state: 'running', startedAt: new Date().toISOString() });
    try {
      while (!(await this.#attempt(entry)));
    } catch (thrown) {
      const error = toAppError(thrown);
      this.#end(entry, error.code === 'aborted' ? 'cancelled' : 'failed', error);
    }
  }

  /** @returns whether the job is done; false when the process was lost under it and it can go on */
  async #attempt(entry: Entry): Promise<boolean> {
    const startMs = performance.now();
    try {
      for await (const event of this.#compute.run(entry.job)) this.#take(entry, event);
      return true;
    } catch (thrown) {
      if (toAppError(thrown).code !== 'process-lost') throw thrown;
      if (entry.state.state === 'stopping') throw new AppError('aborted', 'Stopped.');
      entry.losses = performance.now() - startMs > SETTLED_MS ? 1 : entry.losses + 1;
      if (entry.losses > MOST_RESTARTS) throw givenUp(entry);
      entry.job = { ...entry.job, request: continued(entry.job.request) };
      this.#change(entry, { restarts: entry.state.restarts + 1, leftSec: null });
      return false;
    }
  }

  #take(entry: Entry, event: ComputeEvent): void {
    if (event.kind === 'outcome') {
      entry.outcome.resolve(event.outcome);
      this.#end(entry, 'done', null);
    } else {
      const leftSec = entry.clock.secondsLeft(event.progress, performance.now());
      this.#change(entry, { progress: event.progress, leftSec });
    }
  }

  #end(entry: Entry, state: 'done' | 'failed' | 'cancelled', error: AppError | null): void {
    const failure = error === null || state === 'cancelled' ? null : failureOf(error);
    this.#change(entry, { state, error: failure, endedAt: new Date().toISOString(), leftSec: null });
    if (error !== null) entry.outcome.reject(error);
    const ended = this.#entries.filter((other) => other.state.endedAt !== null);
    if (ended.length > MOST_ENDED) this.forget(ended[0]!.state.id);
  }

  #change(entry: Entry, change: Partial<JobState>): void {
    Object.assign(entry.state, change);
    if (change.state !== undefined) this.#keep();
    this.#changes.notify();
  }

  #keep(): void {
    if (this.#closed) return;
    const open = this.#entries.filter(({ state }) => state.endedAt === null && state.state !== 'stopping');
    this.#store.save(open.flatMap(({ job }) => (OF_THE_MOMENT.includes(job.request.kind) ? [] : [job])));
  }

  #entry(id: number): Entry {
    const entry = this.#entries.find(({ state }) => state.id === id);
    if (entry === undefined) throw new AppError('not-found', `There is no job ${id}.`);
    return entry;
  }
}

function newState(id: number, request: JobRequest, project: string | null): JobState {
  return {
    id,
    kind: request.kind,
    project: request.kind === 'sample-project' ? request.dir : project,
    subject: subjectOf(request),
    state: 'queued',
    progress: null,
    leftSec: null,
    startedAt: null,
    endedAt: null,
    restarts: 0,
    error: null,
  };
}

function subjectOf(request: JobRequest): string {
  if ('run' in request) return request.run;
  if ('source' in request) return request.source;
  return 'dir' in request ? request.dir : '';
}

/** All jobs keep what they finished; a run has to be told that it goes on. */
function continued(request: JobRequest): JobRequest {
  return 'resume' in request ? { ...request, resume: true } : request;
}

function givenUp({ state, losses }: Entry): AppError {
  const where = state.progress === null ? '' : ` (${state.progress.stage})`;
  return new AppError('bug', `The compute process was lost ${losses} times under this job${where}.`, {
    hint: 'A driver, or too little memory, can be the cause. Try another engine or smaller batches.',
  });
}
