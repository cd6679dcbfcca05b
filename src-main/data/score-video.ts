import { concat, dispose, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import type { ResolvedConfig } from '../contract/config.ts';
import { clipTensor, readClips, type ClipBatch } from './batches.ts';
import { clipPositions, type ClipPositions } from './clip-positions.ts';
import type { ClipSource, ClipVideo } from './clip-source.ts';
import { halvedPass, rowsInHalves, type ReadPass } from './divided-pass.ts';
import { networkPasses, passRows, videoClipLogits, type ModelInstance, type NetworkPass } from './network-passes.ts';
import { readAhead } from './read-ahead.ts';

/** Logits of every clip position of a video: `starts` [p] in frames, `logits` [p][k]. */
export type ScoredClips = { starts: number[]; logits: number[][] };

export type ScoringConfig = Pick<ResolvedConfig, 'clipFrames' | 'cropSize' | 'scoreStride'>;

/**
 * Scores all clip positions of a video, in parts of bounded memory, and in halves of these where memory runs out; the
 * values are those of one pass over the video.
 * @returns empty lists for a video without runs
 * @throws AppError `out-of-memory` where a single clip does not fit
 */
export async function scoreVideo(
  instance: ModelInstance,
  video: ClipVideo,
  clips: ClipSource,
  config: ScoringConfig,
): Promise<ScoredClips> {
  for await (const { scored } of scoreVideos(instance, [video], clips, config)) return scored;
  throw new Error('unreachable: one video in, one result out');
}

/** {@link scoreVideo} for each of many; the next pictures are read while the network works on the present ones. */
export async function* scoreVideos(
  instance: ModelInstance,
  videos: readonly ClipVideo[],
  clips: ClipSource,
  config: ScoringConfig,
): AsyncGenerator<{ video: ClipVideo; scored: ScoredClips }, void, undefined> {
  const plans = videos.map((video) => planOf(instance, video, config));
  const batches = readAhead(readsOf(plans, clips, config));
  for (const { video, positions, passes } of plans) {
    const rows: Tensor2D[] = [];
    try {
      for (const pass of passes) rows.push(rowsOf(instance, pass, (await batches.next()).value as ClipBatch));
      yield { video, scored: await scoredClips(instance, positions, rows) };
    } finally {
      dispose(rows);
    }
  }
}

type VideoPlan = { video: ClipVideo; positions: ClipPositions; passes: NetworkPass[] };

function planOf({ card }: ModelInstance, video: ClipVideo, config: ScoringConfig): VideoPlan {
  const positions = clipPositions(video, config.clipFrames, config.scoreStride);
  return { video, positions, passes: networkPasses(card, positions, config.cropSize) };
}

function* readsOf(plans: readonly VideoPlan[], clips: ClipSource, { cropSize: size }: ScoringConfig) {
  for (const { video, passes } of plans) for (const pass of passes) yield () => readPass(clips, video.id, pass, size);
}

/** Reads the clips of a pass; frames that they share are read once. */
export async function readPass(
  clips: ClipSource,
  videoId: string,
  pass: NetworkPass,
  size: number,
): Promise<ClipBatch> {
  const { stretch, starts, frames } = pass;
  const span = Math.max(stretch.end - stretch.start, starts.at(-1)! - stretch.start + frames);
  const request = { videoId, start: stretch.start, realFrames: stretch.end - stretch.start };
  const { bytes, shape } = await readClips(clips, [request], { frames: span, size });
  if (starts.length === 1) return { bytes, shape };
  const frameBytes = size * size * shape[4];
  const cut = new Uint8Array(starts.length * frames * frameBytes);
  starts.forEach((start, n) => {
    const from = (start - stretch.start) * frameBytes;
    cut.set(bytes.subarray(from, from + frames * frameBytes), n * frames * frameBytes);
  });
  return { bytes: cut, shape: [starts.length, frames, size, size, shape[4]] };
}

function rowsOf(instance: ModelInstance, pass: NetworkPass, batch: ClipBatch): Tensor2D {
  return rowsInHalves<ReadPass>(
    { pass, batch },
    (part) => tidy(() => passRows(instance, part.pass, clipTensor(part.batch, null), { training: false })),
    (part) => halvedPass(instance.card, part),
  );
}

async function scoredClips(
  instance: ModelInstance,
  positions: ClipPositions,
  rows: readonly Tensor2D[],
): Promise<ScoredClips> {
  if (rows.length === 0) return { starts: [], logits: [] };
  const logits = tidy(() =>
    videoClipLogits(instance, positions, concat([...rows], 0), { training: false }).squeeze<Tensor2D>([0]),
  );
  try {
    return { starts: Array.from(positions.starts), logits: await logits.array() };
  } finally {
    logits.dispose();
  }
}
