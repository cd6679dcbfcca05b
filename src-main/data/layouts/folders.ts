/**
 * A folder for each class, the layout of people who sorted their videos by hand. Folders for train, val and test and
 * folders for people may stand above or below the classes: `happy/a.mp4`, `Actor_01/happy/a.mp4`, `train/happy/a.mp4`.
 */
import { countOf } from '../../contract/count-of.ts';
import { AppError } from '../../contract/errors.ts';
import type { ImportEntry, SplitName } from '../../contract/records.ts';
import { canonicalLabel, readLabels } from '../labels.ts';
import { entryOf } from './layout.ts';
import type { Layout, LayoutReading, ListedVideo, Listing } from './layout.ts';
import { mediaPath, splitName } from './media-path.ts';

const PERSON_FOLDER = /^(actor|subject|subj|sub|person|participant|speaker|pid|s|p)[-_ ]?\d+$/i;
/** Year, month and day: participant_2024-11-03 names a day of recording, not a person 2024. */
const DATE = String.raw`(?:19|20)\d\d(?<between>[-_ .]?)(?:0[1-9]|1[0-2])\k<between>(?:0[1-9]|[12]\d|3[01])(?!\d)`;
const PERSON_IN_NAME = new RegExp(
  String.raw`(?:^|[-_ ])(?<person>(?:actor|subject|subj|sub|person|participant|speaker|pid)[-_ ]?(?!${DATE})\d+)(?=$|[-_ .])`,
  'i',
);

/** What a video's folders say. `rest` are folders that are neither a class, a split nor a numbered person. */
type Placed = {
  video: ListedVideo;
  className: string | null;
  split: SplitName | null;
  person: string | null;
  rest: string[];
};

export const folders: Layout = { name: 'folders', namesSubjects: true, recognise, read };

function recognise({ videos }: Listing) {
  const placed = placeVideos(videos);
  const classes = [...new Set(placed.flatMap(({ className }) => className ?? []))];
  if (classes.length === 0) return null;
  const known = classes.filter((name) => canonicalLabel(name) !== null);
  const score = known.length > 0 ? 0.5 + (0.3 * known.length) / classes.length : 0.3;
  return { score, why: `folders named for classes: ${classes.slice(0, 12).join(', ')}` };
}

function read({ videos }: Listing): LayoutReading {
  const placed = placeVideos(videos);
  const cells = placed.flatMap(({ className, video }) =>
    className === null ? [] : [{ text: className, where: video.path }],
  );
  const labels = readLabels(cells, 1);
  if (labels.mistakes.length > 0)
    throw new AppError('bad-input', `The names of class folders were refused:\n  ${labels.mistakes.join('\n  ')}`, {
      hint: 'Rename the folder, or list the videos in a CSV with the columns path,label,subject.',
    });
  const people = peopleFolders(placed);
  const entries = placed.map((place) => {
    const label = place.className === null ? null : labels.nameOf.get(place.className)!;
    return entryOf(place.video, { label, subject: subjectOf(place, people), declaredSplit: place.split });
  });
  return { entries, problems: [], notes: [...labels.notes, ...notesOn(entries, people)] };
}

function placeVideos(videos: readonly ListedVideo[]): Placed[] {
  const depth = ownClassDepth(videos);
  return videos.map((video) => place(video, depth));
}

/**
 * Where classes of the user's own stand: at the depth (from the root) at which known classes stand for most videos,
 * else right above the videos, if at least two folders with letters in their names stand there. Null: nowhere.
 */
function ownClassDepth(videos: readonly ListedVideo[]): number | null {
  const counts = new Map<number, number>();
  for (const video of videos) {
    const at = mediaPath(video).folders.findLastIndex((folder) => canonicalLabel(folder) !== null);
    if (at >= 0) counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  const usual = [...counts].sort((a, b) => b[1] - a[1])[0];
  if (usual !== undefined) return usual[0];
  const parents = videos.map((video) => mediaPath(video).folders).filter((path) => couldBeClass(path.at(-1)));
  const depths = new Set(parents.map((path) => path.length - 1));
  const names = new Set(parents.map((path) => path.at(-1)));
  return depths.size === 1 && names.size >= 2 ? [...depths][0]! : null;
}

function couldBeClass(folder: string | undefined): boolean {
  return folder !== undefined && /\p{L}/u.test(folder) && splitName(folder) === null && !PERSON_FOLDER.test(folder);
}

function place(video: ListedVideo, ownDepth: number | null): Placed {
  const { folders: path, stem } = mediaPath(video);
  const knownAt = path.findLastIndex((folder) => canonicalLabel(folder) !== null);
  const ownAt = ownDepth !== null && couldBeClass(path[ownDepth]) ? ownDepth : -1;
  const classAt = knownAt >= 0 ? knownAt : ownAt;
  const others = path.filter((_, i) => i !== classAt);
  return {
    video,
    className: path[classAt] ?? null,
    split: others.map(splitName).find((split) => split !== null) ?? null,
    person:
      others.findLast((folder) => PERSON_FOLDER.test(folder)) ?? PERSON_IN_NAME.exec(stem)?.groups?.person ?? null,
    rest: others.filter((folder) => splitName(folder) === null && !PERSON_FOLDER.test(folder)),
  };
}

/**
 * Folders that are people though their names do not say so: `anna/happy`, `anna/sad`. The innermost of the remaining
 * folders, if there are several and most of them hold more than one class.
 */
function peopleFolders(placed: Placed[]): Set<string> {
  const classes = new Map<string, Set<string>>();
  for (const { className, rest } of placed) {
    const folder = rest.at(-1);
    if (folder !== undefined && className !== null)
      classes.set(folder, (classes.get(folder) ?? new Set()).add(className.toLowerCase()));
  }
  const mixed = [...classes.values()].filter((names) => names.size > 1).length;
  return classes.size >= 2 && mixed > classes.size / 2 ? new Set(classes.keys()) : new Set();
}

function subjectOf({ person, rest }: Placed, people: Set<string>): string | null {
  const folder = rest.at(-1);
  return person ?? (folder !== undefined && people.has(folder) ? folder : null);
}

function notesOn(entries: ImportEntry[], people: Set<string>): string[] {
  const unlabelled = entries.filter((entry) => entry.label === null).length;
  return [
    ...(people.size > 0 ? [`Folders taken as people: ${[...people].slice(0, 12).join(', ')}.`] : []),
    ...(unlabelled > 0
      ? [`${countOf(unlabelled, 'video lies', 'videos lie')} in no folder of a class; imported without a label.`]
      : []),
  ];
}
