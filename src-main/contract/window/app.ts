/** What the program itself does for the page: projects, dialogs, preferences, privacy. Served by the main process. */
import { z } from 'zod';
import type { EngineInfo } from '../records.ts';
import { call, stream } from '../rpc.ts';
import { filePath, nothing, shortText } from './limits.ts';

export type ProjectInfo = { dir: string; name: string; openedAt: string };
export type RecentProject = ProjectInfo & { missing: boolean };

export type AppInfo = {
  version: string;
  platform: string;
  /** Version of Electron; null in the browser harness. */
  electron: string | null;
  /** Where the sample project is offered to be made. */
  sampleDir: string;
};

/** Whether a process of the program works; `lost` says in a sentence what happened and what is done about it. */
export type ProcessState = { state: 'starting' | 'ready' | 'restarting' | 'failed'; lost: string | null };

/** All that the frame of the window shows; sent whole at every change. */
export type AppState = {
  project: ProjectInfo | null;
  /** A folder that was opened from outside (double click, second start) and waits for the page. */
  requestedProject: string | null;
  projectProcess: ProcessState;
  computeProcess: ProcessState;
  refusedRequests: number;
};

export type PrivacyFacts = {
  networkAllowed: false;
  refusedRequests: number;
  /** The last refused addresses, newest first, without what follows a question mark. */
  lastRefused: { at: string; url: string }[];
};

/** How new runs compute on the processor. `threads` 0: all cores. */
export const enginePreferencesSchema = z.strictObject({
  threads: z.int().min(0).max(1024).default(0),
  /** 256-bit kernels where they are found right and faster. */
  wideKernels: z.boolean().default(true),
});
export type EnginePreferences = z.infer<typeof enginePreferencesSchema>;

export const preferencesSchema = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** Name of the person who labels on this machine. */
  rater: z.string().max(100).default(''),
  /** Chords by command, where they differ from the ones that ship. */
  keys: z.record(z.string().max(100), z.array(z.string().max(50)).max(5)).default({}),
  engine: enginePreferencesSchema.prefault({}),
  /** Anything that a panel wants to find again (column widths, last filter), by panel. */
  panels: z.record(z.string().max(50), z.string().max(20_000)).default({}),
});
export type Preferences = z.infer<typeof preferencesSchema>;

const dialogTitle = shortText.optional();

export const appRoom = {
  info: call(nothing).returns<AppInfo>(),
  /** The engine that computes; opened and tested at the first question, so the answer can take seconds. */
  device: call(nothing).returns<EngineInfo>(),
  recentProjects: call(nothing).returns<RecentProject[]>(),
  forgetRecentProject: call(z.strictObject({ dir: filePath })).returns<RecentProject[]>(),
  openProject: call(z.strictObject({ dir: filePath })).returns<ProjectInfo>(),
  createProject: call(z.strictObject({ dir: filePath })).returns<ProjectInfo>(),
  closeProject: call(nothing).returns<null>(),
  /** Dialogs answer null or nothing when they are cancelled. */
  chooseFolder: call(z.strictObject({ title: dialogTitle })).returns<string | null>(),
  chooseFiles: call(
    z.strictObject({ title: dialogTitle, kind: z.enum(['videos', 'labels', 'any']).default('any') }),
  ).returns<string[]>(),
  chooseSaveFile: call(z.strictObject({ title: dialogTitle, suggestedName: shortText })).returns<string | null>(),
  /** Shows a file in the file manager of the system. */
  showInFolder: call(z.strictObject({ path: filePath })).returns<null>(),
  preferences: call(nothing).returns<Preferences>(),
  /** Replaces the preferences that are given and keeps the others. */
  setPreferences: call(z.strictObject(partialShape())).returns<Preferences>(),
  privacy: call(nothing).returns<PrivacyFacts>(),
  events: stream(nothing).of<AppState>(),
};

/** Without defaults: what is left out stays as it is. */
function partialShape() {
  const { theme, rater, keys, engine, panels } = preferencesSchema.shape;
  return {
    theme: theme.unwrap().optional(),
    rater: rater.unwrap().optional(),
    keys: keys.unwrap().optional(),
    engine: engine.unwrap().optional(),
    panels: panels.unwrap().optional(),
  };
}
