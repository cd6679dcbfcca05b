/** What a network that no longer learns says of clips, as they are and changed. */
import { dispose, tidy, type Tensor5D } from '@tensorflow/tfjs-core';
import type { ResolvedConfig } from '../../contract/config.ts';
import { clipTensor, readClips, type ClipBatch } from '../../data/batches.ts';
import { clipPositions } from '../../data/clip-positions.ts';
import type { ClipSource, ClipVideo } from '../../data/clip-source.ts';
import { clipLogits, type ModelInstance } from '../../data/network-passes.ts';
import type { Rng } from '../../data/rng.ts';
import { crossEntropy } from '../losses.ts';
import type { PixelClip } from './pixel-clip.ts';
import { batchOf, clipsOf } from './policy-augmentation.ts';

/** Clips that go through a network together, with their classes. */
export type LabelledClips = { batch: ClipBatch; realFrames: number[]; labels: number[] };

export type Answers = { predicted: number[]; losses: number[] };

/** The clip in the middle of each of the first `most` videos that have one, in batches. */
export async function middleClips(
  videos: readonly ClipVideo[],
  clips: ClipSource,
  { clipFrames, cropSize, batch }: Pick<ResolvedConfig, 'clipFrames' | 'cropSize' | 'batch'>,
  most: number,
): Promise<LabelledClips[]> {
  const wanted = videos.flatMap((video) => {
    const { starts, realFrames } = clipPositions(video, clipFrames);
    const start = starts[Math.floor(starts.length / 2)];
    return start === undefined ? [] : [{ videoId: video.id, start, realFrames, label: video.label! }];
  });
  const kept = wanted.slice(0, most);
  const batches: LabelledClips[] = [];
  for (let from = 0; from < kept.length; from += batch) {
    const part = kept.slice(from, from + batch);
    batches.push({
      batch: await readClips(clips, part, { frames: clipFrames, size: cropSize }),
      realFrames: part.map(({ realFrames }) => realFrames),
      labels: part.map(({ label }) => label),
    });
  }
  return batches;
}

/** Clips as a network sees them, [n,t,h,w,c] f32, changed at random. */
export type Render = (batch: ClipBatch, rng: Rng) => Tensor5D;

/** Clips whose bytes change, each with a stream of random numbers of its own. */
export function changedBy(change: (clip: PixelClip, rng: Rng) => PixelClip): Render {
  return (batch, rng) => {
    const clips = clipsOf(batch).map((clip, i) => change(clip, rng.fork(String(i))));
    return clipTensor(batchOf(clips, batch.shape), null);
  };
}

/** Class and loss of each clip. */
export async function answersTo(
  instance: ModelInstance,
  batches: readonly LabelledClips[],
  render: Render,
  rng: Rng,
): Promise<Answers> {
  const answers: Answers = { predicted: [], losses: [] };
  for (const [b, { batch, realFrames, labels }] of batches.entries()) {
    const [predicted, losses] = tidy(() => {
      const logits = clipLogits(instance, render(batch, rng.fork(`batch ${b}`)), realFrames, { training: false });
      return [logits.argMax(1), crossEntropy(logits, labels)] as const;
    });
    try {
      answers.predicted.push(...(await predicted.data()));
      answers.losses.push(...(await losses.data()));
    } finally {
      dispose([predicted, losses]);
    }
  }
  return answers;
}
