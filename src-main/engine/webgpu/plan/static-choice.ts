import type { GemmChoice } from '../gemm/gemm-plan.ts';
import type { GemmProblem } from '../gemm/problem.ts';
import { rankChoices, type ProductLimits } from './choose-tile.ts';
import { H100 } from './gpu-model.ts';

/** WebGPU does not tell how many multiprocessors a GPU has; choices are ranked as for a large one. */
export function rankedChoices(
  { rows, depth, layout, left, right, bytes }: GemmProblem,
  limits: ProductLimits,
): GemmChoice[] {
  const shape = { rows, depth, columns: layout.columns, left: left.contiguous, right: right.contiguous, bytes };
  return rankChoices(shape, limits, H100);
}

/** The choice without tuning. */
export function staticChoice(problem: GemmProblem, limits: ProductLimits): GemmChoice {
  return rankedChoices(problem, limits)[0] as GemmChoice;
}
