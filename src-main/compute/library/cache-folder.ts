import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ownFolders } from '../../store/project.ts';
import type { Project } from '../../store/project.ts';

/** What can be made again at any time: pictures of the library and sums over crop packs. */
export function cacheDir(project: Pick<Project, 'dir'>): string {
  return ownFolders(project.dir).cache;
}

/** Crop packs of videos from outside of the project that were predicted in the window. */
export function newcomersDir(project: Pick<Project, 'dir'>): string {
  return path.join(cacheDir(project), 'newcomers');
}

/** Folder of small pictures in the cache, made where it is missing. */
export async function thumbnailsDir(project: Project): Promise<string> {
  const folder = path.join(cacheDir(project), 'thumbnails');
  await mkdir(folder, { recursive: true });
  return folder;
}
