import type { Handlers } from '../../contract/rpc.ts';
import type { appRoom, ProjectInfo } from '../../contract/window/app.ts';
import { VERSION } from '../version.ts';
import type { WindowContext } from './window-context.ts';

const EXTENSIONS = {
  videos: ['mp4', 'm4v', 'mov', 'mkv', 'webm', 'avi', 'flv', 'mpg', 'mpeg', 'wmv', 'gif'],
  labels: ['csv', 'tsv', 'eaf', 'vtt'],
  any: ['*'],
} as const;

export const appHandlers: Handlers<typeof appRoom, WindowContext> = {
  info: ({ desktop, sampleDir }) => ({
    version: VERSION,
    platform: process.platform,
    electron: desktop.electron,
    sampleDir,
  }),
  device: ({ device }) => device(),
  recentProjects: ({ userFiles }) => userFiles.recentProjects(),
  forgetRecentProject: async ({ userFiles }, { dir }) => {
    await userFiles.forgetRecentProject(dir);
    return userFiles.recentProjects();
  },
  openProject: (context, { dir }) => openProject(context, { dir, create: false }),
  createProject: (context, { dir }) => openProject(context, { dir, create: true }),
  closeProject: async ({ projects, changes }) => {
    await projects.close();
    changes.notify();
    return null;
  },
  chooseFolder: async ({ desktop, paths }, { title = 'Choose a folder' }) => {
    const folder = await desktop.chooseFolder(title);
    if (folder !== null) paths.grant(folder);
    return folder;
  },
  chooseFiles: async ({ desktop, paths }, { title = 'Choose files', kind }) => {
    const files = await desktop.chooseFiles(title, EXTENSIONS[kind]);
    for (const file of files) paths.grant(file);
    return files;
  },
  chooseSaveFile: async ({ desktop, paths }, { title = 'Save', suggestedName }) => {
    const file = await desktop.chooseSaveFile(title, suggestedName);
    if (file !== null) paths.grant(file);
    return file;
  },
  showInFolder: ({ desktop }, { path }) => {
    desktop.showInFolder(path);
    return null;
  },
  preferences: ({ userFiles }) => userFiles.preferences(),
  setPreferences: ({ userFiles }, changes) => userFiles.setPreferences(withoutUndefined(changes)),
  privacy: ({ refused }) => refused.facts(),
  events: ({ changes, state }, _, signal) => changes.pictures(state, signal),
};

async function openProject(
  { projects, paths, userFiles, changes, onProjectOpened }: WindowContext,
  { dir, create }: { dir: string; create: boolean },
): Promise<ProjectInfo> {
  const project = await projects.open(dir, create);
  paths.grant(project.dir);
  await userFiles.addRecentProject(project);
  onProjectOpened();
  changes.notify();
  return project;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(record: T): Given<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Given<T>;
}
