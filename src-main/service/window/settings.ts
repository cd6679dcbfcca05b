import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers } from '../../contract/rpc.ts';
import type { settingsRoom } from '../../contract/window/settings.ts';
import type { ProjectContext } from './project-context.ts';

export const settingsHandlers: Handlers<typeof settingsRoom, ProjectContext> = {
  cacheSize: async ({ project }) => ({ crops: await sizeOf(project.cropsDir), runs: await sizeOf(project.runsDir) }),
};

/** All files of a folder and below; nothing where it is not there. */
async function sizeOf(folder: string): Promise<{ files: number; bytes: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(({ parentPath, name }) => sizeOfFile(path.join(parentPath, name))));
  return { files: files.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
}

/** A file that goes while we look has no size. */
async function sizeOfFile(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
