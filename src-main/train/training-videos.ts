import type { ResolvedConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import { cellsInMoment, clipPositions, positionsInMoment, type ClipPositions } from '../data/clip-positions.ts';
import type { ClipVideo } from '../data/clip-source.ts';
import { supervisionOf } from '../data/supervision.ts';
import type { TemporalWeights, VideoRef } from './bilevel-problem.ts';
import type { TrainingRun } from './training-state.ts';

/**
 * The training videos that can take part: those with a face to see, and with a label unless labels are guessed. Methods
 * that draw clips may start them at any frame; the others score the positions of inference.
 * @throws AppError `bad-input` where there is nothing from which labels could be guessed
 */
export function trainingRefs(
  { config, classes, trainVideos }: Pick<TrainingRun, 'config' | 'classes' | 'trainVideos'>,
  { reads }: Pick<TemporalWeights, 'reads'>,
): VideoRef[] {
  const stride = reads === 'clips' ? 1 : config.scoreStride;
  const isSemiWeak = config.labels === 'semi-weak';
  const anyClass = classes.map((_, label) => label);
  if (isSemiWeak) requireKnown(trainVideos, config.semiWeak);
  return trainVideos.flatMap((video) => {
    const ref = { id: video.id, label: video.label, positions: labelledPositions(video, config, stride) };
    if (ref.positions.starts.length === 0 || (ref.label === null && !isSemiWeak)) return [];
    if (!isSemiWeak) return [ref];
    const known = { supervision: supervisionOf(video), ...(ref.label === null && { candidates: anyClass }) };
    const rejected = video.rejected && { rejected: rejectedCells(ref.positions, video.timesSec, video.rejected) };
    return [{ ...ref, ...known, ...rejected }];
  });
}

/**
 * Where a video shows its label, as far as a run may know: the clip positions of its labelled moment, or all.
 * @param stride - frames between positions
 */
export function labelledPositions(
  video: ClipVideo,
  { clipFrames, labels }: Pick<ResolvedConfig, 'clipFrames' | 'labels'>,
  stride = 1,
): ClipPositions {
  const all = clipPositions(video, clipFrames, stride);
  const isNarrowed = labels !== 'video' && video.moment !== null;
  return isNarrowed ? positionsInMoment(all, video.timesSec, video.moment!) : all;
}

/** A rejection reaches as far as a labelled moment does: to the clips that have their centre in it. */
function rejectedCells(
  positions: ClipPositions,
  timesSec: Float64Array,
  rejected: NonNullable<ClipVideo['rejected']>,
): NonNullable<VideoRef['rejected']> {
  const cellsOf = ({ moment }: (typeof rejected)[number]) => cellsInMoment(positions, timesSec, moment);
  const byLabel = Map.groupBy(rejected, ({ label }) => label);
  return new Map(Array.from(byLabel, ([label, stretches]) => [label, new Set(stretches.flatMap(cellsOf))]));
}

function requireKnown(videos: readonly ClipVideo[], { method }: TrainingRun['config']['semiWeak']): void {
  const known = new Set(videos.map(supervisionOf));
  const hint = 'Label more videos in the Label tab, or hide fewer: semiWeak.momentShare, semiWeak.labelShare.';
  if (method === 'labelled-only' && !known.has('moment'))
    throw new AppError('bad-input', 'semiWeak.method=labelled-only: no training video has a labelled moment.', {
      hint,
    });
  if (known.size === 1 && known.has('none'))
    throw new AppError('bad-input', 'labels=semi-weak: no training video has a label.', { hint });
}
