import { AppError } from '../contract/errors.ts';
import type { ClipVideo } from '../data/clip-source.ts';
import { openCropPack } from '../store/crop-pack-reader.ts';
import { clipVideoOf, PackClipSource } from '../store/pack-clip-source.ts';
import type { Project, ProjectVideo } from '../store/project.ts';
import { packPathOf } from './prepare-video.ts';

/** Videos with a crop pack as training and inference see them, and the paths of those without one. */
export type PreparedVideos = { videos: ClipVideo[]; unprepared: string[] };

/** Reads the index of each video's crop pack. `classes` gives labels their index. */
export async function preparedVideos(
  project: Project,
  videos: readonly ProjectVideo[],
  classes: readonly string[],
): Promise<PreparedVideos> {
  const found: PreparedVideos = { videos: [], unprepared: [] };
  for (const video of videos) {
    try {
      const { index } = await openCropPack(packPathOf(project.cropsDir, video.id));
      const label = video.label === null ? -1 : classes.indexOf(video.label);
      found.videos.push(clipVideoOf(video, index, label < 0 ? null : label));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not-found') throw error;
      found.unprepared.push(video.path);
    }
  }
  return found;
}

/** What to do about videos that are not prepared. */
export function howToPrepare({ dir }: Project): string {
  return `Prepare what is missing in the Library, or run: apexscope prepare --project '${dir}'`;
}

/** Clips of a project's videos. */
export function projectClips(project: Project): PackClipSource {
  return new PackClipSource({ packPath: (id) => packPathOf(project.cropsDir, id) });
}
