import { toAppError } from '../../contract/errors.ts';
import { RpcClient } from '../../contract/rpc-client.ts';
import type { Port } from '../../contract/rpc.ts';
import type { ProcessState } from '../../contract/window/app.ts';

/** A started process. Its port closes when it has ended, for whatever reason. */
export type ChildHandle = { port: Port; pid: number | undefined; kill(): void };

export type SupervisorOptions = {
  /** What a person calls the process, in the middle of a sentence: `compute process`. */
  name: string;
  start: () => ChildHandle;
  /** Name of a call that the process answers at once whenever it is not stuck. */
  ping: string;
  /** A process that does not answer for so long is taken for stuck, and ended. */
  silentMs: number;
  /** Brings a process that was just started to where the one before it was. */
  prepare?: (client: RpcClient) => Promise<unknown>;
  onState?: (state: ProcessState) => void;
};

/** After so many losses within {@link LOSS_WINDOW_MS} the process is not started again until somebody needs it. */
const MOST_LOSSES = 4;
const LOSS_WINDOW_MS = 60_000;

type RunningProcess = { child: ChildHandle; ready: Promise<RpcClient> };

/** Keeps one process running: starts it, notices when it ends or hangs, and starts it again. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #running: RunningProcess | null = null;
  #losses: number[] = [];
  #stuck = false;
  #stopping = false;
  #state: ProcessState = { state: 'starting', lost: null };

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get state(): ProcessState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /**
   * A line to the process, which is started if it is not there.
   * @throws AppError `process-lost`, or what preparing it threw
   */
  client(): Promise<RpcClient> {
    this.#stopping = false;
    this.#running ??= this.#start();
    return this.#running.ready;
  }

  /** Ends the process and lets it be. */
  stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#running?.child;
    if (child === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      child.port.onClose(resolve);
      child.kill();
    });
  }

  #start(): RunningProcess {
    const child = this.#options.start();
    const client = new RpcClient(child.port);
    const heart = setInterval(() => void this.#listenToHeart(child, client), this.#options.silentMs / 2);
    child.port.onClose(() => {
      clearInterval(heart);
      this.#onEnd();
    });
    const ready = this.#prepare(client);
    ready.catch(() => undefined);
    return { child, ready };
  }

  async #prepare(client: RpcClient): Promise<RpcClient> {
    await client.call(this.#options.ping, {});
    await this.#options.prepare?.(client);
    this.#setState({ state: 'ready', lost: this.#state.lost });
    return client;
  }

  async #listenToHeart(child: ChildHandle, client: RpcClient): Promise<void> {
    const timeout = setTimeout(() => {
      this.#stuck = true;
      child.kill();
    }, this.#options.silentMs);
    await client.call(this.#options.ping, {}).catch((error: unknown) => toAppError(error));
    clearTimeout(timeout);
  }

  #onEnd(): void {
    const how = this.#stuck ? 'did not answer any more' : 'ended unexpectedly';
    this.#running = null;
    this.#stuck = false;
    if (this.#stopping) return this.#setState({ state: 'starting', lost: null });
    const now = performance.now();
    this.#losses = [...this.#losses.filter((at) => now - at < LOSS_WINDOW_MS), now];
    if (this.#losses.length >= MOST_LOSSES) {
      this.#losses = [];
      this.#setState({ state: 'failed', lost: `The ${this.#options.name} ${how} ${MOST_LOSSES} times in a minute.` });
      return;
    }
    this.#setState({ state: 'restarting', lost: `The ${this.#options.name} ${how} and was started again.` });
    this.#running = this.#start();
  }

  #setState(state: ProcessState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}
