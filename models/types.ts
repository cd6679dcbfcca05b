import type { Tensor, Tensor1D, Tensor3D, Tensor5D } from '@tensorflow/tfjs-core';

/** Named tensors: `stage.layer.kernel` and so on; names are those of the stored checkpoint. */
export type NamedTensors = Record<string, Tensor>;

/** What a network learns (`params`) and what it keeps beside that (`buffers`: running statistics). */
export type Variables = { params: NamedTensors; buffers: NamedTensors };

/**
 * How a network is applied. Training draws dropout masks from `seed`, puts new running statistics into `bufferUpdates`
 * and what the network itself wants to be small, for each clip [n], into `penalties`, where they are given; the caller
 * owns these tensors.
 */
export type ApplyMode =
  | { training: false }
  | { training: true; seed: number; bufferUpdates: NamedTensors; penalties?: Tensor1D[] };

export type ModelOptions = {
  classes: number;
  cropSize: number;
  clipFrames: number;
  dropout: number;
  /** Where the network pools, `4,3,3`; for networks whose pools can be searched. Absent: their default. */
  poolAt?: string | undefined;
  /** Channels and units as a share of the published ones, for networks that can be scaled. Absent: 1. */
  width?: number | undefined;
  /** Whether each convolution is followed by a normalisation of each frame, for the same networks. */
  frameNorm?: boolean | undefined;
  /** Of `spatial-attention`. Absent: the published ones. */
  attention?: AttentionOptions | undefined;
};

/** Blocks of the body, places that each frame is looked at, and the factor C of their penalty. */
export type AttentionOptions = { blocks: number; hops: number; penalty: number };

/** The part of a network that reads all clips of a video in order. */
export interface ClipSequence {
  /** Names of the parameters that only this part reads. */
  readonly params: readonly string[];
  /**
   * @param features - [n,p,d], what the network gives for the p clips of n videos
   * @returns [n,p,k] logits of each clip, which depend on the clips before it
   */
  apply(variables: Variables, features: Tensor3D, mode: ApplyMode): Tensor3D;
}

/** A network: pure functions over named variables. */
export interface Model {
  readonly options: ModelOptions;
  /** Fresh variables that the caller owns. `uniform` gives numbers in [0, 1). */
  init(uniform: () => number): Variables;
  /**
   * @param clips - [n,t,h,w,c] f32, normalised
   * @returns [n,t,k] logits of each frame for `output: 'frame'`, [n,1,k] for `output: 'clip'`; [n,1,d] features of each
   *   clip for a network with a `sequence`
   */
  apply(variables: Variables, clips: Tensor5D, mode: ApplyMode): Tensor3D;
  /** Present where clips are not judged one by one. */
  readonly sequence?: ClipSequence;
  /**
   * Present where a network looks at places: how much each place of the last map counts.
   * @returns [n,t,a,h,w] for a hops, 1 in sum over h and w; the caller owns it
   */
  attentionMaps?(variables: Variables, clips: Tensor5D): Tensor5D;
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
  /** `own-probability`: clips of a video are trained by their own probability of its label. Absent: pooled as the video. */
  readonly clipLoss?: 'own-probability';
  /** Frames of a clip unless asked otherwise. Absent: 16. */
  readonly clipFrames?: number;
  /** Frames between scored clip positions unless asked otherwise. */
  readonly scoreStride: number;
  create(options: ModelOptions): Model;
}
