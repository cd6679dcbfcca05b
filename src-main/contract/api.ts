import type { BenchOptions, BenchSummary } from './bench.ts';
import type { CompareOptions, CompareSummary } from './compare.ts';
import type { LearnAugmentationOptions, LearnAugmentationSummary } from './learn-augmentation.ts';
import type { PoolingSearchOptions, PoolingSearchSummary, ReplayOptions, ReplaySummary } from './pooling-search.ts';
import type { JobContext } from './progress.ts';
import type {
  EngineInfo,
  EvaluationReport,
  MediaInfo,
  MediaKind,
  QuarantineRecord,
  VideoPrediction,
} from './records.ts';

export type EngineChoice = 'auto' | 'wasm' | 'webgpu' | 'cuda' | 'cpu';

export const LAYOUT_NAMES = ['auto', 'folders', 'csv', 'ravdess', 'cremad', 'afew', 'dfew', 'ferv39k', 'mafw'] as const;
export type LayoutName = (typeof LAYOUT_NAMES)[number];

export type SampleOptions = { dir: string; seed: number; people: number; perClass: number };
export type SampleSummary = {
  dir: string;
  videos: number;
  people: number;
  labels: string;
  /** One video of it with an expression, relative to `dir`. */
  example: string;
};

export type ImportOptions = {
  source: string;
  project: string;
  layout: LayoutName;
  faces: 'auto' | 'cropped';
  fold: number;
};
export type ImportSummary = {
  project: string;
  layout: string;
  why: string;
  imported: number;
  alreadyThere: number;
  relabelled: number;
  subjects: number;
  perClass: Record<string, number>;
  quarantined: QuarantineRecord[];
  notes: string[];
};

/** Which person of a video to crop; `video` is its path in the project, the end of that path, or its id. */
export type PersonChoice = { video: string; person: number };
/** The people of a video, by the share of its frames that show them, and the one who is cropped. */
export type VideoPeople = { path: string; cropped: number; people: { person: number; share: number }[] };

/** `cropSize` in pixels; null takes that of the crops that are there, or the usual one. */
export type PrepareOptions = { project: string; cropSize: number | null; persons: PersonChoice[] };
export type PrepareSummary = {
  project: string;
  prepared: number;
  alreadyPrepared: number;
  withoutFace: string[];
  severalPeople: VideoPeople[];
  quarantined: QuarantineRecord[];
  frames: number;
  meanCoverage: number;
  seconds: number;
};

export type TrainOptions = {
  project: string;
  run: string;
  /** Parsed JSON of a config file; checked by the schema. */
  config: unknown;
  /** `key=value` pairs that win over the file. */
  set: string[];
  engine: EngineChoice;
  resume: boolean;
};
export type TrainSummary = {
  run: string;
  folder: string;
  engine: EngineInfo;
  epochs: number;
  bestEpoch: number;
  valLoss: number;
  valWar: number;
  valUar: number;
  stopped: 'finished' | 'early';
  seconds: number;
  /** The epoch in progress when the run went on, one more than `epochs` where it was finished; null from the start. */
  resumedFromEpoch: number | null;
  notes: string[];
};

export type EvaluateOptions = { project: string; run: string; split: 'val' | 'test'; engine: EngineChoice };
export type EvaluateSummary = EvaluationReport & { report: string };

export type PredictOptions = {
  project: string;
  run: string;
  videos: string[];
  engine: EngineChoice;
  /** Where the crop packs stay; without it they are gone when all is predicted. */
  cropsDir?: string;
  onExamined?: (video: { path: string; kind: MediaKind; media: MediaInfo; timesSec: Float64Array }) => void;
};
export type PredictSummary = { videos: VideoPrediction[]; failed: QuarantineRecord[] };

/** Copies that a browser plays; without ids, of all videos that need one. */
export type ProxyOptions = { project: string; videos: string[] };
export type ProxySummary = { made: number; failed: QuarantineRecord[] };

