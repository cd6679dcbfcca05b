import { jointLogSumExpPool } from '../../../models/ops/temporal-softmax-pool.ts';
import type { ResolvedConfig } from '../../contract/config.ts';
import type { Rng } from '../../data/rng.ts';
import type { TemporalWeights, VideoDraw, VideoRef } from '../bilevel-problem.ts';
import { crossEntropy } from '../losses.ts';
import { drawOf, labelsOf } from './drawn-clips.ts';
import { wholeVideoPooling } from './whole-video.ts';

/**
 * One softmax over clips and classes together, summed over clips (algorithms.md 1.9, ICIAR 2019): over all clips of a video
 * or, in training, over some that are drawn anew in each epoch.
 */
export function jointSoftmaxPooling({ jointSoftmax }: Pick<ResolvedConfig, 'jointSoftmax'>): TemporalWeights {
  const { drawnClips } = jointSoftmax;
  return drawnClips === 0
    ? wholeVideoPooling((clipLogits) => jointLogSumExpPool(clipLogits))
    : drawnJointSoftmax(drawnClips);
}

function drawnJointSoftmax(drawnClips: number): TemporalWeights<null> {
  return {
    reads: 'clips',
    initial: () => null,
    phase: () => 'uniform',
    draw: (_, { epoch, videos }, rng) => ({ epoch, draws: videos.map((video) => drawInOrder(video, drawnClips, rng)) }),
    innerLoss: (forward, _, choice) => {
      const loss = crossEntropy(jointLogSumExpPool(forward()), labelsOf(choice));
      return { objective: loss, loss };
    },
    updateOuter: () => null,
    snapshot: () => [],
    serialize: () => null,
    restore: () => null,
    poolVideo: (clipLogits) => jointLogSumExpPool(clipLogits),
  };
}

/** Clips of a video in order, none twice; a video of fewer clips gives some twice. */
function drawInOrder(video: VideoRef, count: number, rng: Rng): VideoDraw {
  const all = Array.from(video.positions.starts, (_, cell) => cell);
  const cells =
    count <= all.length ? rng.shuffle(all).slice(0, count) : Array.from({ length: count }, () => rng.pick(all));
  return drawOf(
    video,
    cells.sort((a, b) => a - b),
  );
}
