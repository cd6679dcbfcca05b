import type { AppApi } from '../../contract/api.ts';
import type { ComputeApi, ComputeEvent, ComputeJob } from '../../contract/compute.ts';
import { throwIfAborted, toAppError } from '../../contract/errors.ts';
import type { JobContext, Progress } from '../../contract/progress.ts';
import type { EngineInfo } from '../../contract/records.ts';
import type { Handlers } from '../../contract/rpc.ts';
import type { JobOutcome } from '../../contract/window/jobs.ts';
import { ChangeSignal } from './change-signal.ts';
import { doJob } from './job-work.ts';

/** What the compute process keeps: the service, whose turn it is on the engine, and how to stop the job that runs. */
export class ComputeContext {
  readonly #api: AppApi;
  readonly #openDevice: () => Promise<EngineInfo>;
  readonly #onDeviceLost: () => void;
  #turn: Promise<unknown> = Promise.resolve();
  #stop: AbortController | null = null;
  #device: Promise<EngineInfo> | null = null;

  /** @param onDeviceLost - ends the process: a new one gets a new device, and the job goes on there */
  constructor(api: AppApi, openDevice: () => Promise<EngineInfo>, onDeviceLost: () => void) {
    this.#api = api;
    this.#openDevice = openDevice;
    this.#onDeviceLost = onDeviceLost;
  }

  /** The engine, opened once; the next question asks anew where it failed. */
  device(): Promise<EngineInfo> {
    this.#device ??= this.#inTurn(this.#openDevice);
    this.#device.catch(() => (this.#device = null));
    return this.#device;
  }

  /** Also a job that waits for its turn. */
  stop(): void {
    this.#stop?.abort();
  }

  async *run(job: ComputeJob, signal: AbortSignal): AsyncGenerator<ComputeEvent, void, undefined> {
    let progress: Progress | null = null;
    const changes = new ChangeSignal();
    const over = new AbortController();
    const onProgress = (now: Progress) => {
      progress = now;
      changes.notify();
    };
    const stop = (this.#stop = new AbortController());
    const context = { signal: AbortSignal.any([stop.signal, signal]), onProgress };
    const outcome = this.#inTurn(() => this.#do(job, context)).finally(() => over.abort());
    outcome.catch(() => undefined);
    for await (const now of changes.pictures(() => progress, over.signal))
      if (now !== null) yield { kind: 'progress', progress: now };
    yield { kind: 'outcome', outcome: await outcome };
  }

  async #do(job: ComputeJob, context: JobContext): Promise<JobOutcome> {
    try {
      throwIfAborted(context.signal);
      return await doJob(this.#api, job, context);
    } catch (error) {
      if (toAppError(error).code === 'device-lost') this.#onDeviceLost();
      throw error;
    }
  }

  /** Runs work after all that was asked for before: the engine serves one at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

export const computeHandlers: Handlers<ComputeApi['compute'], ComputeContext> = {
  ping: () => null,
  device: (context) => context.device(),
  run: (context, job, signal) => context.run(job, signal),
  stop: (context) => {
    context.stop();
    return null;
  },
};
