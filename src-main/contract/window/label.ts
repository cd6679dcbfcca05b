/** The Label tab: the journal of what people said about videos. Served by the project process. */
import { z } from 'zod';
import type { MediaInfo, MediaKind, Moment } from '../records.ts';
import { call } from '../rpc.ts';
import type { AgreementReport } from './label-agreement.ts';
import { filePath, runName, seconds, shortText, videoId } from './limits.ts';

/** What one rater says of a video now. */
export type Opinion = {
  at: string;
  who: string;
  source: 'import' | 'person';
  label: string | null;
  moment: Moment | null;
  /** 0 to 1. */
  confidence: number | null;
  note: string | null;
  /** Of no use; then there is no label. */
  rejected: boolean;
};

/** One line of the journal of a video. The last one that `holds` and was not withdrawn is its label. */
export type LabelEntry = Opinion & { holds: boolean; withdrawn: boolean };

/** A video of the list: small, because there may be ten thousand. Blind, only `mine` is told. */
export type LabelLine = {
  id: string;
  path: string;
  kind: MediaKind;
  durationSec: number;
  holds: Opinion | null;
  mine: Opinion | null;
  /** How many people labelled it, and whether their labels differ. */
  raters: number;
  differ: boolean;
};

export type LabelOverview = {
  /** People who labelled here, in the order of their first label. */
  raters: string[];
  /** Names to choose from, in the order of their keys. */
  classes: string[];
  videos: LabelLine[];
};

/** What plays: the file itself, a copy whose frame i lies at i / fps, or nothing yet. */
export type Playback =
  | { how: 'original' }
  | { how: 'proxy'; fps: number }
  | { how: 'none'; why: string; canMake: boolean };

/** All that a player needs to show a video frame by frame. */
export type PlayedVideo = {
  /** Presentation time of every frame. */
  timesSec: Float64Array;
  playback: Playback;
  /** When its container says that it starts. */
  startSec: number;
};

/** All that is needed to label one video. Blind, `holds`, `others` and `history` are empty of what others said. */
export type LabelledVideo = PlayedVideo & {
  id: string;
  path: string;
  subject: string | null;
  media: MediaInfo;
  holds: Opinion | null;
  mine: Opinion | null;
  others: Opinion[];
  /** Newest first. */
  history: LabelEntry[];
};

export const ANNOTATION_FORMATS = ['csv', 'elan', 'boris', 'webvtt'] as const;
export type AnnotationFormat = (typeof ANNOTATION_FORMATS)[number];

/** What files of annotations would bring. */
export type AnnotationPreview = {
  files: { name: string; format: AnnotationFormat; videos: number }[];
  videos: number;
  /** Null: the file does not say who. */
  raters: { name: string | null; n: number }[];
  perClass: Record<string, number>;
  withMoment: number;
  rejected: number;
  problems: { what: string; reason: string }[];
  notes: string[];
};

export type AnnotationImport = Pick<AnnotationPreview, 'videos' | 'problems' | 'notes'> & { annotations: number };
export type AnnotationExport = { files: string[]; videos: number; annotations: number };

const moment = z
  .strictObject({ startSec: seconds, endSec: seconds })
  .refine(({ startSec, endSec }) => endSec > startSec, 'a moment ends after it starts');

const guess = z.strictObject({ run: runName, label: shortText.min(1), moment });

const who = shortText.trim().min(1);
/** Names what is appended, so that it can be withdrawn. */
const key = z.string().min(1).max(60);

const said = {
  videoId,
  label: shortText.trim().min(1).nullable(),
  moment: moment.nullable().default(null),
  confidence: z.number().min(0).max(1).nullable().default(null),
  note: z.string().max(2000).nullable().default(null),
  rejected: z.boolean().default(false),
};

/** Blind: what others said is not told, and what is said is an opinion beside the label of the video. */
const asRater = { rater: who, blind: z.boolean() };

const annotationFiles = {
  files: z.array(filePath).min(1).max(20_000),
  /** Who said what has no rater in the files. */
  who,
};

export const labelRoom = {
  overview: call(z.strictObject(asRater)).returns<LabelOverview>(),
  video: call(z.strictObject({ videoId, ...asRater })).returns<LabelledVideo>(),
  /** Appends to the journal; on disk when it answers. Without `holds` it is an opinion, not the label of the video. */
  set: call(
    z.strictObject({ ...said, who, holds: z.boolean().default(true), key: key.optional() }),
  ).returns<LabelEntry>(),
  /** The same for many videos at once: all of it is appended, or nothing. */
  setAll: call(z.strictObject({ who, key, labels: z.array(z.strictObject(said)).min(1).max(20_000) })).returns<null>(),
  /** Takes back what was appended under a key: what was said before counts again. */
  withdraw: call(z.strictObject({ key, who })).returns<{ withdrawn: number }>(),
  /** Keeps, or takes back, that somebody rejected guesses of runs on a video; on disk when it answers. */
  judgeGuesses: call(
    z.strictObject({ videoId, who, rejected: z.boolean(), guesses: z.array(guess).min(1).max(1000) }),
  ).returns<null>(),
  /** Oldest first. */
  history: call(z.strictObject({ videoId })).returns<LabelEntry[]>(),
  /** `import` counts as a rater: what the list or folder said. */
  agreement: call(z.strictObject({ raters: z.array(who).max(20) })).returns<AgreementReport>(),
  previewImport: call(z.strictObject(annotationFiles)).returns<AnnotationPreview>(),
  importFiles: call(z.strictObject({ ...annotationFiles, holds: z.boolean(), key })).returns<AnnotationImport>(),
  /** `target` is a file for tables, and a folder for one file a video. */
  exportFiles: call(
    z.strictObject({ format: z.enum(ANNOTATION_FORMATS), target: filePath, raters: z.enum(['holding', 'all']) }),
  ).returns<AnnotationExport>(),
};
