import type { ResolvedConfig } from '../contract/config.ts';
import type {
  EpochMetrics,
  EvaluationReport,
  Moment,
  RunManifest,
  SamplingRecord,
  VideoPrediction,
} from '../contract/records.ts';

/** Everything a report shows. The caller gathers it; rendering reads no files. */
export type ReportData = {
  project: string;
  run: RunManifest;
  config: ResolvedConfig;
  evaluation: EvaluationReport;
  epochs: readonly EpochMetrics[];
  /** A few training videos whose sampling distribution over the epochs is shown. */
  sampling: readonly SamplingHistory[];
  /** WAR and UAR of the same clip logits over the inverse temperature; empty where not computed. */
  gammaCurve: readonly GammaPoint[];
  /** Videos of the split, in any order; may be fewer than `evaluation.n` where there are very many. */
  videos: readonly ReportVideo[];
};

export type GammaPoint = { gamma: number; war: number; uar: number };

/** Where a clip starts, and the time of its centre. */
export type ClipCentre = { startFrame: number; centreSec: number };

/**
 * How the clips of one training video were drawn. `positions` are its clip positions in order, as many as each record
 * has scores (a record without scores means a uniform distribution), null where its clips are others by now; `records`
 * come in any order.
 */
export type SamplingHistory = {
  path: string;
  label: string;
  moment: Moment | null;
  positions: readonly ClipCentre[] | null;
  records: readonly SamplingRecord[];
};

/** A face crop at a time of the video. `jpeg` is a whole JPEG file, best at most 96 px a side. */
export type Thumbnail = { timeSec: number; jpeg: Uint8Array };

export type ReportVideo = {
  prediction: VideoPrediction;
  /** The label of the video; null where it has none. */
  truth: string | null;
  subject: string | null;
  moment: Moment | null;
  /** Span of the heaviest clip; null where nothing was scored or all weights are equal. */
  heaviest: Moment | null;
  /** Why a person should look at this video; null where its heaviest moment agrees with its label. */
  contradiction: { shows: string; reason: 'other-expression' | 'outside-moment'; severity: number } | null;
  thumbnails: readonly Thumbnail[];
};

/** Thumbnails of a video that fill the strip under its timeline. */
export const THUMBNAIL_COUNT = 12;

/** The times whose thumbnails tile the strip without gaps: the middles of equal parts. */
export function thumbnailTimes(durationSec: number, count = THUMBNAIL_COUNT): number[] {
  return Array.from({ length: count }, (_, i) => ((i + 0.5) / count) * durationSec);
}
