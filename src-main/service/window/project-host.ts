import { AppError } from '../../contract/errors.ts';
import type { ProjectApi } from '../../contract/project-host.ts';
import type { RpcClient } from '../../contract/rpc-client.ts';
import type { Bridge, Dispatcher } from '../../contract/rpc.ts';
import type { ProcessState, ProjectInfo } from '../../contract/window/app.ts';
import { Supervisor } from '../processes/supervisor.ts';
import type { ChildHandle } from '../processes/supervisor.ts';

/** Light questions are answered in milliseconds; a process that is silent for so long hangs. */
const SILENT_MS = 15_000;

/** The open project in its process, seen from the main process. A process that is lost opens the project again. */
export class ProjectHost {
  readonly #supervisor: Supervisor;
  #project: ProjectInfo | null = null;

  constructor(start: () => ChildHandle, onState: (state: ProcessState) => void, silentMs = SILENT_MS) {
    this.#supervisor = new Supervisor({
      name: 'project process',
      start,
      ping: 'host.ping',
      silentMs,
      prepare: (client) => this.#reopen(client),
      onState,
    });
  }

  get project(): ProjectInfo | null {
    return this.#project;
  }

  get state(): ProcessState {
    return this.#supervisor.state;
  }

  get pid(): number | undefined {
    return this.#supervisor.pid;
  }

  /** Starts the process, so that nobody waits for it later. */
  async start(): Promise<void> {
    await this.#supervisor.client();
  }

  /** @throws AppError `not-found`, `bad-input` or `corrupt`; the project that was open then stays open */
  async open(dir: string, create: boolean): Promise<ProjectInfo> {
    this.#project = await (await this.#bridge()).call('host.open', { dir, create });
    return this.#project;
  }

  async close(): Promise<void> {
    this.#project = null;
    await (await this.#bridge()).call('host.close', {});
  }

  async mediaFile(id: string) {
    return (await this.#openBridge()).call('host.mediaFile', { id });
  }

  async face(id: string, frame: number): Promise<Uint8Array> {
    return (await this.#openBridge()).call('host.face', { id, frame });
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  /** Passes questions of the window on. */
  dispatcher(): Dispatcher {
    const client = async () => {
      this.#requireOpen();
      return this.#supervisor.client();
    };
    return {
      call: async (name, input, signal) => (await client()).call(name, input, signal),
      open: async function* (name, input, signal) {
        yield* (await client()).open(name, input, signal);
      },
    };
  }

  async #openBridge(): Promise<Bridge<ProjectApi>> {
    this.#requireOpen();
    return this.#bridge();
  }

  async #bridge(): Promise<Bridge<ProjectApi>> {
    return (await this.#supervisor.client()) as Dispatcher as Bridge<ProjectApi>;
  }

  #requireOpen(): void {
    if (this.#project === null) throw new AppError('not-found', 'No project is open.', { hint: 'Open one first.' });
  }

  async #reopen(client: RpcClient): Promise<void> {
    if (this.#project !== null) await client.call('host.open', { dir: this.#project.dir, create: false });
  }
}
