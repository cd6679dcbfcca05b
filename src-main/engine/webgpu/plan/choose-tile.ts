/** Tiles and splits of the depth for a product, by the time that a model of a GPU expects. */
import { coreOf, gemmPlan, type GemmChoice, type GemmExtents } from '../gemm/gemm-plan.ts';
import { workgroupBytes } from '../gemm/gemm-kernel.ts';
import type { MatrixOps } from '../gemm/matrix-ops.ts';
import type { Contiguous } from '../gemm/tile-memory.ts';
import type { Tile } from '../gemm/tile.ts';
import type { GpuModel } from './gpu-model.ts';
import { registersPerThread, type KernelCost } from './occupancy.ts';
import { predict } from './predict.ts';
import { tileCandidates } from './tile-candidates.ts';

/** What kernels may take on a device. */
export type ProductLimits = {
  matrix: MatrixOps | null;
  workgroupBytes: number;
  invocations: number;
  /** Workgroups are a multiple of this many invocations; where matrices are used, of the largest subgroup. */
  invocationMultiple: number;
};

/** Extents of a product, how its operands lie, and the bytes it must at least read and write. */
export type ProductShape = GemmExtents & { left: Contiguous; right: Contiguous; bytes: number };

/** More parts than this only add up longer. */
const MOST_SPLITS = 128;
/** Partial results take at most this much memory. */
const MOST_PARTIAL_BYTES = 256 * 2 ** 20;

/**
 * All choices for a product, the one of least expected time first.
 * @throws Error when not even the smallest tile fits the device
 */
export function rankChoices(shape: ProductShape, limits: ProductLimits, gpu: GpuModel): GemmChoice[] {
  const choices = tilesThatFit(shape, limits).flatMap(({ tile, kernel }) =>
    splitsFor(shape, tile).map((splits) => {
      const plan = gemmPlan(shape, { tile, splits });
      return { tile, splits, ms: predict(plan, shape, { kernel, bytes: shape.bytes }, gpu).ms };
    }),
  );
  if (choices.length === 0) throw new Error('No tile fits the workgroup memory of this GPU.');
  return choices.sort((a, b) => a.ms - b.ms).map(({ tile, splits }) => ({ tile, splits }));
}

export function tilesThatFit(shape: ProductShape, limits: ProductLimits): { tile: Tile; kernel: KernelCost }[] {
  return tileCandidates(limits.matrix)
    .map((tile) => ({ tile, kernel: kernelCost(tile, shape, limits.matrix) }))
    .filter(
      ({ kernel }) =>
        kernel.workgroupBytes <= limits.workgroupBytes &&
        kernel.threads <= limits.invocations &&
        kernel.threads % limits.invocationMultiple === 0,
    );
}

export function kernelCost(
  tile: Tile,
  { left, right }: Pick<ProductShape, 'left' | 'right'>,
  matrix: MatrixOps | null,
): KernelCost {
  const core = coreOf(tile, matrix);
  return {
    threads: core.threads,
    workgroupBytes: workgroupBytes({
      tile,
      core,
      left: { side: 'left', contiguous: left },
      right: { side: 'right', contiguous: right },
    }),
    registersPerThread: registersPerThread(tile, core.threads),
  };
}

function splitsFor({ rows, columns, depth }: GemmExtents, tile: Tile): number[] {
  const steps = Math.ceil(depth / tile.depth);
  const most = Math.min(MOST_SPLITS, steps, Math.floor(MOST_PARTIAL_BYTES / (4 * rows * columns)));
  const splits = [1];
  for (let next = 2; next <= most; next *= 2) splits.push(next);
  return splits;
}
