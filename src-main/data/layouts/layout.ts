import { countOf } from '../../contract/count-of.ts';
import type { ImportEntry, MediaKind } from '../../contract/records.ts';
import type { LayoutName } from '../../contract/api.ts';

/** A video that was found, `path` relative to the imported root with forward slashes. */
export type ListedVideo = { path: string; kind: MediaKind };

/** What a folder holds. Layouts see names and the text of lists, never the file system. */
export type Listing = {
  videos: readonly ListedVideo[];
  /** CSV and text files, relative to the root. */
  lists: readonly string[];
  readList: (path: string) => string;
  /** Why something that is there cannot be used, or null; for paths below the root. */
  whyUnusable: (path: string) => string | null;
  /** An absolute path as one below the root, with forward slashes; null where it leads elsewhere. */
  belowRoot: (absolute: string) => string | null;
};

export type LayoutOptions = {
  /** Which official fold gives the declared splits, from 1. */
  fold: number;
  /** `cropped` prefers a dataset's own face crops where it holds both. */
  faces: 'auto' | 'cropped';
  /** The CSV to read where the user named one. */
  list?: string;
};

/** How sure a layout is that the folder is its own, 0 to 1, and what it saw. */
export type Recognition = { score: number; why: string };

export type LayoutReading = {
  entries: ImportEntry[];
  notes: string[];
  /** What names or lists promised and the folder does not keep; goes to quarantine. */
  problems: { path: string; reason: string }[];
};

export type Layout = {
  name: Exclude<LayoutName, 'auto'>;
  /** Whether its names or lists can say who is in a video; a layout that cannot says so in a note of its own. */
  namesSubjects: boolean;
  recognise: (listing: Listing) => Recognition | null;
  /** @throws AppError `bad-input` when the whole source must be refused */
  read: (listing: Listing, options: LayoutOptions) => LayoutReading;
};

const UNKNOWN = {
  label: null,
  subject: null,
  performance: null,
  declaredSplit: null,
  moment: null,
  attributes: {},
} satisfies Omit<ImportEntry, 'path' | 'kind'>;

/** An entry of which nothing is known but what `known` says. */
export function entryOf(video: ListedVideo, known: Partial<ImportEntry>): ImportEntry {
  return { ...UNKNOWN, ...known, path: video.path, kind: video.kind };
}

/** What to say of videos without a subject: those that are taken, not those that a list or a folder promised. */
export function subjectNotes({ namesSubjects }: Layout, videos: readonly { subject: string | null }[]): string[] {
  const alone = videos.filter(({ subject }) => subject === null).length;
  return namesSubjects && alone > 0 ? [`${countOf(alone, 'video names', 'videos name')} no subject.`] : [];
}
