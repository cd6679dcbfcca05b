import type { SamplingRecord } from '../contract/records.ts';
import { clipCentres } from '../data/clip-positions.ts';
import type { ClipVideo } from '../data/clip-source.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { temporalWeights } from '../train/temporal-weights/methods.ts';
import { labelledPositions } from '../train/training-videos.ts';

/** First frame and centre of each clip of a training video that a run could draw: its stored scores are in this order. */
export function sampledPositions(
  video: ClipVideo,
  { config, manifest }: Pick<RunFolder, 'config' | 'manifest'>,
): { startFrame: number; centreSec: number }[] {
  const stride = temporalWeights(config).reads === 'clips' ? 1 : config.scoreStride;
  const wasHidden = manifest.supervision !== undefined && !manifest.supervision.moment.includes(video.id);
  const seen = wasHidden ? { ...video, moment: null } : video;
  const starts = new Set(labelledPositions(seen, config, stride).starts);
  return clipCentres(video, config.clipFrames).filter(({ startFrame }) => starts.has(startFrame));
}

/** Whether the clips of a video are others than those that a run drew from. A record without scores fits all. */
export function areOtherClips(records: readonly SamplingRecord[], positions: readonly unknown[]): boolean {
  return records.some(({ scores }) => scores.length > 0 && scores.length !== positions.length);
}
