import type { Operand } from './operand.ts';
import type { ResultLayout } from './result.ts';

/**
 * A product C [rows, columns] = left [rows, depth] · right [depth, columns] in the abstract. Text and key do not depend
 * on `rows` and `depth` where these count clips, so that a batch of another size runs the same program.
 */
export type GemmProblem = {
  /** Tells all that the operands' and the layout's WGSL depend on. */
  key: string;
  rows: number;
  depth: number;
  left: Operand;
  right: Operand;
  layout: ResultLayout;
  /** Elements of the tensors that it reads and writes, four bytes each (two halves), for the whole of it. */
  sizes: { left: number; right: number; result: number };
  /** What must be read and written at least: operands as they lie in memory, and the result. */
  bytes: number;
};

/** Multiply-add counted as two. */
export function operationsOf({ rows, depth, layout }: Pick<GemmProblem, 'rows' | 'depth' | 'layout'>): number {
  return 2 * rows * depth * layout.columns;
}
