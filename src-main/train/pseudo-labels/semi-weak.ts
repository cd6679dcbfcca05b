import { mul, tensor1d, tidy, type Tensor1D } from '@tensorflow/tfjs-core';
import { temporalSoftmaxPool } from '../../../models/ops/temporal-softmax-pool.ts';
import type { ResolvedConfig } from '../../contract/config.ts';
import type { Rng } from '../../data/rng.ts';
import type { ClipChoice, Seen, TemporalWeights, VideoDraw, VideoRef } from '../bilevel-problem.ts';
import { drawnClipsLoss, uniformDraw } from '../temporal-weights/drawn-clips.ts';
import { ScoreTable, storedScoresSchema } from '../temporal-weights/score-table.ts';
import { drawPseudoLabels, guessOf, initialPseudoScores, scoresOf, writePseudoScores } from './pseudo-scores.ts';

export type SemiWeakRun = Pick<ResolvedConfig, 'semiWeak' | 'clipsPerVideo' | 'pooling' | 'gamma'>;

/**
 * Learning from few labelled moments by sampling pseudo-labels (algorithms.md 4.5). What is latent is which segment of
 * a video shows its label, and where there is no label, of which class it is. Labelled moments use the truth and are
 * never sampled; other videos are drawn from by their scores. Every drawn segment has a loss of its own, and those of a
 * video count together as one. `gamma` is that of pooling at inference, `semiWeak.gamma` that of the draws.
 */
export function semiWeak(run: SemiWeakRun): TemporalWeights<ScoreTable> {
  const { semiWeak: config, clipsPerVideo, pooling, gamma } = run;
  const drawVideo = (table: ScoreTable, video: VideoRef, rng: Rng) =>
    video.supervision === 'moment'
      ? drawMoment(video, clipsPerVideo, rng)
      : drawPseudoLabels(table, video, rng, config);
  return {
    reads: 'clips',
    initial: initialPseudoScores,
    phase: () => config.method,
    draw: (table, { epoch, videos }, rng) => ({
      epoch,
      draws: videos.flatMap((video) => drawVideo(table, video, rng)),
    }),
    innerLoss: (forward, _, choice) => {
      const { loss } = drawnClipsLoss(forward, choice);
      const shares = choice.draws.map(({ share = 1 }) => share);
      return { objective: tidy(() => mul<Tensor1D>(loss, tensor1d(shares))), loss };
    },
    updateOuter: (table, seen) => {
      for (const { video, segments } of scoredSegments(seen)) writePseudoScores(table, video, segments, config);
      return table;
    },
    snapshot: (table, video) => {
      if (video.supervision === 'moment') return [];
      const label = video.candidates ? guessOf(table, video, config).label : video.label!;
      return Array.from(scoresOf(table, video, label));
    },
    serialize: (table) => table.serialize(),
    restore: (stored) => ScoreTable.restore(storedScoresSchema.parse(stored)),
    poolVideo: (clipLogits) => temporalSoftmaxPool(clipLogits, pooling === 'average' ? 0 : gamma),
  };
}

/** Clips of the labelled moment, evenly drawn, each with a loss of its own. */
function drawMoment(video: VideoRef, clipsPerVideo: number, rng: Rng): VideoDraw[] {
  const share = 1 / clipsPerVideo;
  return Array.from({ length: clipsPerVideo }, () => ({ ...uniformDraw(video, 1, rng), share }));
}

/** Pseudo-labels of a step by video. */
function scoredSegments({ choice, clipLogits }: Seen<ClipChoice>) {
  const scored = choice.draws.map(({ video, cells }, n) => ({
    video,
    cell: cells[0]!,
    clipLogits: clipLogits[n]![0]!,
  }));
  const guessed = scored.filter(({ video }) => video.supervision !== 'moment');
  const videos = Map.groupBy(guessed, ({ video }) => video.id).values();
  return [...videos].map((segments) => ({ video: segments[0]!.video, segments }));
}
