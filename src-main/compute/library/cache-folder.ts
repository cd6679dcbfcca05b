import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Project } from '../../store/project.ts';

/** What can be made again at any time: pictures of the library and sums over crop packs. */
export function cacheDir(project: Project): string {
  return path.join(project.dir, 'cache');
}

/** Folder of small pictures in the cache, made where it is missing. */
export async function thumbnailsDir(project: Project): Promise<string> {
  const folder = path.join(cacheDir(project), 'thumbnails');
  await mkdir(folder, { recursive: true });
  return folder;
}
