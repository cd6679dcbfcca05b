import type { PersonChoice, VideoPeople } from '../contract/api.ts';
import { AppError } from '../contract/errors.ts';
import type { Project, ProjectVideo } from '../store/project.ts';
import { readCropPackIndex } from '../store/crop-pack-reader.ts';
import { packPathOf } from './prepare-video.ts';

/** Records which person of a video is meant. @throws AppError `not-found` for a video that the project does not have */
export function choosePeople(project: Project, choices: readonly PersonChoice[]): void {
  const videos = project.listVideos();
  const chosen = choices.map(({ video, person }) => ({ id: findVideo(videos, video).id, person }));
  for (const { id, person } of chosen) project.choosePerson(id, person, 'command line');
}

/** By its id, its stored path, or the end of that path when only one video has it. */
function findVideo(videos: readonly ProjectVideo[], name: string): ProjectVideo {
  const exact = videos.find(({ id, path }) => id === name || path === name);
  const ending = videos.filter(({ path }) => path.endsWith(`/${name}`));
  const found = exact ?? (ending.length === 1 ? ending[0] : undefined);
  if (found) return found;
  const why = ending.length > 1 ? `${ending.length} videos end in it` : 'no video has this id or path';
  throw new AppError('not-found', `--person ${name}: ${why}.`, { hint: 'Name the path that `prepare` prints.' });
}

/** Prepared videos in which several people were found, and which of them is cropped. */
export async function videosWithSeveralPeople(
  project: Project,
  videos: readonly ProjectVideo[],
): Promise<VideoPeople[]> {
  const found: VideoPeople[] = [];
  for (const { id, path } of videos) {
    const { people, mainPerson } = await readCropPackIndex(packPathOf(project.cropsDir, id));
    if (people.length < 2 || mainPerson === null) continue;
    found.push({ path, cropped: mainPerson, people: people.map(({ id: person, share }) => ({ person, share })) });
  }
  return found;
}
