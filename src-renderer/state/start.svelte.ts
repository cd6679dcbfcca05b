import type { JobState } from '../../src-main/contract/window/jobs.ts';
import type { RecentProject } from '../../src-main/contract/window/app.ts';
import { START_COMMANDS } from './command-catalogue.ts';
import { withActions, type Command } from './commands.svelte.ts';
import { isUnderWay } from '../lib/job-changes.ts';
import type { Session } from './session.svelte.ts';

/** What making the sample project is doing, in words. */
export const SAMPLE_STAGES: Readonly<Record<string, string>> = {
  make: 'Drawing the videos',
  import: 'Reading them into the project',
  prepare: 'Finding the faces',
};

/** A sample of 24 people, or of few in a folder of its own for those who only want to look around. */
export const SMALL_SAMPLE = { folder: 'small', people: 4, videos: 28 } as const;

/** The first screen: recent projects and the ways to begin. */
export class StartState {
  readonly #session: Session;
  recent = $state.raw<readonly RecentProject[]>([]);
  readonly sampleJob: JobState | null = $derived.by(
    () => this.#session.jobs.list.find((job) => job.kind === 'sample-project' && isUnderWay(job)) ?? null,
  );

  constructor(session: Session) {
    this.#session = session;
  }

  async loadRecent(): Promise<void> {
    this.recent = (await this.#session.attempt(this.#session.bridge.call('app.recentProjects', {}))) ?? [];
  }

  async forget(dir: string): Promise<void> {
    const { bridge } = this.#session;
    this.recent = (await this.#session.attempt(bridge.call('app.forgetRecentProject', { dir }))) ?? this.recent;
  }

  async chooseProject(): Promise<void> {
    const dir = await this.#choose('Open a project');
    if (dir) await this.#session.openProject(dir);
  }

  /** A new project beside the videos or elsewhere; the Library then shows what the folder holds. */
  async newProject(): Promise<void> {
    const { bridge } = this.#session;
    const source = await this.#choose('Which folder holds the videos?');
    if (!source) return;
    const dir = await this.#choose('Where should the project be kept? An empty folder is best.');
    if (!dir) return;
    this.#session.pendingImport = source;
    if (!(await this.#session.attempt(bridge.call('app.createProject', { dir })))) this.#session.pendingImport = null;
  }

  async makeSample({ small = false } = {}): Promise<void> {
    const { jobs, bridge, info } = this.#session;
    if (info === null) return;
    const size = small
      ? { dir: `${info.sampleDir}/${SMALL_SAMPLE.folder}`, people: SMALL_SAMPLE.people }
      : { dir: info.sampleDir };
    const id = await this.#session.attempt(jobs.start({ kind: 'sample-project', ...size }));
    if (id === undefined) return;
    const outcome = await bridge.call('jobs.wait', { id }).catch(() => null);
    if (outcome?.kind === 'sample-project') await this.#session.openProject(outcome.output.project);
  }

  async stopSample(): Promise<void> {
    if (this.sampleJob) await this.#session.attempt(this.#session.jobs.cancel(this.sampleJob.id));
  }

  commands(): Command[] {
    const when = () => this.#session.project === null && this.sampleJob === null;
    return withActions(START_COMMANDS, {
      'start.folder': { when, run: () => void this.newProject() },
      'start.project': { when, run: () => void this.chooseProject() },
      'start.sample': { when, run: () => void this.makeSample() },
      'start.small-sample': { when, run: () => void this.makeSample({ small: true }) },
    });
  }

  async #choose(title: string): Promise<string | null | undefined> {
    return this.#session.attempt(this.#session.bridge.call('app.chooseFolder', { title }));
  }
}
