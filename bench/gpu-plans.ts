/**
 * What the WebGPU engine would dispatch for the convolutions of design.md and of four networks: tile, workgroups,
 * occupancy, bytes, operations and predicted milliseconds. Nothing is measured: the plans are those of the code that
 * dispatches, the times those of src-main/engine/webgpu/plan/predict.ts.
 *
 *   node bench/gpu-plans.ts [--save]
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { modelCard } from '../models/index.ts';
import type { ConvAttrs } from '../src-main/engine/wasm/ops/conv-info.ts';
import { convGeometry } from '../src-main/engine/wasm/ops/conv-info.ts';
import type { ConvGeometry } from '../src-main/engine/wasm/kernels/conv-geometry.ts';
import {
  filterGradientProblem,
  forwardProblem,
  inputGradientProblems,
} from '../src-main/engine/webgpu/conv/conv-problems.ts';
import { inHalves } from '../src-main/engine/webgpu/conv/convolve.ts';
import { intrinsicMatrices } from '../src-main/engine/webgpu/gemm/matrix-intrinsics.ts';
import type { GemmProblem } from '../src-main/engine/webgpu/gemm/problem.ts';
import type { ProductLimits } from '../src-main/engine/webgpu/plan/choose-tile.ts';
import { dispatchPlan, type DispatchPlan } from '../src-main/engine/webgpu/plan/dispatch-plan.ts';
import { H100, RTX_4060_LAPTOP } from '../src-main/engine/webgpu/plan/gpu-model.ts';
import { publishResult } from './save-result.ts';

type Pass = 'forward' | 'input gradient' | 'filter gradient';
type PlannedPass = { pass: Pass; dispatches: DispatchPlan[] };
type PlannedLayer = { work: string; layer: string; precision: 'mixed' | 'float32'; passes: PlannedPass[] };
type Layer = { work: string; layer: string; geometry: ConvGeometry };

const GPUS = [H100, RTX_4060_LAPTOP];

/** Both GPUs list 48 KiB of workgroup memory and 1,024 invocations; matrices as an H100 lists them. */
const LIMITS = { workgroupBytes: 48 * 1024, invocations: 1024 };
const LIMITS_BY_PRECISION: Record<PlannedLayer['precision'], ProductLimits> = {
  mixed: {
    ...LIMITS,
    matrix: intrinsicMatrices({
      ...{ m: 16, n: 16, k: 16, component: 'f16' },
      ...{ subgroupSize: 32, pinSubgroupSize: false, vector: 4 },
    }),
    invocationMultiple: 32,
  },
  float32: { ...LIMITS, matrix: null, invocationMultiple: 1 },
};

/** [n,t,h,w,c] to c', of design.md section 3. */
const DESIGN_SHAPES: readonly (readonly [number, number, number, number, number, number])[] = [
  [8, 16, 112, 112, 64, 64],
  [8, 16, 56, 56, 128, 128],
  [8, 8, 28, 28, 256, 256],
  [8, 4, 14, 14, 512, 512],
];

const NETWORKS = [
  { name: 'c3d', n: 16, t: 16, side: 112 },
  { name: 'r3d18', n: 16, t: 16, side: 112 },
  { name: 'vgg16-3d', n: 2, t: 16, side: 224 },
  { name: 'resnet20', n: 128, t: 1, side: 32 },
];

const layers = [...DESIGN_SHAPES.map(designLayer), ...NETWORKS.flatMap(layersOf)];
const planned = layers.flatMap((layer) => (['mixed', 'float32'] as const).map((precision) => plan(layer, precision)));
const save = process.argv.includes('--save');
await publishResult('gpu-plans', { measured: false, gpus: GPUS, planned }, save);
if (save) writeFileSync(path.join(import.meta.dirname, 'results/gpu-plans.md'), page(planned));

function designLayer([n, t, h, w, c, o]: (typeof DESIGN_SHAPES)[number]): Layer {
  const geometry = geometryOf([n, t, h, w, c], [3, 3, 3, c, o], { strides: 1, pad: 'same' });
  return { work: 'design.md', layer: `${[n, t, h, w, c].join('x')} to ${o}`, geometry };
}

function layersOf({ name, n, t, side }: (typeof NETWORKS)[number]): Layer[] {
  const network = modelCard(name).create({ classes: 7, cropSize: side, clipFrames: t, dropout: 0.5 });
  return network.trace(n, t).flatMap(({ name: layer, output, conv }) => {
    if (conv === undefined) return [];
    const filter = [...conv.taps, conv.input[4] as number, output[4] as number];
    const geometry = geometryOf(conv.input, filter, { strides: conv.strides, pad: 'same' });
    return [{ work: `${name}, batch ${n}`, layer, geometry }];
  });
}

function geometryOf(input: readonly number[], filter: readonly number[], attrs: ConvAttrs): ConvGeometry {
  return convGeometry(input, filter, attrs) as ConvGeometry;
}

function plan({ work, layer, geometry }: Layer, precision: PlannedLayer['precision']): PlannedLayer {
  const halves = precision === 'mixed' && inHalves(geometry);
  const dispatches = (problems: GemmProblem[]) =>
    problems.map((problem) => dispatchPlan(problem, LIMITS_BY_PRECISION[precision], GPUS));
  return {
    ...{ work, layer, precision },
    passes: [
      { pass: 'forward', dispatches: dispatches([forwardProblem(geometry, { halves, bias: true, relu: true })]) },
      { pass: 'input gradient', dispatches: dispatches(inputGradientProblems(geometry, { halves })) },
      { pass: 'filter gradient', dispatches: dispatches([filterGradientProblem(geometry, { halves })]) },
    ],
  };
}

function page(rows: readonly PlannedLayer[]): string {
  const heads = ['work', 'layer', 'precision', 'pass', 'tile', 'splits', 'workgroups', 'GFLOP', 'MB'];
  const columns = [...heads, ...GPUS.flatMap(({ name }) => [`${name}: ms`, 'TFLOP/s', 'occupancy'])];
  return `# Dispatch plans of the WebGPU engine

Predicted, not measured; made by \`node bench/gpu-plans.ts --save\` from the code that dispatches. Where a pass takes
several dispatches (input gradients of strided layers), tile and workgroups are those of the first and the rest is their sum.

${[columns, columns.map(() => '---'), ...rows.flatMap(tableRows)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

function tableRows({ work, layer, precision, passes }: PlannedLayer): string[][] {
  return passes.map(({ pass, dispatches }) => {
    const [first] = dispatches as [DispatchPlan];
    const total = (value: (dispatch: DispatchPlan) => number) => dispatches.reduce((sum, each) => sum + value(each), 0);
    const operations = total((each) => each.operations);
    const figures = GPUS.flatMap((_, gpu) => {
      const ms = total((each) => each.predicted[gpu]!.ms);
      const occupancy = Math.round(100 * first.predicted[gpu]!.occupancy);
      return [ms.toFixed(3), (operations / (1e9 * ms)).toFixed(1), `${occupancy} %`];
    });
    const sizes = [(operations / 1e9).toFixed(1), (total((each) => each.bytes) / 1e6).toFixed(0)];
    return [work, layer, precision, pass, first.tile, `${first.splits}`, `${first.workgroups}`, ...sizes, ...figures];
  });
}
