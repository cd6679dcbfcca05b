import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { batchParts } from '../batch-parts.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import type { ComputeProgram } from '../compute-program.ts';
import { runProgram } from '../dispatch.ts';
import { ITEM_WORKGROUP } from '../kernels/each-item.ts';

type Items = { tensors: readonly TensorInfo[]; size: number; uniforms?: Readonly<Record<string, number>> };

/** Runs a program of `eachItem` over whole tensors. */
export function runItems(backend: CheckedWebGpuBackend, program: ComputeProgram, { tensors, size, uniforms }: Items) {
  const workgroups = Math.ceil(size / ITEM_WORKGROUP);
  runProgram(backend, program, { tensors, uniforms: { ...uniforms, size }, workgroups });
}

/** The same over tensors of one size, element by element, in parts where they are larger than a shader can see. */
export function runElements(
  backend: CheckedWebGpuBackend,
  program: ComputeProgram,
  { tensors, width, uniforms }: { tensors: readonly TensorInfo[]; width: 1 | 4; uniforms: Items['uniforms'] & object },
): void {
  const items = util.sizeFromShape(tensors[0]!.shape) / width;
  for (const { start, count: size } of batchParts(items, [4 * width], backend.settings.maxBindingBytes)) {
    const part = { start: start * width, length: size * width };
    const parts = tensors.map((tensor) => (size === items ? tensor : { tensor, ...part }));
    const workgroups = Math.ceil(size / ITEM_WORKGROUP);
    runProgram(backend, program, { tensors: parts, uniforms: { ...uniforms, size }, workgroups });
  }
}
