/**
 * What the methods that train on K drawn clips share: the estimate of the pooled logits and the draws.
 */
import { tensor2d, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { temporalWeightedSum } from '../../../models/ops/temporal-weighted-sum.ts';
import type { Rng } from '../../data/rng.ts';
import type { ClipChoice, DrawRequest, InnerLoss, LabelledRef, VideoDraw, VideoRef } from '../bilevel-problem.ts';
import { crossEntropy } from '../losses.ts';
import { drawCell } from './score-table.ts';

/** Draws K clips of each video with replacement, one random number each, uniformly. */
export function drawUniform({ epoch, videos }: DrawRequest, clipsPerVideo: number, rng: Rng): ClipChoice {
  return { epoch, draws: videos.map((video) => uniformDraw(video, clipsPerVideo, rng)) };
}

/** K clips of one video with replacement, in proportion to `weights` [positions]. */
export function drawByWeight(video: VideoRef, weights: Float64Array, clipsPerVideo: number, rng: Rng): VideoDraw {
  return drawOf(
    video,
    Array.from({ length: clipsPerVideo }, () => drawCell(weights, rng)),
  );
}

/** The clips at `cells`, counted alike. */
export function drawOf(video: VideoRef, cells: readonly number[]): VideoDraw {
  return { video: labelled(video), cells, logitWeights: cells.map(() => 1) };
}

export function uniformDraw(video: VideoRef, clipsPerVideo: number, rng: Rng): VideoDraw {
  return drawByWeight(video, new Float64Array(video.positions.starts.length).fill(1), clipsPerVideo, rng);
}

/**
 * Estimate of the pooled logits: (1/K) sum over the drawn clips of logit weight times logits (algorithms.md 1.2 eq. 4-6).
 * @param clipLogits - [n,K,k]
 * @returns [n,k]
 */
export function pooledEstimate(clipLogits: Tensor3D, { draws }: ClipChoice): Tensor2D {
  return tidy(() => {
    const shares = draws.map(({ logitWeights }) => logitWeights.map((weight) => weight / logitWeights.length));
    return temporalWeightedSum(clipLogits, tensor2d(shares));
  });
}

/** Cross-entropy of the estimated pooled logits. */
export function drawnClipsLoss(forward: () => Tensor3D, choice: ClipChoice): InnerLoss {
  const loss = crossEntropy(pooledEstimate(forward(), choice), labelsOf(choice));
  return { objective: loss, loss };
}

export function labelsOf({ draws }: ClipChoice): number[] {
  return draws.map(({ video }) => video.label);
}

function labelled(video: VideoRef): LabelledRef {
  const { label } = video;
  if (label === null) throw new Error(`Video ${video.id} was drawn without a label.`);
  return { ...video, label };
}
