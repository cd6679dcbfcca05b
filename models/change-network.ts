import type { Tensor2D, Tensor5D } from '@tensorflow/tfjs-core';
import type { ParamSpecs } from './network.ts';
import type { NamedTensors } from './types.ts';

/**
 * What is drawn at random for the clips of a batch: `noise` [n][z] in -1..1, `mirrors` [n] (-1: mirrored), the order of
 * colour changes, and the seed of dropout masks.
 */
export type AugmenterDraw = { noise: number[][]; mirrors: number[]; order: number[]; seed: number };

/** What decides how an augmenter changes clips. */
export interface ChangeNetwork {
  /** z, numbers of noise for a clip. */
  readonly noise: number;
  readonly specs: ParamSpecs;
  /**
   * Changes of a draw before their limits, [n,parameters]. Differentiable in the weights.
   * @param clips - [n,t,h,w,3] int32 bytes, for networks that look at them
   */
  outputs(weights: NamedTensors, draw: AugmenterDraw, clips: Tensor5D): Tensor2D;
}
