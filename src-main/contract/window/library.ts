/** The Library tab: what is in the open project, and how it comes in. Served by the project process. */
import { z } from 'zod';
import { LAYOUT_NAMES } from '../api.ts';
import type { Progress } from '../progress.ts';
import type { MediaInfo, Moment, QuarantineRecord, SplitName, VideoRecord } from '../records.ts';
import { call, stream } from '../rpc.ts';
import { filePath, nothing, runName, seconds, shortText, videoId } from './limits.ts';

/** A line of the table: small, because there may be ten thousand. */
export type LibraryVideo = Pick<
  VideoRecord,
  'id' | 'path' | 'kind' | 'label' | 'subject' | 'performance' | 'declaredSplit' | 'moment'
> & { durationSec: number };

/** Something that lies in two sets and must not: figures on such a split say too much. */
export type SplitLeak = { what: 'subject' | 'performance' | 'content'; key: string; sets: SplitName[] };

export type LibrarySplit = {
  how: 'declared' | 'subject' | 'random';
  subjectDisjoint: boolean;
  leaks: SplitLeak[];
  notes: string[];
};

/** What is known of a project beside its videos. */
export type LibraryOverview = {
  quarantine: QuarantineRecord[];
  /** Null, with the reason in `splitProblem`, where the videos cannot be divided yet. */
  split: LibrarySplit | null;
  splitProblem: string | null;
  /** The set that training with the default settings would put each video in, in their order. */
  splitOf: (SplitName | null)[];
  /** Runs that were evaluated, in alphabetical order. */
  runs: string[];
};

/** The videos in the order in which they were added, some at a time so that the first are seen at once; then the rest. */
export type LibraryEvent = { kind: 'videos'; videos: LibraryVideo[] } | { kind: 'overview'; overview: LibraryOverview };

/** All that is known of one video. `place` is where its file lies. */
export type VideoDetail = {
  id: string;
  place: string;
  missing: boolean;
  media: MediaInfo;
  sizeBytes: number;
  faces: 'auto' | 'cropped';
  attributes: Record<string, string>;
};

/** What `prepare` found in a video. `chosen` is the person somebody picked, `cropped` the one in the crop pack. */
export type VideoFaces = {
  id: string;
  coverage: number;
  people: { person: number; share: number }[];
  cropped: number | null;
  chosen: number | null;
};

/** What a run says of a video; `contradiction` is why its heaviest moment speaks against its label. */
export type VideoVerdict = {
  id: string;
  predicted: string | null;
  probability: number;
  heaviest: Moment | null;
  contradiction: { shows: string; reason: 'other-expression' | 'outside-moment'; severity: number } | null;
};

/** What an import would bring, before anything is stored. */
export type ImportPreview = {
  layout: string;
  why: string;
  videos: number;
  perClass: Record<string, number>;
  unlabelled: number;
  subjects: number;
  declaredSplits: Partial<Record<SplitName, number>>;
  withMoment: number;
  problems: { path: string; reason: string }[];
  notes: string[];
  /** Some of the videos as they would be read. */
  examples: { path: string; label: string | null; subject: string | null }[];
};

export type Portrait = { person: number; share: number; jpeg: Uint8Array };

export type RelinkEvent =
  | { kind: 'progress'; progress: Progress }
  | { kind: 'done'; found: number; stillMissing: number };

/** What somebody says of a video besides its label; what is left out stays. */
const description = z.strictObject({
  id: videoId,
  subject: shortText.trim().min(1).nullable().optional(),
  declaredSplit: z.enum(['train', 'val', 'test']).nullable().optional(),
});

export const libraryRoom = {
  list: stream(nothing).of<LibraryEvent>(),
  /** Of all videos, in the order in which they were added. */
  ids: call(nothing).returns<string[]>(),
  video: call(z.strictObject({ id: videoId })).returns<VideoDetail>(),
  /** Looks into crop packs, so it takes longer than the overview. Videos that are not prepared are left out. */
  faces: call(nothing).returns<VideoFaces[]>(),
  /** Ids of videos whose file is not where it was. */
  missing: call(nothing).returns<string[]>(),
  verdicts: call(z.strictObject({ run: runName })).returns<VideoVerdict[]>(),
  /** Small JPEGs at the given times, or of the middle; null where there is no picture. In the order that was asked. */
  thumbnails: call(
    z.strictObject({
      videos: z.array(z.strictObject({ id: videoId, timeSec: seconds.nullable() })).max(64),
    }),
  ).returns<(Uint8Array | null)[]>(),
  /** A portrait of each person that was found in a prepared video. */
  people: call(z.strictObject({ id: videoId })).returns<Portrait[]>(),
  /** Which person to crop, or null to leave it to the program; counts from the next `prepare`. */
  choosePerson: call(z.strictObject({ id: videoId, person: z.int().min(1).nullable() })).returns<null>(),
  /** Sets subject and declared split. */
  describe: call(z.strictObject({ videos: z.array(description).min(1).max(20_000) })).returns<null>(),
  previewImport: call(
    z.strictObject({
      source: filePath,
      layout: z.enum(LAYOUT_NAMES).default('auto'),
      faces: z.enum(['auto', 'cropped']).default('auto'),
      fold: z.int().min(1).max(100).default(1),
    }),
  ).returns<ImportPreview>(),
  /** Looks for missing videos in a folder and below, by size and content, and stores where they are now. */
  findMoved: stream(z.strictObject({ folder: filePath })).of<RelinkEvent>(),
};
