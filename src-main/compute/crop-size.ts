import { AppError } from '../contract/errors.ts';
import { readCropPackIndex } from '../store/crop-pack-reader.ts';
import type { Project } from '../store/project.ts';
import { packPathOf } from './prepare-video.ts';
import { DEFAULT_CROP_SIZE } from './prepare.ts';

/**
 * Side in pixels of the crops that a project has, so that new ones are like them: that of the first video with a pack, in
 * the order in which videos are prepared; where there is none, the usual one.
 */
export async function cropSizeOf(project: Pick<Project, 'cropsDir' | 'listVideos'>): Promise<number> {
  for (const { id } of project.listVideos()) {
    const size = await packedSize(packPathOf(project.cropsDir, id));
    if (size !== null) return size;
  }
  return DEFAULT_CROP_SIZE;
}

async function packedSize(packPath: string): Promise<number | null> {
  try {
    return (await readCropPackIndex(packPath)).size;
  } catch (error) {
    if (error instanceof AppError && (error.code === 'not-found' || error.code === 'corrupt')) return null;
    throw error;
  }
}
