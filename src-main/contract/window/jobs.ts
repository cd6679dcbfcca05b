/** Long work: one job runs at a time in the compute process, the others wait. Served by the main process. */
import { z } from 'zod';
import type {
  AttentionMaps,
  DoctorSummary,
  EvaluateSummary,
  ImportSummary,
  OverlaySummary,
  PredictSummary,
  PrepareSummary,
  TrainSummary,
} from '../api.ts';
import { LAYOUT_NAMES } from '../api.ts';
import type { LearnAugmentationSummary } from '../learn-augmentation.ts';
import { augmentationSearchSchema } from './augmentation.ts';
import { poolingSearchSchema, type PoolingSearchSummary } from '../pooling-search.ts';
import type { QuarantineRecord } from '../records.ts';
import type { Failure } from '../rpc.ts';
import { call, stream } from '../rpc.ts';
import type { PlayedVideo } from './label.ts';
import { engineChoice, filePath, longText, nothing, runName, videoId } from './limits.ts';
import type { Progress } from '../progress.ts';

const seed = z
  .int()
  .min(0)
  .max(2 ** 31)
  .default(1);
const person = z.strictObject({ video: z.string().max(4096), person: z.int().min(0).max(10_000) });

/**
 * What can be asked for. Jobs belong to the project that is open when they are asked for, except `sample-project`, which
 * makes one.
 */
export const jobRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sample-project'),
    dir: filePath,
    people: z.int().min(2).max(200).default(24),
    perClass: z.int().min(1).max(20).default(1),
    seed,
  }),
  z.strictObject({
    kind: z.literal('import'),
    source: filePath,
    layout: z.enum(LAYOUT_NAMES).default('auto'),
    faces: z.enum(['auto', 'cropped']).default('auto'),
    fold: z.int().min(1).max(100).default(1),
  }),
  z.strictObject({
    kind: z.literal('prepare'),
    cropSize: z.int().min(16).max(512).nullable().default(null),
    persons: z.array(person).max(10_000).default([]),
  }),
  z.strictObject({
    kind: z.literal('train'),
    run: runName,
    config: z.record(z.string().max(100), z.unknown()).default({}),
    set: z.array(longText).max(200).default([]),
    engine: engineChoice,
    resume: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('evaluate'),
    run: runName,
    split: z.enum(['val', 'test']).default('test'),
    engine: engineChoice,
  }),
  z.strictObject({
    kind: z.literal('predict'),
    run: runName,
    videos: z.array(filePath).min(1).max(10_000),
    engine: engineChoice,
  }),
  z.strictObject({ kind: z.literal('doctor'), engine: engineChoice }),
  /** Copies of videos that the page cannot play; without ids, of all that need one. */
  z.strictObject({
    kind: z.literal('overlay'),
    run: runName,
    split: z.enum(['val', 'test']),
    videoId,
    hideFaces: z.boolean().default(true),
  }),
  z.strictObject({
    kind: z.literal('search-pooling'),
    run: runName,
    ...poolingSearchSchema.shape,
    /** `key=value` settings of the networks. */
    set: z.array(longText).max(200).default([]),
    engine: engineChoice,
    /** Goes on with a search that is there; all else is then what it was started with. */
    resume: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('learn-augmentation'),
    run: runName,
    ...augmentationSearchSchema.shape,
    /** `key=value` settings of the training. */
    set: z.array(longText).max(200).default([]),
    engine: engineChoice,
    /** Goes on with a search that is there; all else is then what it was started with. */
    resume: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal('attention'), run: runName, videoId, engine: engineChoice }),
  z.strictObject({ kind: z.literal('proxy'), videos: z.array(videoId).max(20_000).default([]) }),
]);
/** With all defaults filled in. */
export type JobRequest = z.output<typeof jobRequestSchema>;
export type JobKind = JobRequest['kind'];

/** What a job gives when it is done, by kind. */
export type JobOutputs = {
  'sample-project': { project: string; videos: number };
  import: ImportSummary;
  prepare: PrepareSummary;
  train: TrainSummary;
  evaluate: EvaluateSummary;
  /** `played`: what shows each video that could be read. */
  predict: PredictSummary & { played: (PlayedVideo & { path: string })[] };
  doctor: DoctorSummary;
  overlay: OverlaySummary;
  attention: AttentionMaps;
  'search-pooling': PoolingSearchSummary;
  'learn-augmentation': LearnAugmentationSummary;
  proxy: { made: number; failed: QuarantineRecord[] };
};

/** Narrow by `kind` to get the type of `output`. */
export type JobOutcome = { [K in JobKind]: { kind: K; output: JobOutputs[K] } }[JobKind];

export type JobState = {
  id: number;
  kind: JobKind;
  /** The project that it works on; of `sample-project` the folder to make. */
  project: string | null;
  /** What a person calls it: the run, the folder, the file. */
  subject: string;
  /** `held`: it had not ended when the program was closed, and waits until somebody lets it go on. */
  state: 'held' | 'queued' | 'running' | 'stopping' | 'done' | 'failed' | 'cancelled';
  progress: Progress | null;
  leftSec: number | null;
  startedAt: string | null;
  endedAt: string | null;
  /** How often the compute process was lost under it and the job went on from what was saved. */
  restarts: number;
  error: Failure | null;
};

export const jobsRoom = {
  start: call(jobRequestSchema).returns<{ id: number }>(),
  list: call(nothing).returns<JobState[]>(),
  /** Lets a job go on that was held since the last start. */
  release: call(z.strictObject({ id: z.int() })).returns<null>(),
  /** Stops a job at a safe point, with everything saved: a run can be resumed. Answers when it has stopped. */
  cancel: call(z.strictObject({ id: z.int() })).returns<null>(),
  /** Answers when the job is done; rejects with its error, or `aborted` where it was cancelled. */
  wait: call(z.strictObject({ id: z.int() })).returns<JobOutcome>(),
  /** Takes an ended job from the list. */
  forget: call(z.strictObject({ id: z.int() })).returns<null>(),
  /** All jobs at once, then again at every change, at most ten times a second. */
  events: stream(nothing).of<JobState[]>(),
};
