import type { TileMemory, TileNumber } from './tile-memory.ts';

/** Products of a matrix [m,k] with a matrix [k,n], summed in f32. */
export type MatrixShape = { m: number; n: number; k: number };

/**
 * Matrices that the invocations of a subgroup hold together: the only part of the kernels that a GPU's matrix units
 * decide. `matrix-intrinsics.ts` and `matrix-polyfill.ts` implement it; everything else is the same for both.
 * All functions return WGSL. The kernel around it declares `lane` (index in the subgroup), `subgroup` (index of the
 * subgroup) and `resultTile`, an array of one result [m,n] for each subgroup.
 */
export type MatrixOps = {
  shape: MatrixShape;
  /** Invocations that hold a matrix together. */
  subgroupSize: number;
  /** How operands lie in workgroup memory. */
  number: TileNumber;
  /** Scalars in an element of workgroup memory. */
  vector: 1 | 4;
  directives: string;
  /** Attributes of the entry point. */
  attributes: string;
  /** Declarations of the module for a workgroup of so many subgroups. */
  declarations(memory: { left: TileMemory; right: TileMemory }, subgroups: number): string;
  /** Bytes of workgroup memory that the declarations take. */
  scratchBytes(subgroups: number): number;
  /** A statement that declares `name`, a result of zeros. */
  declareResult(name: string): string;
  /** An expression: the matrix whose first scalar is at `index` of the operand's tile. */
  load(memory: TileMemory, index: string): string;
  /** A statement: result += left · right. */
  multiplyAccumulate(names: { result: string; left: string; right: string }): string;
  /** A statement: writes a result to `resultTile`, at its subgroup's place. */
  store(result: string): string;
};

/** Scalars of one result; `resultTile` holds one for each subgroup. */
export function resultScalars({ m, n }: MatrixShape): number {
  return m * n;
}
