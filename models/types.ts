import type { Tensor, Tensor3D, Tensor5D } from '@tensorflow/tfjs-core';

/** Named tensors: `stage.layer.kernel` and so on; names are those of the stored checkpoint. */
export type NamedTensors = Record<string, Tensor>;

/** What a network learns (`params`) and what it keeps beside that (`buffers`: running statistics). */
export type Variables = { params: NamedTensors; buffers: NamedTensors };

/**
 * How a network is applied. Training draws dropout masks from `seed` and puts new running statistics into
 * `bufferUpdates` (tensors the caller owns).
 */
export type ApplyMode = { training: false } | { training: true; seed: number; bufferUpdates: NamedTensors };

export type ModelOptions = {
  classes: number;
  cropSize: number;
  clipFrames: number;
  dropout: number;
  /** Where the network pools, `4,3,3`; for networks whose pools can be searched. Absent: their default. */
  poolAt?: string | undefined;
};

/** A network: pure functions over named variables. */
export interface Model {
  readonly options: ModelOptions;
  /** Fresh variables that the caller owns. `uniform` gives numbers in [0, 1). */
  init(uniform: () => number): Variables;
  /**
   * @param clips - [n,t,h,w,c] f32, normalised
   * @returns [n,t,k] logits of each frame for `output: 'frame'`, [n,1,k] for `output: 'clip'`
   */
  apply(variables: Variables, clips: Tensor5D, mode: ApplyMode): Tensor3D;
  /** Names of parameters that belong to the head; the others are the backbone (per-group learning rates). */
  readonly headParams: readonly string[];
}

/** An entry of the registry. */
export interface ModelCard {
  readonly name: string;
  readonly title: string;
  /** Paper the network comes from. */
  readonly source: string;
  /**
   * `frame`: logits for every frame, clip logits are their windowed maximum (algorithms.md 1.3f);
   * `clip`: one vector of logits for exactly `clipFrames` frames.
   */
  readonly output: 'frame' | 'clip';
  /**
   * `frame` only: frames on either side that can change a frame's logits, so that long videos can be scored in parts.
   * Absent: unknown, a video is scored in one pass.
   */
  readonly temporalRadius?: number;
  /** Side of the input in pixels unless asked otherwise. */
  readonly cropSize: number;
  /** Frames between scored clip positions unless asked otherwise. */
  readonly scoreStride: number;
  create(options: ModelOptions): Model;
}
