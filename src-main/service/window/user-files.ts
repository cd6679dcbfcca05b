import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { preferencesSchema } from '../../contract/window/app.ts';
import type { ComputeJob } from '../../contract/compute.ts';
import { jobRequestSchema } from '../../contract/window/jobs.ts';
import type { Preferences, ProjectInfo, RecentProject } from '../../contract/window/app.ts';
import { writeFileAtomic } from '../../store/atomic-write.ts';

const MOST_RECENT = 20;
const recentSchema = z.array(z.strictObject({ dir: z.string(), name: z.string(), openedAt: z.string() }));

const jobsSchema = z.array(z.strictObject({ request: jobRequestSchema, project: z.string().nullable() }));

/** What the program remembers of its user, in the folder that the system gives it: preferences, recent projects, and jobs to go on with. */
export class UserFiles {
  readonly #folder: string;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  preferences(): Promise<Preferences> {
    return this.#read('preferences.json', preferencesSchema, preferencesSchema.parse({}));
  }

  setPreferences(changes: Partial<Preferences>): Promise<Preferences> {
    return this.#inTurn(async () => {
      const preferences = { ...(await this.preferences()), ...changes };
      await this.#write('preferences.json', preferences);
      return preferences;
    });
  }

  /** Newest first. */
  async recentProjects(): Promise<RecentProject[]> {
    const recent = await this.#read('recent-projects.json', recentSchema, []);
    return recent.map((project) => ({ ...project, missing: !existsSync(path.join(project.dir, 'project.sqlite')) }));
  }

  addRecentProject(opened: ProjectInfo): Promise<void> {
    return this.#changeRecent((recent) => [opened, ...recent.filter(({ dir }) => dir !== opened.dir)]);
  }

  forgetRecentProject(dir: string): Promise<void> {
    return this.#changeRecent((recent) => recent.filter((project) => project.dir !== dir));
  }

  /** Jobs that had not ended. */
  jobs(): Promise<ComputeJob[]> {
    return this.#read('jobs.json', jobsSchema, []);
  }

  setJobs(jobs: readonly ComputeJob[]): Promise<void> {
    return this.#inTurn(() => this.#write('jobs.json', jobs));
  }

  #changeRecent(change: (recent: ProjectInfo[]) => ProjectInfo[]): Promise<void> {
    return this.#inTurn(async () => {
      const recent = await this.#read('recent-projects.json', recentSchema, []);
      await this.#write('recent-projects.json', change(recent).slice(0, MOST_RECENT));
    });
  }

  /** A file that cannot be read is put aside, so that the program starts with what ships. */
  async #read<T>(name: string, schema: z.ZodType<T>, otherwise: T): Promise<T> {
    const file = path.join(this.#folder, name);
    if (!existsSync(file)) return otherwise;
    try {
      return schema.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch {
      await rename(file, `${file}.unreadable`);
      return otherwise;
    }
  }

  async #write(name: string, content: unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFileAtomic(path.join(this.#folder, name), `${JSON.stringify(content, null, 2)}\n`);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#writing.then(work);
    this.#writing = result.catch(() => undefined);
    return result;
  }
}
