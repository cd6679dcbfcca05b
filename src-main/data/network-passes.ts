/**
 * How a whole video goes through a network in parts of bounded memory, and how the outputs become clip logits.
 * A network with `frame` output sees each run of faces once, in stretches that overlap by its temporal radius; clip
 * logits are windowed maxima of its frame logits (algorithms.md 1.3f). A network with `clip` output sees every clip.
 * The rows of all passes, one after another, are the frames of the runs, or the clips, in order; none comes twice.
 */
import {
  concat,
  gather,
  slice,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { temporalMaxPool } from '../../models/ops/temporal-softmax-pool.ts';
import { windowMax } from '../../models/ops/window-max.ts';
import type { ApplyMode, Model, ModelCard, Variables } from '../../models/types.ts';
import { lengthOf, type ClipPositions } from './clip-positions.ts';
import type { FrameRun } from './clip-source.ts';

/** A network as it is used: what it is and what it has learned. */
export type ModelInstance = { card: ModelCard; model: Model; variables: Variables };

/** One forward pass: clips cut from one stretch of frames. */
export type NetworkPass = {
  /** Frames to read; the clips end in black where they reach beyond. */
  stretch: FrameRun;
  /** First frame of each clip. */
  starts: readonly number[];
  /** t, frames of each clip. */
  frames: number;
  /** Rows of the output [n·t',k] that count. */
  keep: { from: number; rows: number };
};

/** Pixels of input in one pass: 128 frames of 112 pixels a side. */
const PIXELS_PER_PASS = 128 * 112 * 112;

/**
 * Plans the passes of a video.
 * @param size - side of the input in pixels
 * @param pixelsPerPass - bound on the pixels of a pass; one clip is always allowed
 */
export function networkPasses(
  card: Pick<ModelCard, 'output' | 'temporalRadius'>,
  positions: ClipPositions,
  size: number,
  pixelsPerPass: number = PIXELS_PER_PASS,
): NetworkPass[] {
  const frames = Math.max(1, Math.floor(pixelsPerPass / size ** 2));
  if (card.output === 'clip') return clipPasses(positions, Math.max(1, Math.floor(frames / positions.clipFrames)));
  return positions.runs.flatMap((run) => framePasses(run, positions, frames, card.temporalRadius));
}

/**
 * Applies the network to the clips of one pass.
 * @param clips - [n,t,h,w,c] f32, normalised
 * @returns [rows,k]: frame or clip logits
 */
export function passRows(
  { model, variables }: ModelInstance,
  pass: Pick<NetworkPass, 'keep'>,
  clips: Tensor5D,
  mode: ApplyMode,
): Tensor2D {
  return tidy(() => {
    const logits = model.apply(variables, clips, mode);
    const [n, t, k] = logits.shape;
    const rows: Tensor2D = logits.reshape([n * t, k]);
    return slice(rows, [pass.keep.from, 0], [pass.keep.rows, k]);
  });
}

/**
 * Clip logits of a video from the rows of its passes. Differentiable. Black frames never win the maximum.
 * @param rows - [rows,k] of all passes
 * @returns [1,p,k]
 */
export function clipLogitsOfRows(output: ModelCard['output'], positions: ClipPositions, rows: Tensor2D): Tensor3D {
  const [count, k] = rows.shape;
  if (output === 'clip') return rows.reshape([1, count, k]);
  return tidy(() => {
    let from = 0;
    const parts = positions.runs.map((run, r) => {
      const frameLogits: Tensor3D = slice(rows, [from, 0], [lengthOf(run), k]).reshape([1, lengthOf(run), k]);
      from += lengthOf(run);
      const windows = windowMax(frameLogits, positions.clipFrames, 1);
      const wanted = windowsOf(positions, r);
      return wanted.length === windows.shape[1] ? windows : gather(windows, tensor1d(wanted, 'int32'), 1);
    });
    return concat(parts, 1);
  });
}

/**
 * {@link clipLogitsOfRows}, judged in order where the network reads clips as a sequence.
 * @param rows - [rows,k] of all passes; [rows,d] for such a network
 * @returns [1,p,k]
 */
export function videoClipLogits(
  { card, model, variables }: ModelInstance,
  positions: ClipPositions,
  rows: Tensor2D,
  mode: ApplyMode,
): Tensor3D {
  return tidy(() => {
    const outputs = clipLogitsOfRows(card.output, positions, rows);
    return model.sequence?.apply(variables, outputs, mode) ?? outputs;
  });
}

/**
 * Logits of clips that go through the network together: of a network with `frame` output the maximum over the real
 * frames (algorithms.md 1.3f); a network that reads sequences takes each clip for one of its own. Differentiable.
 * @param clips - [n,t,h,w,c] f32, normalised
 * @param realFrames - [n], frames of each clip that are not black
 * @returns [n,k]
 */
export function clipLogits(
  { card, model, variables }: ModelInstance,
  clips: Tensor5D,
  realFrames: readonly number[],
  mode: ApplyMode,
): Tensor2D {
  return tidy(() => {
    const features = model.apply(variables, clips, mode);
    const outputs = model.sequence?.apply(variables, features, mode) ?? features;
    const [n, t, k] = outputs.shape;
    const perClip = card.output === 'clip' ? outputs : maxOverFrames(outputs, realFrames, t);
    return perClip.reshape([n, k]);
  });
}

function maxOverFrames(frameLogits: Tensor3D, realFrames: readonly number[], t: number): Tensor {
  if (realFrames.every((real) => real === t)) return windowMax(frameLogits, t, 1);
  const mask = realFrames.map((real) => Array.from({ length: t }, (_, frame) => (frame < real ? 1 : 0)));
  return temporalMaxPool(frameLogits, tensor2d(mask));
}

/** Positions of run `r`, counted from its first frame. */
function windowsOf({ runs, starts, runOf }: ClipPositions, r: number): number[] {
  return Array.from(starts).flatMap((start, p) => (runOf[p] === r ? [start - runs[r]!.start] : []));
}

function clipPasses(positions: ClipPositions, clipsPerPass: number): NetworkPass[] {
  const starts = Array.from(positions.starts);
  const passes: NetworkPass[] = [];
  for (let from = 0; from < starts.length;) {
    let to = from;
    while (to < Math.min(from + clipsPerPass, starts.length) && positions.runOf[to] === positions.runOf[from]) to++;
    const chunk = starts.slice(from, to);
    passes.push({
      stretch: { start: chunk[0]!, end: chunk.at(-1)! + positions.realFrames },
      starts: chunk,
      frames: positions.clipFrames,
      keep: { from: 0, rows: chunk.length },
    });
    from = to;
  }
  return passes;
}

function framePasses(run: FrameRun, { clipFrames }: ClipPositions, frames: number, radius?: number): NetworkPass[] {
  const halo = radius ?? 0;
  const whole = lengthOf(run) <= frames || radius === undefined;
  const core = whole ? lengthOf(run) : Math.max(1, frames - 2 * halo);
  const passes: NetworkPass[] = [];
  for (let from = run.start; from < run.end; from += core) {
    const to = Math.min(from + core, run.end);
    const stretch = { start: Math.max(run.start, from - halo), end: Math.min(run.end, to + halo) };
    passes.push({
      stretch,
      starts: [stretch.start],
      frames: whole ? Math.max(clipFrames, lengthOf(stretch)) : lengthOf(stretch),
      keep: { from: from - stretch.start, rows: to - from },
    });
  }
  return passes;
}
