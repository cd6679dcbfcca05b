import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import type { ComputeProgram } from '../compute-program.ts';
import { programFor, runProgram, type TensorPart } from '../dispatch.ts';
import type { Products } from '../products.ts';
import { withScratch } from '../ops/scratch.ts';
import { gemmProgram } from './gemm-kernel.ts';
import { coreOf, gemmPlan, type GemmChoice, type GemmPlan } from './gemm-plan.ts';
import type { GemmProblem } from './problem.ts';
import { partialSink, resultSink } from './result.ts';
import { SUM_WORKGROUP, sumSplitsProgram } from './sum-splits-kernel.ts';
import { describeTile } from './tile.ts';

/** A product and the tensors of its operands. */
export type GemmWork = { problem: GemmProblem; left: TensorPart; right: TensorPart };

export type GemmTarget = { bias?: TensorInfo; result: TensorPart };

/**
 * Computes the sum of products that differ only in their operands and depth: one for most uses, several where operands
 * are too long for a shader and are cut along the depth. The order of summation depends on shapes alone.
 */
export function runGemm(backend: CheckedWebGpuBackend, works: readonly GemmWork[], target: GemmTarget): void {
  const [first] = works;
  if (first === undefined) return;
  const { problem, left } = first;
  if (problem.depth === 0) return sumSplits(backend, problem, { partials: left, splits: 0, ...target });
  runPlanned(
    backend,
    works.map((work) => ({ ...work, plan: planFor(work.problem, backend.products.choose(work.problem)) })),
    target,
  );
}

/** One product with a tile and splits of the caller's. */
export function runGemmAs(backend: CheckedWebGpuBackend, work: GemmWork, target: GemmTarget, choice: GemmChoice): void {
  runPlanned(backend, [{ ...work, plan: planFor(work.problem, choice) }], target);
}

/** What {@link runGemmAs} runs without a bias. */
export function programsAs(
  { products }: CheckedWebGpuBackend,
  problem: GemmProblem,
  choice: GemmChoice,
): ComputeProgram[] {
  const plan = planFor(problem, choice);
  const partial = plan.splits > 1;
  const product = productProgram(products, problem, { plan, partial });
  return partial ? [product, sumProgram(problem)] : [product];
}

type PlannedWork = GemmWork & { plan: GemmPlan };

function runPlanned(backend: CheckedWebGpuBackend, works: readonly PlannedWork[], target: GemmTarget): void {
  const splits = works.reduce((total, { plan }) => total + plan.splits, 0);
  const [first] = works as [PlannedWork];
  if (splits === 1) return runPart(backend, first, { ...target, firstSplit: 0, partial: false });
  const { rows, layout } = first.problem;
  withScratch(backend, [splits, rows, layout.columns], (partials) => {
    let firstSplit = 0;
    for (const work of works) {
      runPart(backend, work, { result: partials, firstSplit, partial: true });
      firstSplit += work.plan.splits;
    }
    sumSplits(backend, first.problem, { partials, splits, ...target });
  });
}

function planFor({ rows, depth, layout }: GemmProblem, choice: GemmChoice): GemmPlan {
  return gemmPlan({ rows, depth, columns: layout.columns }, choice);
}

function runPart(
  backend: CheckedWebGpuBackend,
  { problem, left, right, plan }: PlannedWork,
  { bias, result, firstSplit, partial }: GemmTarget & { firstSplit: number; partial: boolean },
): void {
  const { rowTiles, steps, stepsPerSplit, workgroups } = plan;
  const { rows, depth } = problem;
  runProgram(backend, productProgram(backend.products, problem, { plan, partial }), {
    tensors: bias === undefined ? [left, right, result] : [left, right, bias, result],
    uniforms: { rows, depth, rowTiles, steps, stepsPerSplit, firstSplit },
    workgroups,
  });
}

function productProgram(
  products: Products,
  { key, left, right, layout }: GemmProblem,
  { plan: { tile }, partial }: { plan: GemmPlan; partial: boolean },
): ComputeProgram {
  const epilogue = partial ? 'partial' : `${layout.bias} ${layout.relu}`;
  const label = `${key} ${describeTile(tile)} ${tile.kind === 'matrix' ? products.name : ''} ${epilogue}`;
  return programFor(label, () =>
    gemmProgram({
      ...{ label, tile, left, right, columns: layout.columns },
      core: coreOf(tile, products.limits.matrix),
      sink: partial ? partialSink(layout.columns) : resultSink(layout),
    }),
  );
}

function sumSplits(
  backend: CheckedWebGpuBackend,
  problem: GemmProblem,
  { partials, splits, bias, result }: GemmTarget & { partials: TensorPart; splits: number },
): void {
  const { rows, layout } = problem;
  runProgram(backend, sumProgram(problem), {
    tensors: bias === undefined ? [partials, result] : [partials, bias, result],
    uniforms: { rows, splits },
    workgroups: Math.ceil((rows * Math.ceil(layout.columns / 4)) / SUM_WORKGROUP),
  });
}

function sumProgram({ key, layout }: GemmProblem): ComputeProgram {
  const label = `${key} sum of splits ${layout.bias} ${layout.relu}`;
  return programFor(label, () => sumSplitsProgram(label, layout));
}
