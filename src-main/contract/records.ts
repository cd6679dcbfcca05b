/**
 * The records that both sides know: what is stored in a project and what commands return.
 * Times are seconds on a player's clock: 0 is the start time of the container.
 */

import type { SupervisionSets } from './supervision.ts';

/** A moment of a video, in seconds. */
export type Moment = { startSec: number; endSec: number };

export type SplitName = 'train' | 'val' | 'test';

/** A video is one file, or a folder of numbered frames. */
export type MediaKind = 'file' | 'frames';

/** What probing a video told. Width and height are after rotation, as a player shows them. */
export type MediaInfo = {
  kind: MediaKind;
  codec: string;
  width: number;
  height: number;
  /** Clockwise degrees that a player applies: 0, 90, 180 or 270. Already applied to width and height. */
  rotation: number;
  durationSec: number;
  frameCount: number;
  averageFps: number;
  variableFrameRate: boolean;
  /** Start time of the container, which all other times have had subtracted. */
  startSec: number;
  /** How pictures are stored, where that is as most cameras do: 4:2:0, BT.601, limited range, square pixels. */
  pixels?: 'yuv420p-bt601' | undefined;
};

/**
 * Presentation time of every frame, in presentation order, seconds on a player's clock.
 * Viewer, trainer and exporter address frames only through it.
 */
export type FrameIndex = { timesSec: Float64Array };

/** One video of a folder before it is probed: what a layout could tell from names and lists. */
export type ImportEntry = {
  /** Relative to the imported root, with forward slashes. */
  path: string;
  kind: MediaKind;
  label: string | null;
  subject: string | null;
  /** Recordings of one performance share this and count once (RAVDESS 01-/02- twins). */
  performance: string | null;
  declaredSplit: SplitName | null;
  moment: Moment | null;
  attributes: Record<string, string>;
};

export type VideoRecord = Omit<ImportEntry, 'path'> & {
  /** First 16 hexadecimal digits of the content hash. */
  id: string;
  /** Relative to the project folder where possible, else absolute. */
  path: string;
  sizeBytes: number;
  contentHash: string;
  media: MediaInfo;
};

/** A file that could not be used, and why. */
export type QuarantineRecord = { path: string; code: string; reason: string };

/** How a frame came to its face box. */
export type FaceOrigin = 'detected' | 'tracked' | 'interpolated' | 'absent';

/** A box in pixels of the upright picture. */
export type Box = { x: number; y: number; width: number; height: number };

/** One frame of a crop pack; `box` and `confidence` are null and 0 where no face is known. */
export type CropFrame = {
  frame: number;
  timeSec: number;
  origin: FaceOrigin;
  box: Box | null;
  confidence: number;
};

/** A person followed through a video. `share` is the fraction of frames with this face. */
export type PersonTrack = { id: number; share: number; meanConfidence: number; meanBoxSize: number };

/** What a crop pack holds besides the pictures. */
export type CropPackIndex = {
  version: 1;
  videoId: string;
  /** Side of a crop in pixels. */
  size: number;
  /** Settings that made the crops; a change makes `prepare` do them again. */
  recipe: Record<string, string | number>;
  /** `cropped` where the source already was a face crop. */
  faces: 'auto' | 'cropped';
  people: PersonTrack[];
  mainPerson: number | null;
  /** Share of frames whose crop shows a face: detected, tracked or interpolated. */
  coverage: number;
  durationSec: number;
  frames: CropFrame[];
};

/** Figures of one epoch, a line of `metrics.jsonl`. */
export type EpochMetrics = {
  kind: 'epoch';
  epoch: number;
  phase: string;
  trainLoss: number;
  valLoss: number;
  valWar: number;
  valUar: number;
  /** Recall on validation of each class, in the order of the manifest; not in runs of older versions, nor of searches. */
  valRecall?: number[];
  learningRate: number;
  seconds: number;
  best: boolean;
  /** Share of the time of its steps in which the engine waited for clips; not in runs of older versions. */
  waitShare?: number;
};

/** Figures of one optimiser step, a line of `metrics.jsonl`. */
export type StepMetrics = {
  kind: 'step';
  epoch: number;
  step: number;
  loss: number;
  /** Null where the gradient overflowed and the step was skipped, as `precision: mixed` does now and then. */
  gradientNorm: number | null;
  /** `precision: mixed`: what the loss was multiplied by. */
  lossScale?: number;
  /** Of a pooling search: configuration and supernet that were trained, and the accuracy that was measured. */
  search?: { trained: [number, number]; scored: [number, number]; accuracy: number };
};

