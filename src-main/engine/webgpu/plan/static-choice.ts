import type { GemmChoice } from '../gemm/gemm-plan.ts';
import type { GemmProblem } from '../gemm/problem.ts';
import { chooseTile, type ProductLimits } from './choose-tile.ts';
import { H100 } from './gpu-model.ts';

/** WebGPU does not tell how many multiprocessors a GPU has; the static choice is that of a large one. */
export function choiceFor({ rows, depth, layout, left, right, bytes }: GemmProblem, limits: ProductLimits): GemmChoice {
  const shape = { rows, depth, columns: layout.columns, left: left.contiguous, right: right.contiguous, bytes };
  return chooseTile(shape, limits, H100);
}
