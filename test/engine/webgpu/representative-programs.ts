/** A few generated programs that together show every part of the generator, for snapshots and Dawn's own compiler. */
import type { ConvGeometry } from '../../../src-main/engine/wasm/kernels/conv-geometry.ts';
import { convGeometry } from '../../../src-main/engine/wasm/ops/conv-info.ts';
import type { ComputeProgram } from '../../../src-main/engine/webgpu/compute-program.ts';
import {
  filterGradientProblem,
  forwardProblem,
  inputGradientProblems,
} from '../../../src-main/engine/webgpu/conv/conv-problems.ts';
import { gemmProgram } from '../../../src-main/engine/webgpu/gemm/gemm-kernel.ts';
import { coreOf } from '../../../src-main/engine/webgpu/gemm/gemm-plan.ts';
import { intrinsicMatrices } from '../../../src-main/engine/webgpu/gemm/matrix-intrinsics.ts';
import type { MatrixOps } from '../../../src-main/engine/webgpu/gemm/matrix-ops.ts';
import { polyfillMatrices } from '../../../src-main/engine/webgpu/gemm/matrix-polyfill.ts';
import type { GemmProblem } from '../../../src-main/engine/webgpu/gemm/problem.ts';
import { partialSink, resultSink } from '../../../src-main/engine/webgpu/gemm/result.ts';
import { sumSplitsProgram } from '../../../src-main/engine/webgpu/gemm/sum-splits-kernel.ts';
import type { MatrixTile, Tile } from '../../../src-main/engine/webgpu/gemm/tile.ts';
import { denseProblem } from '../../../src-main/engine/webgpu/ops/dense.ts';

type Core = { tile: Tile; matrix: MatrixOps | null; partial?: boolean };

const MATRIX_TILE: MatrixTile = {
  ...{ kind: 'matrix', rows: 128, columns: 64, depth: 16 },
  ...{ subgroups: [2, 2], vector: 1, prefetch: false },
};
const REGISTER_TILE: Tile = {
  ...{ kind: 'registers', rows: 64, columns: 32, depth: 16 },
  ...{ rowsPerThread: 4, prefetch: false },
};
const H100_MATRICES = intrinsicMatrices({
  ...{ m: 16, n: 16, k: 16, component: 'f16' },
  ...{ subgroupSize: 32, pinSubgroupSize: false, vector: 4 },
});
const APPLE_MATRICES = intrinsicMatrices({
  ...{ m: 8, n: 8, k: 8, component: 'f16' },
  ...{ subgroupSize: 32, pinSubgroupSize: true, vector: 1 },
});

const plain = { halves: false };
const same = geometry([2, 4, 6, 6, 64], [3, 3, 3, 64, 64], 1);
const strided = geometry([2, 5, 7, 7, 16], [1, 3, 3, 16, 24], 2);
const pictures = geometry([2, 4, 6, 6, 3], [3, 3, 3, 3, 17], 1);

const byH100 = { tile: MATRIX_TILE, matrix: H100_MATRICES };
const byApple = { tile: MATRIX_TILE, matrix: APPLE_MATRICES };
const byRegisters = { tile: REGISTER_TILE, matrix: null };
const byPolyfill = {
  tile: { ...MATRIX_TILE, rows: 32, columns: 32, subgroups: [2, 1] } satisfies Tile,
  matrix: polyfillMatrices({ m: 16, n: 16, k: 16 }, 32, 'rounded'),
};
const ahead = { ...byH100, tile: { ...MATRIX_TILE, prefetch: true } };
const fours = (by: Core): Core => ({ ...by, tile: { ...MATRIX_TILE, vector: 4 } });
const turned = denseProblem([48, 33], [18, 48], { transposeA: true, transposeB: true });

/** Programs with the intrinsics. */
export const INTRINSIC_PROGRAMS: readonly ComputeProgram[] = [
  program('forward, bias, ReLU', forwardProblem(same, { ...plain, bias: true, relu: true }), byH100),
  program('filter gradient', filterGradientProblem(same, plain), { ...byH100, partial: true }),
  program('input gradient', inputGradientProblems(same, plain)[0]!, ahead),
  program('of 3 channels', forwardProblem(pictures, { ...plain, bias: true, relu: false }), fours(byH100)),
  program('8x8x8, fours', filterGradientProblem(same, plain), fours(byApple)),
  program('halves, forward', forwardProblem(same, { halves: true, bias: true, relu: true }), fours(ahead)),
  program('halves, input gradient', inputGradientProblems(strided, { halves: true })[3]!, fours(byH100)),
  program('halves, filter gradient', filterGradientProblem(same, { halves: true }), { ...byH100, partial: true }),
  program('8x8x8, strided', inputGradientProblems(strided, plain)[3]!, byApple),
];

/** Programs that run on any device. */
export const PLAIN_PROGRAMS: readonly ComputeProgram[] = [
  program('tiles, strided input gradient', inputGradientProblems(strided, plain)[3]!, byRegisters),
  program('tiles, dense, both turned', turned, byRegisters),
  program('polyfill, halves', forwardProblem(same, { halves: true, bias: false, relu: false }), byPolyfill),
  program('polyfill, forward', forwardProblem(pictures, { ...plain, bias: true, relu: true }), byPolyfill),
  sumSplitsProgram('sum of splits', { columns: 17, bias: true, relu: true }),
];

function geometry(x: number[], filter: number[], strides: number): ConvGeometry {
  return convGeometry(x, filter, { strides, pad: 'same' }) as ConvGeometry;
}

function program(label: string, problem: GemmProblem, { tile, matrix, partial = false }: Core): ComputeProgram {
  const { left, right, layout } = problem;
  const sink = partial ? partialSink(layout.columns) : resultSink(layout);
  return gemmProgram({ label, tile, left, right, sink, core: coreOf(tile, matrix), columns: layout.columns });
}
