import type { JobContext } from '../../contract/progress.ts';
import { findMoved } from '../../store/project-relink.ts';
import type { Project } from '../../store/project.ts';

/**
 * Looks for the missing videos of a project in a folder and stores where they are now.
 * @throws AppError `not-found` for the folder, `aborted`
 */
export async function relinkMissing(
  project: Project,
  folder: string,
  job: JobContext = {},
): Promise<{ found: number; stillMissing: number }> {
  const missing = project.missingVideos();
  const places = await findMoved(missing, folder, job);
  project.relink(places);
  const found = new Set(places.keys());
  project.releaseFromQuarantine(missing.filter(({ id }) => found.has(id)).map(({ path }) => path));
  return { found: places.size, stillMissing: missing.length - places.size };
}
