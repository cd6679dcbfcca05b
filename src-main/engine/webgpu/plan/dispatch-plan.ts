/** What a product would do on a GPU: told by the code that dispatches it, without a GPU. */
import { gemmPlan } from '../gemm/gemm-plan.ts';
import { operationsOf, type GemmProblem } from '../gemm/problem.ts';
import { describeTile } from '../gemm/tile.ts';
import { kernelCost, type ProductLimits } from './choose-tile.ts';
import { staticChoice } from './static-choice.ts';
import type { GpuModel } from './gpu-model.ts';
import { predict } from './predict.ts';

export type DispatchPlan = {
  tile: string;
  splits: number;
  workgroups: number;
  threads: number;
  workgroupBytes: number;
  /** Needed operations, without those on padding of tiles; and what must be read and written at least. */
  operations: number;
  bytes: number;
  predicted: { gpu: string; ms: number; tflops: number; occupancy: number; boundBy: 'products' | 'memory' }[];
};

export function dispatchPlan(problem: GemmProblem, limits: ProductLimits, gpus: readonly GpuModel[]): DispatchPlan {
  const { rows, depth, bytes, layout, left, right } = problem;
  const extents = { rows, depth, columns: layout.columns };
  const plan = gemmPlan(extents, staticChoice(problem, limits));
  const kernel = kernelCost(plan.tile, { left: left.contiguous, right: right.contiguous }, limits.matrix);
  const operations = operationsOf(problem);
  return {
    ...{ tile: describeTile(plan.tile), splits: plan.splits, workgroups: plan.workgroups },
    ...{ threads: kernel.threads, workgroupBytes: kernel.workgroupBytes, operations, bytes },
    predicted: gpus.map((gpu) => {
      const { ms, computeMs, memoryMs, occupancy } = predict(plan, extents, { kernel, bytes }, gpu);
      const boundBy = computeMs >= memoryMs ? 'products' : 'memory';
      return { gpu: gpu.name, ms, tflops: operations / (1e9 * ms), occupancy, boundBy };
    }),
  };
}
