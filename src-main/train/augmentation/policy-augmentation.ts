/** Training on clips that a policy changes. The policy itself stays as it is. */
import { z } from 'zod';
import type { AugmenterDraw } from '../../../models/change-network.ts';
import { clipTensor, type ClipBatch } from '../../data/batches.ts';
import { Rng } from '../../data/rng.ts';
import type { TemporalWeights } from '../bilevel-problem.ts';
import { mirrored } from './apply-transformation.ts';
import { augmentedPooling } from './augmented-pooling.ts';
import { drawClipChanges } from './clip-changes.ts';
import type { PixelClip } from './pixel-clip.ts';
import { applyPolicy, type Policy } from './policy.ts';

const storedSchema = z.strictObject({ pooling: z.unknown() });

/** How one clip of a batch changes; `index` is its place in the batch. */
export type ClipChange = (clip: PixelClip, rng: Rng, index: number) => PixelClip;

/**
 * A pooling method whose clips a policy changes. `flip`: mirror half of the clips first.
 * @throws AppError `bad-config` for methods that train on whole videos
 */
export function policyAugmentation(
  pooling: TemporalWeights,
  { policy, flip }: { policy: Policy; flip: boolean },
): TemporalWeights<{ pooling: unknown }> {
  return augmentedPooling(pooling, {
    initial: (inner) => ({ pooling: inner }),
    serialize: () => ({}),
    restore: (stored) => {
      const { pooling: inner } = storedSchema.parse(stored);
      return { pooling: inner };
    },
    augmentation: {
      draw: (clips, rng) => drawClipChanges({ clips, noise: 0, flip }, rng),
      clips: (_, { batch, learned, choice }) => {
        const change: ClipChange = (clip, rng) => applyPolicy(clip, policy, choice.epoch, rng);
        return clipTensor(changedBatch(batch, learned!, change), null);
      },
      improve: () => Promise.resolve(),
      tensors: () => ({}),
      adopt: () => undefined,
      dispose: () => undefined,
    },
  });
}

/** A batch whose clips are mirrored as drawn and changed, each with a stream of random numbers of its own. */
export function changedBatch(batch: ClipBatch, { mirrors, seed }: AugmenterDraw, change: ClipChange): ClipBatch {
  const rng = new Rng(seed);
  const clips = clipsOf(batch).map((clip, i) => {
    const faced = mirrors[i]! < 0 ? mirrored(clip) : clip;
    return change(faced, rng.fork(String(i)), i);
  });
  return batchOf(clips, batch.shape);
}

/** The clips of a batch as parts of its bytes. */
export function clipsOf({ bytes, shape: [n, t, h, w, c] }: ClipBatch): PixelClip[] {
  const size = t * h * w * c;
  return Array.from({ length: n }, (_, i) => ({ bytes: bytes.subarray(i * size, (i + 1) * size), t, h, w }));
}

/** Undoes {@link clipsOf}. */
export function batchOf(clips: readonly PixelClip[], shape: ClipBatch['shape']): ClipBatch {
  const bytes = new Uint8Array(shape.reduce((product, size) => product * size, 1));
  const size = bytes.length / shape[0];
  clips.forEach((clip, i) => bytes.set(clip.bytes, i * size));
  return { bytes, shape };
}
