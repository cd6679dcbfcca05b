import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Handlers } from '../../contract/rpc.ts';
import { undoHistorySchema } from '../../contract/window/settings.ts';
import type { CacheSize, settingsRoom, UndoHistory } from '../../contract/window/settings.ts';
import { cacheDir } from '../../compute/library/cache-folder.ts';
import { emptyFolder, folderSize } from '../../store/folder-size.ts';
import { writeFileAtomic } from '../../store/atomic-write.ts';
import type { Project } from '../../store/project.ts';
import type { ProjectContext } from './project-context.ts';

export const settingsHandlers: Handlers<typeof settingsRoom, ProjectContext> = {
  cacheSize: ({ project }) => cacheSize(project),
  clearCache: async ({ project }, { crops }) => {
    await emptyFolder(cacheDir(project));
    if (crops) await emptyFolder(project.cropsDir);
    return cacheSize(project);
  },
  undo: ({ project }) => readUndo(project),
  storeUndo: async ({ project }, history) => {
    await writeFileAtomic(undoFile(project), JSON.stringify(history));
    return null;
  },
};

async function cacheSize(project: Project): Promise<CacheSize> {
  const [crops, runs, pictures] = await Promise.all(
    [project.cropsDir, project.runsDir, cacheDir(project)].map(folderSize),
  );
  return { crops: crops!, runs: runs!, pictures: pictures! };
}

function undoFile(project: Project): string {
  return path.join(project.dir, 'undo.json');
}

/** Nothing can be undone where no history was kept, or what is there is not one. */
async function readUndo(project: Project): Promise<UndoHistory> {
  const text = await readFile(undoFile(project), 'utf8').catch(() => null);
  try {
    return undoHistorySchema.parse(JSON.parse(text ?? ''));
  } catch {
    return { done: [], undone: [] };
  }
}
