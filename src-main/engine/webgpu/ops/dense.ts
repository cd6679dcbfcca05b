/** Matrix products of dense layers and their gradients; turned operands are read as they lie. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../../kernel-call.ts';
import { allocate } from '../dispatch.ts';
import { plainOperand } from '../gemm/plain-operand.ts';
import type { GemmProblem } from '../gemm/problem.ts';
import { runGemm } from '../gemm/run-gemm.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';

/** Multiply-adds below which the stock kernel is as good; it also does products in batches. */
const SMALLEST_WORK = 4096;

type Attrs = { transposeA: boolean; transposeB: boolean };

const batchMatMul: WebGpuKernel = ({ inputs, attrs, backend }) => {
  const [a, b] = [input({ inputs, attrs, backend }, 'a'), input({ inputs, attrs, backend }, 'b')];
  const problem = denseProblem(a.shape, b.shape, attrs as Attrs);
  const isFloat = a.dtype === 'float32' && b.dtype === 'float32';
  const { rows, depth, layout } = problem;
  if (!isFloat || isBatch(a) || isBatch(b) || rows * depth * layout.columns < SMALLEST_WORK) return undefined;
  if (bytesOf(a) > backend.settings.maxBindingBytes || bytesOf(b) > backend.settings.maxBindingBytes) return undefined;
  const result = allocate(backend, [...a.shape.slice(0, -2), rows, layout.columns]);
  runGemm(backend, [{ problem, left: a, right: b }], { result });
  return result;
};

/** The last two axes of `a` [rows,depth] by those of `b` [depth,columns], either turned. */
export function denseProblem(
  a: readonly number[],
  b: readonly number[],
  { transposeA, transposeB }: Attrs,
): GemmProblem {
  const [a0, a1] = a.slice(-2) as [number, number];
  const [b0, b1] = b.slice(-2) as [number, number];
  const [rows, depth] = transposeA ? [a1, a0] : [a0, a1];
  const columns = transposeB ? b0 : b1;
  return {
    key: `dense ${a1} ${b1} ${columns} ${transposeA} ${transposeB}`,
    rows,
    depth,
    left: plainOperand({
      ...{ side: 'left', contiguous: transposeA ? 'outer' : 'depth', line: a1 },
      ...{ outer: 'uniforms.rows', depth: 'uniforms.depth' },
    }),
    right: plainOperand({
      ...{ side: 'right', contiguous: transposeB ? 'depth' : 'outer', line: b1 },
      ...{ outer: `${columns}`, depth: 'uniforms.depth' },
    }),
    layout: { columns, bias: false, relu: false },
    sizes: { left: rows * depth, right: depth * columns, result: rows * columns },
    bytes: 4 * (rows * depth + depth * columns + rows * columns),
  };
}

function isBatch({ shape }: TensorInfo): boolean {
  return shape.slice(0, -2).some((extent) => extent !== 1);
}

function bytesOf({ shape }: TensorInfo): number {
  return 4 * util.sizeFromShape(shape);
}

export const denseKernels: Record<string, WebGpuKernel> = { BatchMatMul: batchMatMul };
