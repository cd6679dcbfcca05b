/**
 * Passes without gradient that memory cannot hold go through the network in halves, one after the other, as those of
 * training do. Logits are those of the whole pass, but of a network that normalises by the statistics of a pass.
 */
import { concat, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import type { ModelCard } from '../../models/types.ts';
import { toAppError } from '../contract/errors.ts';
import { clipsBetween, type ClipBatch } from './batches.ts';
import type { NetworkPass } from './network-passes.ts';

/** A pass, the rows of its output that count, and what it reads. */
export type ReadPass = { pass: Pick<NetworkPass, 'keep'>; batch: ClipBatch };

/**
 * Rows of a part, or of its halves where memory runs out.
 * @param rowsOf - [rows,k], which the caller owns
 * @param halvesOf - null for what cannot be halved
 * @throws AppError `out-of-memory` where even the smallest part does not fit
 */
export function rowsInHalves<Part>(
  part: Part,
  rowsOf: (part: Part) => Tensor2D,
  halvesOf: (part: Part) => Part[] | null,
): Tensor2D {
  try {
    return rowsOf(part);
  } catch (error) {
    const halves = toAppError(error).code === 'out-of-memory' ? halvesOf(part) : null;
    if (halves === null) throw error;
    return tidy(() =>
      concat(
        halves.map((half) => rowsInHalves(half, rowsOf, halvesOf)),
        0,
      ),
    );
  }
}

/** The first and the second half of so many clips; null for a single one. */
export function halvedClips(clips: number): { from: number; to: number }[] | null {
  if (clips < 2) return null;
  const middle = Math.ceil(clips / 2);
  return [
    { from: 0, to: middle },
    { from: middle, to: clips },
  ];
}

/** A pass over several clips by clips, one over a stretch of frames by frames that overlap by the temporal radius. */
export function halvedPass(
  { output, temporalRadius }: ModelCard,
  { pass: { keep }, batch }: ReadPass,
): ReadPass[] | null {
  const [n, frames] = batch.shape;
  const ofClips = halvedClips(n)?.map(({ from, to }) => ({
    pass: { keep: { from: 0, rows: to - from } },
    batch: clipsBetween(batch, from, to),
  }));
  if (ofClips !== undefined) return ofClips;
  if (output === 'clip' || temporalRadius === undefined || keep.rows < 2) return null;
  const middle = keep.from + Math.ceil(keep.rows / 2);
  const [end, start] = [Math.min(frames, middle + temporalRadius), Math.max(0, middle - temporalRadius)];
  return [
    { pass: { keep: { from: keep.from, rows: middle - keep.from } }, batch: framesBetween(batch, 0, end) },
    {
      pass: { keep: { from: middle - start, rows: keep.from + keep.rows - middle } },
      batch: framesBetween(batch, start, frames),
    },
  ];
}

/** Of a batch of one clip. */
function framesBetween({ bytes, shape: [, t, ...frame] }: ClipBatch, from: number, to: number): ClipBatch {
  const cut = clipsBetween({ bytes, shape: [t, 1, ...frame] }, from, to);
  return { bytes: cut.bytes, shape: [1, to - from, ...frame] };
}
