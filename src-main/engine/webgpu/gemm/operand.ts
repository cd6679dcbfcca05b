import type { RunWidth } from './run-width.ts';
import type { Contiguous, Side } from './tile-memory.ts';

/**
 * Where an operand of a product comes from, as WGSL. With `left` as the side, `wgsl` declares
 * - `struct LeftOuter` and `fn leftOuter(outer: u32) -> LeftOuter`: what is known of a row before the first step;
 * - `struct LeftDepth` and `fn leftDepth(depth: u32) -> LeftDepth`: what is known of a place along the depth;
 * - `fn leftFour(outer: LeftOuter, depth: LeftDepth, offset: u32) -> vec4<f32>`: four neighbours along `contiguous`, the
 *   first `offset` after the given place; zeros outside the operand. With a `width` of 8, for tensors of halves,
 *   `fn leftEight(…) -> vec4<u32>`: eight neighbours, two f16 in each u32.
 */
export type Operand = {
  side: Side;
  contiguous: Contiguous;
  /** Scalars that are read at once. */
  width: RunWidth;
  /** Element of the tensor's array: vec4<u32> for halves; vec4<f32> where lines are a multiple of four long, else f32. */
  element: 'f32' | 'vec4<f32>' | 'vec4<u32>';
  /** Runs of the depth of this length, from multiples of it, share one `leftDepth`; only where `contiguous` is depth. */
  sharedDepth: number;
  wgsl: string;
};

/** Name of the function that reads a run. */
export function runFunctionName(side: Side, width: RunWidth): string {
  return `${side}${width === 4 ? 'Four' : 'Eight'}`;
}

/** "left" to "Left". */
export function typePrefix(side: Side): 'Left' | 'Right' {
  return side === 'left' ? 'Left' : 'Right';
}
