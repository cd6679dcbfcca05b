import { tidy } from '@tensorflow/tfjs-core';
import type { ResolvedConfig } from '../contract/config.ts';
import { clipTensor, readClips, type ClipRequest } from './batches.ts';
import type { ClipSource } from './clip-source.ts';
import { clipLogits, type ModelInstance } from './network-passes.ts';
import { readAhead } from './read-ahead.ts';

export type ClipScoring = Pick<ResolvedConfig, 'clipFrames' | 'cropSize'> & { clips: ClipSource };

/**
 * Logits of single clips, many in a pass; the next pictures are read while the network works on the present ones.
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
    const logits = tidy(() => clipLogits(instance, clipTensor(batch, null), realFrames, { training: false }));
    try {
      yield await logits.array();
    } finally {
      logits.dispose();
    }
  }
}
