import type { Tensor } from '@tensorflow/tfjs-core';
import type { Values } from './values.ts';

/**
 * One computation that every engine must do as plain loops do it. A case knows neither the engine nor the test runner
 * nor files, so that the same list runs in tests, in a child process and in a pack for another machine.
 */
export type ConformanceCase = {
  /** Line of the coverage table. */
  op: string;
  /** Unique among the cases of its op. */
  what: string;
  inputs: readonly Values[];
  /** On the current backend; the inputs belong to the caller. Int32 values come as int32 tensors, others as f32. */
  compute: (...inputs: Tensor[]) => Tensor[];
  /** The same by the definition, in double precision. */
  reference: (...inputs: Values[]) => Values[];
  /** Inputs whose gradients are checked against finite differences of the reference. */
  gradientsOf: readonly number[];
  /** Outputs, from the first on, that the gradients are of; 1 unless given. */
  outputsInLoss?: number;
  /** Largest error of a value, relative to the largest value of its tensor; {@link TOLERANCE} unless given. */
  tolerance?: number;
  /** Multiply-adds of one forward pass where these are many: slow engines leave large cases out. */
  multiplyAdds?: number;
};

/** Sums of a few hundred products of f32 numbers, and Winograd's larger tiles, stay below. */
export const TOLERANCE = 2e-5;

/** "conv3d: 3x3x3, …", unique among all cases. */
export function nameOf({ op, what }: Pick<ConformanceCase, 'op' | 'what'>): string {
  return `${op}: ${what}`;
}
