/**
 * Predicted time of a product on a GPU, from shapes alone. The rate of matrix tiles was fitted to tiles of 256x128 to
 * 64x64 measured on an H100 in the forward kernel (266 to 138 TFLOP/s; test/engine/webgpu/tile-choice.test.ts holds it to a
 * quarter), that of f32 tiles to one (34); everything else that it says is extrapolated.
 */
import type { GemmExtents, GemmPlan } from '../gemm/gemm-plan.ts';
import type { Tile } from '../gemm/tile.ts';
import type { GpuModel } from './gpu-model.ts';
import { residentWorkgroups, type KernelCost } from './occupancy.ts';

/**
 * Share of the peak of an endless tile of `depth`, and how fast it falls with smaller ones: rate = peak · share / (1 +
 * fall · (1/rows + 1/columns)). For registers the fall is assumed.
 */
const RATES: Record<Tile['kind'], { share: number; fall: number; depth: number }> = {
  matrix: { share: 1.07, fall: 128, depth: 32 },
  registers: { share: 0.75, fall: 20, depth: 16 },
};

/** The two barriers of a step are assumed to cost as much as so many places of the depth. */
const STEP_COST = 4;

/** One workgroup of few threads leaves a multiprocessor idle while it waits: assumed, 40 % at none to all at 256. */
const IDLE_SHARE = 0.4;
const BUSY_THREADS = 256;

const REACHED_BANDWIDTH = 0.8;
const LAUNCH_MS = 0.004;

export type Prediction = { ms: number; computeMs: number; memoryMs: number; occupancy: number };

/** @param bytes - what must be read and written at least, without partial sums */
export function predict(
  plan: GemmPlan,
  { rows, columns }: GemmExtents,
  { kernel, bytes }: { kernel: KernelCost; bytes: number },
  gpu: GpuModel,
): Prediction {
  const { tile, splits, workgroups, stepsPerSplit } = plan;
  const resident = residentWorkgroups(kernel, gpu);
  const eachMultiprocessor = Math.ceil(workgroups / gpu.multiprocessors);
  const together = Math.min(resident, eachMultiprocessor);
  const busy = Math.min(1, IDLE_SHARE + ((1 - IDLE_SHARE) * together * kernel.threads) / BUSY_THREADS);
  const operations = 2 * tile.rows * tile.columns * tile.depth * stepsPerSplit * eachMultiprocessor;
  const computeMs = operations / ((1e9 * tflops(tile, gpu) * busy) / gpu.multiprocessors);
  const partials = splits > 1 ? 2 * 4 * rows * columns * splits : 0;
  const memoryMs = (bytes + partials) / (1e6 * REACHED_BANDWIDTH * gpu.bandwidthGBs);
  const launches = splits > 1 ? 2 : 1;
  const occupancy = Math.min(1, (together * kernel.threads) / gpu.threads);
  return { ms: Math.max(computeMs, memoryMs) + launches * LAUNCH_MS, computeMs, memoryMs, occupancy };
}

/** TFLOP/s of a full GPU with this tile. */
export function tflops({ kind, rows, columns, depth }: Tile, gpu: GpuModel): number {
  const { share, fall, depth: fittedDepth } = RATES[kind];
  const peak = kind === 'matrix' ? gpu.matrixPeak : gpu.floatPeak;
  const steps = (1 + STEP_COST / depth) / (1 + STEP_COST / fittedDepth);
  return (peak * share) / (1 + fall * (1 / rows + 1 / columns)) / steps;
}
