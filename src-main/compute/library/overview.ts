import { existsSync } from 'node:fs';
import path from 'node:path';
import { trainConfigSchema } from '../../contract/config.ts';
import { AppError } from '../../contract/errors.ts';
import type { SplitName } from '../../contract/records.ts';
import type { LibraryOverview, LibrarySplit, LibraryVideo } from '../../contract/window/library.ts';
import { findLeaks, makeSplit } from '../../data/splits.ts';
import type { Project, ProjectVideo } from '../../store/project.ts';
import { runNames } from '../../store/run-folder.ts';

/** All videos of a project with the sets that the default settings would put them in. Looks into no other file. */
export async function libraryOverview(project: Project): Promise<LibraryOverview> {
  const videos = project.listVideos();
  const { setOf, split, splitProblem } = plannedSplit(videos);
  const named = await runNames(project.runsDir);
  return {
    videos: videos.map((video) => lineOf(video, setOf.get(video.id) ?? null)),
    quarantine: project.listQuarantine(),
    split,
    splitProblem,
    runs: named.filter((name) => predictionFiles(project, name).length > 0),
  };
}

/** Files with predictions of a run: of its test videos, its validation videos, or both. */
export function predictionFiles(project: Project, run: string): string[] {
  return ['predictions-val.json', 'predictions-test.json']
    .map((file) => path.join(project.runsDir, run, file))
    .filter((file) => existsSync(file));
}

type PlannedSplit = { setOf: Map<string, SplitName> } & Pick<LibraryOverview, 'split' | 'splitProblem'>;

function plannedSplit(videos: readonly ProjectVideo[]): PlannedSplit {
  try {
    const { how, subjectDisjoint, notes, ...sets } = makeSplit(videos, trainConfigSchema.parse({}));
    const names = ['train', 'val', 'test'] as const;
    const setOf = new Map(names.flatMap((name) => sets[name].map((id) => [id, name] as const)));
    const split: LibrarySplit = { how, subjectDisjoint, notes, leaks: findLeaks(videos, sets) };
    return { setOf, split, splitProblem: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { setOf: new Map(), split: null, splitProblem: error.message };
  }
}

function lineOf(video: ProjectVideo, split: SplitName | null): LibraryVideo {
  const { id, path: place, kind, label, subject, performance, declaredSplit, moment } = video;
  const { durationSec } = video.media;
  return { id, path: place, kind, label, subject, performance, declaredSplit, moment, split, durationSec };
}
