/** Times of the products of convolutions by tile: what tuning chooses from, and more. */
import { backend as currentBackend } from '@tensorflow/tfjs-core';
import { openEngine } from '../../src-main/engine/select.ts';
import type { ConvGeometry } from '../../src-main/engine/wasm/kernels/conv-geometry.ts';
import type { CheckedWebGpuBackend } from '../../src-main/engine/webgpu/checked-backend.ts';
import {
  filterGradientProblem,
  forwardProblem,
  inputGradientProblems,
} from '../../src-main/engine/webgpu/conv/conv-problems.ts';
import { roundsToHalves } from '../../src-main/engine/webgpu/half-copy.ts';
import { operationsOf, type GemmProblem } from '../../src-main/engine/webgpu/gemm/problem.ts';
import { describeTile } from '../../src-main/engine/webgpu/gemm/tile.ts';
import { candidatesFor, timesOf } from '../../src-main/engine/webgpu/tuning/tune-products.ts';
import type { Measurement } from './measurement.ts';

export type TileTimes = {
  what: 'tiles';
  precision: string;
  rows: { layer: string; pass: string; tile: string; splits: number; ms: number | null; tflops: number | null }[];
};

export async function tileTimes(task: Extract<Measurement, { kind: 'tiles' }>): Promise<TileTimes> {
  const { layers, batch, precision, seconds } = task;
  const engine = await openEngine({ engine: 'webgpu', precision });
  const backend = currentBackend() as CheckedWebGpuBackend;
  const endMs = performance.now() + 1000 * seconds;
  const rows: TileTimes['rows'] = [];
  for (const layer of layers)
    for (const [pass, problem] of Object.entries(passesOf(layer, batch, roundsToHalves(backend)))) {
      if (performance.now() > endMs) break;
      const startMs = performance.now();
      const times = await timesOf(backend, problem, { candidates: candidatesFor(backend, problem), warmupMs: 400 });
      process.stdout.write(
        `${layer} ${pass}: ${times.length} tiles in ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`,
      );
      for (const { choice, ms } of times) {
        const tflops = operationsOf(problem) / ms / 1e9;
        const figures = Number.isFinite(ms) ? { ms, tflops } : { ms: null, tflops: null };
        rows.push({ layer, pass, tile: describeTile(choice.tile), splits: choice.splits, ...figures });
      }
    }
  await engine.close();
  return { what: 'tiles', precision, rows };
}

function passesOf(layer: string, n: number, halves: boolean): Record<string, GemmProblem> {
  const [extents, channels] = layer.split(',') as [string, string];
  const [t, h, w] = extents.split('x').map(Number) as [number, number, number];
  const [c, o] = channels.split('-').map(Number) as [number, number];
  const g: ConvGeometry = {
    ...{ n, c, o, input: [t, h, w], output: [t, h, w] },
    ...{ kernel: [3, 3, 3], stride: [1, 1, 1], front: [1, 1, 1] },
  };
  return {
    forward: forwardProblem(g, { halves, bias: false, relu: false }),
    'input gradient': inputGradientProblems(g, { halves })[0]!,
    'filter gradient': filterGradientProblem(g, { halves }),
  };
}
