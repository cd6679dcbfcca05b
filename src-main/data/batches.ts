/**
 * From stored crops to what a network takes: clips of L frames cut from a video, padded with black where the video is
 * too short, normalised to (v / 255 - 0.5) / 0.25.
 */
import { tensor3d, tensor5d, tidy, type Tensor5D } from '@tensorflow/tfjs-core';
import { clipTransform, type PixelScale } from '../../models/ops/clip-transform.ts';
import { hasFusedKernel } from '../../models/ops/fused-kernel.ts';
import { unpackBytes } from '../../models/ops/unpack-bytes.ts';
import type { ClipAugmentation } from './augment.ts';
import type { ClipSource } from './clip-source.ts';

export const CHANNELS = 3;

/** Fixed for all models, on the scale 0..1. What augmentation moves in from outside the picture is black. */
export const PIXEL_SCALE: PixelScale = { fill: [0, 0, 0], mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] };

/** Frames [start, start + realFrames) of a video. */
export type ClipRequest = { videoId: string; start: number; realFrames: number };

/** Pixels of clips as they are read. `bytes` is u8 [n,t,h,w,c]. */
export type ClipBatch = { bytes: Uint8Array; shape: [n: number, t: number, h: number, w: number, c: number] };

/** Clips from, up to but not including to, on the same bytes. */
export function clipsBetween({ bytes, shape: [n, ...clip] }: ClipBatch, from: number, to: number): ClipBatch {
  const clipBytes = bytes.length / n;
  return { bytes: bytes.subarray(from * clipBytes, to * clipBytes), shape: [to - from, ...clip] };
}

/** Reads clips of `frames` frames and `size` pixels a side; frames beyond the real ones are black. */
export async function readClips(
  clips: ClipSource,
  requests: readonly ClipRequest[],
  { frames, size }: { frames: number; size: number },
): Promise<ClipBatch> {
  const clipBytes = frames * size * size * CHANNELS;
  const bytes = new Uint8Array(requests.length * clipBytes);
  await Promise.all(
    requests.map(async ({ videoId, start, realFrames }, n) => {
      bytes.set(await clips.readFrames(videoId, start, realFrames, size), n * clipBytes);
    }),
  );
  return { bytes, shape: [requests.length, frames, size, size, CHANNELS] };
}

/**
 * @param augmentations - one for each clip; null for the pictures as they are
 * @returns [n,t,h,w,c] f32, normalised; the caller owns it
 */
export function clipTensor({ bytes, shape }: ClipBatch, augmentations: readonly ClipAugmentation[] | null): Tensor5D {
  if (augmentations === null) return unpackBytes(bytes, shape, PIXEL_SCALE);
  const n = shape[0];
  return tidy(() => {
    const warp = tensor3d(Float32Array.from(augmentations.flatMap((a) => a.warp)), [n, 2, 3]);
    const colour = tensor3d(Float32Array.from(augmentations.flatMap((a) => a.colour)), [n, CHANNELS, CHANNELS + 1]);
    return clipTransform(pictures({ bytes, shape }), { warp, colour }, PIXEL_SCALE);
  });
}

/** Clips as `clipTransform` takes them: in 0..1 where bytes are unpacked on the engine, else as whole numbers. */
function pictures({ bytes, shape }: ClipBatch): Tensor5D {
  if (hasFusedKernel('UnpackBytes')) return unpackBytes(bytes, shape, { mean: [0, 0, 0], deviation: [1, 1, 1] });
  return tensor5d(new Int32Array(bytes), shape, 'int32');
}
