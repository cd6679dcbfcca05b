import { existsSync } from 'node:fs';
import path from 'node:path';
import { trainConfigSchema } from '../../contract/config.ts';
import { AppError } from '../../contract/errors.ts';
import type { SplitName } from '../../contract/records.ts';
import type { LibraryEvent, LibraryOverview, LibrarySplit, LibraryVideo } from '../../contract/window/library.ts';
import { findLeaks, makeSplit } from '../../data/splits.ts';
import type { Project, ProjectVideo } from '../../store/project.ts';
import { runNames } from '../../store/run-folder.ts';

/** Videos that come first, and in each later piece: the first must be there before anybody looks. */
const FIRST_PIECE = 100;
const PIECE = 2500;

/** All videos of a project, and the sets that the default settings would put them in. Looks into no other file. */
export async function* listLibrary(project: Project): AsyncGenerator<LibraryEvent, void, undefined> {
  const videos = project.listVideos();
  for (let from = 0; from < videos.length; from += from === 0 ? FIRST_PIECE : PIECE) {
    const to = from === 0 ? FIRST_PIECE : from + PIECE;
    yield { kind: 'videos', videos: videos.slice(from, to).map(lineOf) };
  }
  const named = await runNames(project.runsDir);
  const runs = named.filter((name) => predictionFiles(project, name).length > 0);
  yield { kind: 'overview', overview: { ...plannedSplit(videos), quarantine: project.listQuarantine(), runs } };
}

/** Files with predictions of a run: of its test videos, its validation videos, or both. */
export function predictionFiles(project: Project, run: string): string[] {
  return ['predictions-val.json', 'predictions-test.json']
    .map((file) => path.join(project.runsDir, run, file))
    .filter((file) => existsSync(file));
}

function plannedSplit(videos: readonly ProjectVideo[]): Pick<LibraryOverview, 'split' | 'splitProblem' | 'splitOf'> {
  try {
    const { how, subjectDisjoint, notes, ...sets } = makeSplit(videos, trainConfigSchema.parse({}));
    const names = ['train', 'val', 'test'] as const;
    const setOf = new Map<string, SplitName>(names.flatMap((name) => sets[name].map((id) => [id, name] as const)));
    const split: LibrarySplit = { how, subjectDisjoint, notes, leaks: findLeaks(videos, sets) };
    return { split, splitProblem: null, splitOf: videos.map(({ id }) => setOf.get(id) ?? null) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { split: null, splitProblem: error.message, splitOf: videos.map(() => null) };
  }
}

function lineOf({ media, ...video }: ProjectVideo): LibraryVideo {
  const { id, path: place, kind, label, subject, performance, declaredSplit, moment } = video;
  return { id, path: place, kind, label, subject, performance, declaredSplit, moment, durationSec: media.durationSec };
}
