import type { ComputeApi, ComputeJob } from '../../contract/compute.ts';
import { WIDE_KERNELS } from '../../contract/engine-environment.ts';
import type { Bridge, Dispatcher } from '../../contract/rpc.ts';
import { dispatcherOf, roomOf, validated } from '../../contract/rpc.ts';
import { mainRooms, windowApi } from '../../contract/window/window-api.ts';
import { Supervisor } from '../processes/supervisor.ts';
import type { ChildHandle } from '../processes/supervisor.ts';
import { appHandlers } from './app.ts';
import { ChangeSignal } from './change-signal.ts';
import { checkChosenPaths } from './chosen-paths.ts';
import type { Desktop } from './desktop.ts';
import { GrantedPaths } from './granted-paths.ts';
import { JobQueue } from './job-queue.ts';
import { jobsHandlers } from './jobs.ts';
import { ProjectHost } from './project-host.ts';
import { RefusedRequests } from './refused-requests.ts';
import { UserFiles } from './user-files.ts';
import type { WindowContext } from './window-context.ts';

/** A step of a large network on a slow processor can hold the compute process for many seconds. */
const COMPUTE_SILENT_MS = 120_000;
/** What closing may take before the processes are ended: a checkpoint is on disk by then. */
const CLOSING_MS = 30_000;

export type WindowServiceOptions = {
  desktop: Desktop;
  /** Folder for preferences and recent projects. */
  userDir: string;
  sampleDir: string;
  startProjectProcess: () => ChildHandle;
  startComputeProcess: (environment: Record<string, string>) => ChildHandle;
  computeSilentMs?: number;
  projectSilentMs?: number;
};

/** Everything behind the window, without Electron: two supervised processes, the queue of jobs, what users choose. */
export class WindowService {
  readonly projects: ProjectHost;
  readonly queue: JobQueue;
  readonly paths = new GrantedPaths();
  readonly refused = new RefusedRequests();
  readonly dispatcher: Dispatcher;
  readonly #compute: Supervisor;
  readonly #changes = new ChangeSignal();
  readonly #userFiles: UserFiles;
  #wideKernels = true;
  #requestedProject: string | null = null;

  constructor(options: WindowServiceOptions) {
    const notify = () => this.#changes.notify();
    this.#userFiles = new UserFiles(options.userDir);
    this.projects = new ProjectHost(options.startProjectProcess, notify, options.projectSilentMs);
    this.#compute = new Supervisor({
      name: 'compute process',
      start: () => options.startComputeProcess({ [WIDE_KERNELS]: this.#wideKernels ? 'on' : 'off' }),
      ping: 'compute.ping',
      silentMs: options.computeSilentMs ?? COMPUTE_SILENT_MS,
      onState: notify,
    });
    const compute = {
      run: (job: ComputeJob) => this.#runOnCompute((bridge) => bridge.open('compute.run', job)),
      stop: async () => (await this.#computeBridge()).call('compute.stop', {}),
    };
    this.queue = new JobQueue(compute, {
      load: () => this.#userFiles.jobs(),
      save: (jobs) => void this.#userFiles.setJobs(jobs).catch(() => undefined),
    });
    this.paths.grant(options.sampleDir);
    this.dispatcher = validated(windowApi, this.#routed(this.#context(options)), (schema, input) =>
      checkChosenPaths(schema, input, this.paths),
    );
  }

  get computePid(): number | undefined {
    return this.#compute.pid;
  }

  /** Before calls of the page are served: it may open any of them at once. */
  async grantRecentProjects(): Promise<void> {
    for (const { dir } of await this.#userFiles.recentProjects()) this.paths.grant(dir);
  }

  /** Starts the processes so that nobody waits for them later. */
  async start(): Promise<void> {
    await this.queue.restore();
    // What fails is shown as the state of its process.
    await Promise.allSettled([this.#settledCompute(), this.projects.start()]);
  }

  /** A folder that the user opened from outside; the page opens it. */
  requestProject(dir: string): void {
    this.paths.grant(dir);
    this.#requestedProject = dir;
    this.#changes.notify();
  }

  onRefusedRequest(url: string): void {
    this.refused.add(url);
    this.#changes.notify();
  }

  /** Stops jobs with everything saved, closes the project, ends the processes. */
  async close(): Promise<void> {
    const patience = new Promise((resolve) => setTimeout(resolve, CLOSING_MS).unref());
    await Promise.race([this.queue.close(), patience]);
    await Promise.all([this.projects.stop(), this.#compute.stop()]);
  }

  #context({ desktop, sampleDir }: WindowServiceOptions): WindowContext {
    return {
      desktop,
      sampleDir,
      projects: this.projects,
      queue: this.queue,
      device: async () => {
        const compute = await (this.queue.isAtWork ? this.#computeBridge() : this.#settledCompute());
        return compute.call('compute.device', {});
      },
      userFiles: this.#userFiles,
      paths: this.paths,
      refused: this.refused,
      changes: this.#changes,
      state: () => ({
        project: this.projects.project,
        requestedProject: this.#requestedProject,
        projectProcess: this.projects.state,
        computeProcess: this.#compute.state,
        refusedRequests: this.refused.count,
      }),
      onProjectOpened: () => (this.#requestedProject = null),
    };
  }

  #routed(context: WindowContext): Dispatcher {
    const own = dispatcherOf<typeof mainRooms, WindowContext>({ app: appHandlers, jobs: jobsHandlers }, context);
    const project = this.projects.dispatcher();
    const to = (name: string) => (Object.hasOwn(mainRooms, roomOf(name)) ? own : project);
    return {
      call: (name, input, signal) => to(name).call(name, input, signal),
      open: (name, input, signal) => to(name).open(name, input, signal),
    };
  }

  async #computeBridge(): Promise<Bridge<ComputeApi>> {
    return (await this.#compute.client()) as Dispatcher as Bridge<ComputeApi>;
  }

  /** Started as the preferences of now want it, and anew where it was not: never while a job runs. */
  async #settledCompute(): Promise<Bridge<ComputeApi>> {
    const { wideKernels } = (await this.#userFiles.preferences()).engine;
    if (wideKernels !== this.#wideKernels) {
      this.#wideKernels = wideKernels;
      await this.#compute.stop();
    }
    return this.#computeBridge();
  }

  async *#runOnCompute<T>(open: (compute: Bridge<ComputeApi>) => AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    yield* open(await this.#settledCompute());
  }
}