/** Memory ran out in a step, and what the run went on with: a line of `metrics.jsonl`. */
export type MemoryMetrics = {
  kind: 'memory';
  epoch: number;
  step: number;
  /** Videos of a forward and backward pass, and passes of a step, from here on. */
  batch: number;
  accumulate: number;
  reason: string;
};

/** A line of `metrics.jsonl`. */
export type MetricsRecord = EpochMetrics | StepMetrics | MemoryMetrics;

/**
 * Where one video's training clips came from in one epoch, and its distribution: a line of `sampling.jsonl`. `pseudo`
 * tells what each of them was taken for where that is a guess, and whether it was trained on; scores of a video without
 * a label are those of its likeliest class.
 */
export type SamplingRecord = {
  epoch: number;
  videoId: string;
  starts: number[];
  scores: number[];
  pseudo?: { label: number; used: boolean }[];
};

/**
 * One scored clip. `weight` is that of the predicted class, with `joint-softmax` that of all classes together, since it weighs clips and
 * classes in one; weights of a video sum to 1.
 */
export type ClipPrediction = {
  startFrame: number;
  startSec: number;
  endSec: number;
  weight: number;
  logits: number[];
};

export type VideoPrediction = {
  videoId: string;
  path: string;
  /** Predicted class; null where nothing could be scored, and `note` says why. */
  label: string | null;
  probabilities: Record<string, number>;
  durationSec: number;
  faceCoverage: number;
  clips: ClipPrediction[];
  /** The clip that weighed most, the middle one of equals side by side; null where all weigh the same. */
  heaviest: Pick<ClipPrediction, 'startSec' | 'endSec' | 'weight'> | null;
  note?: string;
};

export type ClassMetrics = { recall: number; precision: number; f1: number; n: number };

/** 95 % interval by bootstrap over subjects where they are known, else over videos. */
export type Interval = { low: number; high: number };

/** Epochs of a run that are done, and that it may take. A run whose validation loss no longer fell is finished before. */
export type TrainedEpochs = { trained: number; planned: number; finished: boolean };

/** What the numbers rest on. */
export type Protocol = {
  split: SplitName;
  subjectDisjoint: boolean;
  selectedOn: 'val' | 'test' | 'train' | 'none';
  n: number;
  subjects: number;
  /** Videos without a subject, which the intervals draw one by one; not in reports of older versions. */
  unnamed?: number;
  /** How far the run was trained when it was judged; not in reports of older versions. */
  epochs?: TrainedEpochs;
  seed: number;
  dataFingerprint: string;
  engine: string;
};

export type Localisation = {
  /** Share of videos with a labelled moment whose heaviest clip's centre lies inside it. */
  pointing: number;
  /** Mean share of weight on clips whose centre lies inside the labelled moment. */
  mass: number;
  /** What uniform weights would give for `mass`, and for `pointing` in expectation. */
  uniform: number;
  n: number;
};

export type EvaluationReport = {
  split: SplitName;
  n: number;
  war: number;
  uar: number;
  /** Null where the bootstrap can tell none: `noIntervalReason`. */
  warInterval: Interval | null;
  uarInterval: Interval | null;
  perClass: Record<string, ClassMetrics>;
  /** `confusion[true][predicted]`, in the order of `classes`. */
  confusion: number[][];
  classes: string[];
  labels: string[];
  localisation?: Localisation;
  /** Videos that could not be scored and count as wrong, with the reason. */
  unscored: { path: string; reason: string }[];
  meanFaceCoverage: number;
  /** What of the split was not judged, and whether the data is that of the training; not in reports of older versions. */
  notes?: string[];
  protocol: Protocol;
};

/** Which engine computes, and why. */
export type EngineInfo = {
  name: 'wasm' | 'webgpu' | 'cuda' | 'cpu';
  device: string;
  why: string;
  threads: number;
  features: Record<string, string | number | boolean>;
};

/** A stretch of a training video that somebody said does not show a class. */
export type RejectedSegment = { videoId: string; label: string; moment: Moment };

/** `manifest.json` of a run: what made it. */
export type RunManifest = {
  name: string;
  createdAt: string;
  apexscopeVersion: string;
  nodeVersion: string;
  engine: EngineInfo;
  seed: number;
  classes: string[];
  dataFingerprint: string;
  subjectDisjoint: boolean;
  /** What a person should know of how the videos were divided. */
  notes: string[];
  splits: Record<SplitName, string[]>;
  /** What the run knows of its training videos; only where not all are labelled alike. */
  supervision?: SupervisionSets;
  /** Guesses on its training videos that stood rejected when it began; only where there are any. */
  rejectedGuesses?: RejectedSegment[];
};
