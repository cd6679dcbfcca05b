/** Frames [start, end) of a video without a gap in its face track. */
export type FrameRun = { start: number; end: number };

/** What training and inference know of one video. */
export type ClipVideo = {
  id: string;
  path: string;
  /** Index into the classes of the run; null for videos without a label. */
  label: number | null;
  subject: string | null;
  /** Stretches of frames that show a face, in order; clips never span two of them. Empty: nothing to score. */
  runs: FrameRun[];
  /** Presentation time of each frame, seconds on a player's clock. */
  timesSec: Float64Array;
  durationSec: number;
  faceCoverage: number;
  /** The labelled moment, seconds; only to score localisation, unless `labels: moments`. */
  moment: { startSec: number; endSec: number } | null;
  /** Stretches that somebody said do not show a class; only of videos that a run guesses on. */
  rejected?: readonly { label: number; moment: { startSec: number; endSec: number } }[];
};

/** Where pictures come from; the store implements it over crop packs, tests over arrays. */
export interface ClipSource {
  /**
   * Crops of frames [start, start + count) of a video, resized to `size`.
   * @returns u8 [t,h,w,c] with t = count and c = 3 (RGB)
   * @throws AppError `corrupt` when the pack cannot be read
   */
  readFrames(videoId: string, start: number, count: number, size: number): Promise<Uint8Array>;
}
