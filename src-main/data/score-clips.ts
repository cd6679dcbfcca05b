import { tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import type { ResolvedConfig } from '../contract/config.ts';
import { clipsBetween, clipTensor, readClips, type ClipBatch, type ClipRequest } from './batches.ts';
import type { ClipSource } from './clip-source.ts';
import { halvedClips, rowsInHalves } from './divided-pass.ts';
import { clipLogits, type ModelInstance } from './network-passes.ts';
import { readAhead } from './read-ahead.ts';

export type ClipScoring = Pick<ResolvedConfig, 'clipFrames' | 'cropSize'> & { clips: ClipSource };

/** `realFrames` [n], frames of each clip that are not black. */
export type ReadClips = { batch: ClipBatch; realFrames: readonly number[] };

/**
 * Logits of single clips, many in a pass, or in halves of it where memory runs out; the next pictures are read while the
 * network works on the present ones.
 * @param batches - clips of each pass
 * @returns [n][k] of one pass after another
 */
export async function* scoreClips(
  instance: ModelInstance,
  batches: readonly (readonly ClipRequest[])[],
  { clips, clipFrames, cropSize }: ClipScoring,
): AsyncGenerator<number[][], void, undefined> {
  const read = (requests: readonly ClipRequest[]) => async () => {
    const batch = await readClips(clips, requests, { frames: clipFrames, size: cropSize });
    return { batch, realFrames: requests.map(({ realFrames }) => realFrames) };
  };
  for await (const { batch, realFrames } of readAhead(batches.map(read))) {
    const logits = logitsOfClips(instance, { batch, realFrames });
    try {
      yield await logits.array();
    } finally {
      logits.dispose();
    }
  }
}

/**
 * Logits of clips without gradient, in halves where memory runs out.
 * @returns [n,k], which the caller owns
 * @throws AppError `out-of-memory` where a single clip does not fit
 */
export function logitsOfClips(instance: ModelInstance, clips: ReadClips): Tensor2D {
  return rowsInHalves(
    clips,
    ({ batch, realFrames }) =>
      tidy(() => clipLogits(instance, clipTensor(batch, null), realFrames, { training: false })),
    halvesOf,
  );
}

function halvesOf({ batch, realFrames }: ReadClips): ReadClips[] | null {
  const halves = halvedClips(realFrames.length);
  return (
    halves?.map(({ from, to }) => ({
      batch: clipsBetween(batch, from, to),
      realFrames: realFrames.slice(from, to),
    })) ?? null
  );
}