export type LabelFormat = 'csv' | 'elan' | 'boris' | 'webvtt';
/** `target` is a file for `csv` and `boris`, else a folder for one file a video. */
export type LabelExportOptions = { project: string; format: LabelFormat; target: string; raters: 'holding' | 'all' };
export type LabelExportSummary = { files: string[]; videos: number; annotations: number };

/** `who` said what has no rater in the files; without `holds` it is an opinion beside the label of a video. */
export type LabelImportOptions = { project: string; files: string[]; who: string; holds: boolean };
export type LabelImportSummary = {
  videos: number;
  annotations: number;
  problems: { what: string; reason: string }[];
  /** What was taken in another way than it was written. */
  notes: string[];
};

/** A copy of an evaluated video with its weights under the picture. */
export type OverlayOptions = {
  project: string;
  run: string;
  split: 'val' | 'test';
  videoId: string;
  hideFaces: boolean;
};
export type OverlaySummary = { path: string };

/** Of one video and a run whose network looks at places. */
export type AttentionOptions = { project: string; run: string; videoId: string; engine: EngineChoice };
/**
 * How much each place of the face crop counts. `frames` has an entry for each frame of the video, null where it shows no
 * face: the maps of all hops, one after another, each `rows` of `columns` weights that sum to 1.
 */
export type AttentionMaps = {
  run: string;
  videoId: string;
  hops: number;
  rows: number;
  columns: number;
  frames: (Float32Array | null)[];
};

export type DemoOptions = { dir: string; quick: boolean; seed: number; engine: EngineChoice };
export type DemoSummary = {
  dir: string;
  project: string;
  sample: SampleSummary;
  imported: number;
  train: TrainSummary;
  evaluation: EvaluateSummary;
  prediction: VideoPrediction;
  report: string;
  seconds: Record<string, number>;
};

export type ToolInfo = { path: string; version: string; from: string };
export type DoctorSummary = {
  apexscope: string;
  node: string;
  platform: string;
  cpu: { model: string; cores: number; memoryGiB: number };
  engine: EngineInfo;
  selfTest: 'passed';
  clipsPerSecond: { model: string; training: number; inference: number };
  ffmpeg: ToolInfo;
  ffprobe: ToolInfo;
};

/** What the program can do; the command line and the window are two faces of it. All paths are absolute. */
export interface AppApi {
  doctor(options: { engine: EngineChoice }, job: JobContext): Promise<DoctorSummary>;
  sample(options: SampleOptions, job: JobContext): Promise<SampleSummary>;
  importVideos(options: ImportOptions, job: JobContext): Promise<ImportSummary>;
  prepare(options: PrepareOptions, job: JobContext): Promise<PrepareSummary>;
  train(options: TrainOptions, job: JobContext): Promise<TrainSummary>;
  evaluate(options: EvaluateOptions, job: JobContext): Promise<EvaluateSummary>;
  predict(options: PredictOptions, job: JobContext): Promise<PredictSummary>;
  overlayVideo(options: OverlayOptions, job: JobContext): Promise<OverlaySummary>;
  attentionMaps(options: AttentionOptions, job: JobContext): Promise<AttentionMaps>;
  makeProxies(options: ProxyOptions, job: JobContext): Promise<ProxySummary>;
  exportLabels(options: LabelExportOptions): Promise<LabelExportSummary>;
  importLabels(options: LabelImportOptions): Promise<LabelImportSummary>;
  demo(options: DemoOptions, job: JobContext): Promise<DemoSummary>;
  compare(options: CompareOptions & { engine: EngineChoice }, job: JobContext): Promise<CompareSummary>;
  searchPooling(
    options: PoolingSearchOptions & { engine: EngineChoice },
    job: JobContext,
  ): Promise<PoolingSearchSummary>;
  learnAugmentation(
    options: LearnAugmentationOptions & { engine: EngineChoice },
    job: JobContext,
  ): Promise<LearnAugmentationSummary>;
  replayPooling(options: ReplayOptions, job: JobContext): Promise<ReplaySummary>;
  bench(options: BenchOptions, job: JobContext): Promise<BenchSummary>;
}
