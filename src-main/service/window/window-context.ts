import type { EngineInfo } from '../../contract/records.ts';
import type { AppState } from '../../contract/window/app.ts';
import type { ChangeSignal } from './change-signal.ts';
import type { Desktop } from './desktop.ts';
import type { GrantedPaths } from './granted-paths.ts';
import type { JobQueue } from './job-queue.ts';
import type { ProjectHost } from './project-host.ts';
import type { RefusedRequests } from './refused-requests.ts';
import type { UserFiles } from './user-files.ts';

/** What the handlers of the main process work with. */
export type WindowContext = {
  desktop: Desktop;
  /** Where the sample project is offered to be made. */
  sampleDir: string;
  projects: ProjectHost;
  queue: JobQueue;
  device: () => Promise<EngineInfo>;
  userFiles: UserFiles;
  paths: GrantedPaths;
  refused: RefusedRequests;
  changes: ChangeSignal;
  state: () => AppState;
  /** The page has taken up what was asked from outside. */
  onProjectOpened: () => void;
};
