import type { TileMemory, TileNumber } from './tile-memory.ts';

/** The operands' blocks of one step. */
export type TileMemories = { left: TileMemory; right: TileMemory };

/**
 * What a workgroup does with two blocks in its memory: the inner part of a product kernel, as WGSL. `local` is the index
 * of the invocation, `firstRow` and `firstColumn` are where the block lies in the whole result.
 */
export type TileCore = {
  threads: number;
  /** How the operands lie in workgroup memory. */
  number: TileNumber;
  vector: 1 | 4;
  directives: string;
  attributes: string;
  declarations(memories: TileMemories): string;
  /** Bytes of workgroup memory beside the operands' blocks. */
  scratchBytes: number;
  /** Statements before the first step: sums of zeros. */
  setup: string;
  /** Statements that add one step's products to the sums. */
  multiply(memories: TileMemories): string;
  /** Statements that call `writeResult(row, column, four)` for every four columns of the block. */
  results: string;
};
