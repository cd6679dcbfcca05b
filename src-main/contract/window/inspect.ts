/** The Inspect tab: what a run says about videos. Served by the project process. */
import { z } from 'zod';
import type { ResolvedConfig } from '../config.ts';
import type {
  EngineInfo,
  EvaluationReport,
  Interval,
  Moment,
  SamplingRecord,
  SplitName,
  VideoPrediction,
} from '../records.ts';
import { call } from '../rpc.ts';
import type { PlayedVideo } from './label.ts';
import { nothing, runName, shortText, videoId } from './limits.ts';

/** The note of a label that somebody gave again after looking: the video leaves the queue of contradictions. */
export const CONFIRMED_NOTE = 'label confirmed after looking at the heaviest moment';

/** A run with a network to look through. `evaluated`: the splits with stored predictions. */
export type InspectedRun = {
  name: string;
  model: string;
  pooling: ResolvedConfig['pooling'];
  gamma: number;
  evaluated: ('val' | 'test')[];
};

/** What an evaluation stored, with what is needed to pool its clip scores again. */
export type EvaluatedSplit = {
  run: string;
  config: ResolvedConfig;
  classes: string[];
  engine: EngineInfo;
  evaluation: EvaluationReport;
  predictions: VideoPrediction[];
};

/** What people say of a video now. */
export type LabelNow = {
  id: string;
  label: string | null;
  subject: string | null;
  moment: Moment | null;
  /** Whether the last word on it was to let the label stand. */
  confirmed: boolean;
};

/** `interval` is over the videos of the subject; null where the bootstrap can tell none. */
export type SubjectFigures = { subject: string; n: number; war: number; interval: Interval | null };

/** 95 % intervals by bootstrap, from the labels of now; null where it can tell none. */
export type SplitIntervals = {
  war: Interval | null;
  uar: Interval | null;
  perClass: (Interval | null)[];
  /** Resampled over the videos of each subject. */
  subjects: SubjectFigures[];
};

/** A training video whose sampling distribution was recorded. */
export type SampledVideo = { id: string; path: string; label: string | null };

/** How clips of one training video were drawn. `positions` are its candidate clips, `records` one an epoch, ascending. */
export type SamplingHistory = {
  id: string;
  path: string;
  label: string | null;
  moment: Moment | null;
  durationSec: number;
  positions: { startFrame: number; centreSec: number }[];
  records: SamplingRecord[];
};

export const TABLE_FORMATS = ['csv', 'elan', 'webvtt'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

const ofSplit = z.strictObject({ run: runName, split: z.enum(['val', 'test']) });
/** Drawings of the page as they are seen. */
const picture = z.union([
  z.string().max(8_000_000),
  z.custom<Uint8Array>((png) => png instanceof Uint8Array && png.length <= 32_000_000),
]);

export const inspectRoom = {
  /** Runs that have finished an epoch, newest last. */
  runs: call(nothing).returns<InspectedRun[]>(),
  /** What the last evaluation of a split gave; null before the first. */
  evaluation: call(ofSplit).returns<EvaluationReport | null>(),
  /** Predictions of that evaluation, in its order of videos; null before the first. */
  predictions: call(ofSplit).returns<VideoPrediction[] | null>(),
  /** All of it at once; null before the first evaluation. */
  evaluated: call(ofSplit).returns<EvaluatedSplit | null>(),
  /** Labels of its videos as they are now, in its order; videos that left the project are left out. */
  labels: call(ofSplit).returns<LabelNow[]>(),
  intervals: call(ofSplit).returns<SplitIntervals | null>(),
  /** Which set of the run a video is in; null for one that it never saw. */
  setOf: call(z.strictObject({ run: runName, videoId })).returns<SplitName | null>(),
  played: call(z.strictObject({ videoId })).returns<PlayedVideo>(),
  sampledVideos: call(z.strictObject({ run: runName })).returns<SampledVideo[]>(),
  /** @throws AppError `not-found` for a video that the run did not draw from, `bad-input` where its clips are others by now */
  sampling: call(z.strictObject({ run: runName, videoId })).returns<SamplingHistory>(),
  /**
   * Writes tables of an evaluated split, with a data dictionary beside the CSV, into `exports/` of the run.
   * @returns the path of the file, or of the folder where there is one file a video
   */
  exportTables: call(ofSplit.extend({ format: z.enum(TABLE_FORMATS) })).returns<{ path: string; files: number }>(),
  /** Writes a drawing of the page (SVG text or PNG bytes) into `exports/` of the run. @returns its path */
  saveFigure: call(z.strictObject({ run: runName, name: shortText.regex(/^[a-z0-9-]+$/), picture })).returns<{
    path: string;
  }>(),
  /** Path of `report.html` of a split; null where it was not evaluated. */
  report: call(ofSplit).returns<{ path: string } | null>(),
};
