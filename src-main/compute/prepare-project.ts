import { mkdir } from 'node:fs/promises';
import type { PrepareOptions, PrepareSummary } from '../contract/api.ts';
import type { JobContext } from '../contract/progress.ts';
import { withFolderLock } from '../store/folder-lock.ts';
import type { Project } from '../store/project.ts';
import { cropSizeOf } from './crop-size.ts';
import { choosePeople, videosWithSeveralPeople } from './people.ts';
import { prepareVideos } from './prepare.ts';

/**
 * Makes the crops of a project's videos, of the people who are chosen.
 * @throws AppError `bad-input` while another process prepares the project, `aborted`
 */
export function prepareProject(project: Project, options: PrepareOptions, job: JobContext): Promise<PrepareSummary> {
  const place = { folder: project.cropsDir, name: `The folder ${project.cropsDir}` };
  return withFolderLock(place, () => prepareAlone(project, options, job));
}

async function prepareAlone(
  project: Project,
  { cropSize, persons }: PrepareOptions,
  job: JobContext,
): Promise<PrepareSummary> {
  await mkdir(project.cropsDir, { recursive: true });
  choosePeople(project, persons);
  const missing = project.missingVideos().map(({ path }) => path);
  const videos = project.listVideos().filter(({ path }) => !missing.includes(path));
  const chosen = videos.flatMap(({ id }): [string, number][] => {
    const person = project.chosenPerson(id);
    return person === null ? [] : [[id, person]];
  });
  const result = await prepareVideos(
    {
      videos,
      resolvePath: ({ id }) => project.mediaPath(id),
      frameIndex: ({ id }) => project.frameIndex(id),
      cropsFolder: project.cropsDir,
      size: cropSize ?? (await cropSizeOf(project)),
      persons: new Map(chosen),
    },
    job,
  );
  const gone = missing.map((path) => ({ path, code: 'not-found', reason: 'its file has gone or moved' }));
  const quarantined = [...gone, ...result.quarantined];
  project.quarantine(quarantined);
  const failed = new Set(quarantined.map(({ path }) => path));
  const ready = videos.filter(({ path }) => !failed.has(path));
  project.releaseFromQuarantine(ready.map(({ path }) => path));
  const severalPeople = await videosWithSeveralPeople(project, ready);
  return { ...result, quarantined, severalPeople, project: project.dir };
}
