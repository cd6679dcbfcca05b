import type { JobKind, JobState } from '../../src-main/contract/window/jobs.ts';
import type { WindowBridge, WindowInput } from '../../src-main/contract/window/window-api.ts';
import { endedSince, hasEnded } from '../lib/job-changes.ts';
import { Listeners } from '../lib/listeners.ts';

/** What a job is called while it is under way. */
export const JOB_TITLES: Readonly<Record<JobKind, string>> = {
  'sample-project': 'Sample project',
  import: 'Import',
  prepare: 'Prepare',
  train: 'Train',
  evaluate: 'Evaluate',
  predict: 'Predict',
  doctor: 'Self-test',
  overlay: 'Overlay video',
  attention: 'Attention',
  'search-pooling': 'Pooling search',
  'learn-augmentation': 'Augmentation',
  proxy: 'Make playable copies',
};

/** The jobs of the program as it tells of them. */
export class Jobs {
  list = $state.raw<readonly JobState[]>([]);
  readonly running = $derived(this.list.find(({ state }) => state === 'running' || state === 'stopping') ?? null);
  readonly queued = $derived(this.list.filter(({ state }) => state === 'queued'));
  /** Had not ended when the program was closed. */
  readonly held = $derived(this.list.filter(({ state }) => state === 'held'));
  readonly ended = $derived(this.list.filter(hasEnded).toReversed());
  readonly #bridge: WindowBridge;
  readonly #onEnd = new Listeners<JobState>();

  constructor(bridge: WindowBridge) {
    this.#bridge = bridge;
  }

  /** Follows the jobs until the signal fires; throws when the program cannot be reached any more. */
  async follow(signal: AbortSignal): Promise<void> {
    let known = false;
    for await (const jobs of this.#bridge.open('jobs.events', {}, signal)) {
      const ended = endedSince(this.list, jobs);
      this.list = jobs;
      if (known) for (const job of ended) this.#onEnd.tell(job);
      known = true;
    }
  }

  /** Calls back when a job ends, however it ends. @returns what stops that */
  onEnd(listener: (job: JobState) => void): () => void {
    return this.#onEnd.add(listener);
  }

  /** Asks for a job; it starts when those before it have ended. @returns its id */
  async start(request: WindowInput<'jobs.start'>): Promise<number> {
    return (await this.#bridge.call('jobs.start', request)).id;
  }

  release(id: number): Promise<null> {
    return this.#bridge.call('jobs.release', { id });
  }

  cancel(id: number): Promise<null> {
    return this.#bridge.call('jobs.cancel', { id });
  }

  forget(id: number): Promise<null> {
    return this.#bridge.call('jobs.forget', { id });
  }

  async forgetEnded(): Promise<void> {
    await Promise.all(this.ended.map(({ id }) => this.forget(id)));
  }
}
