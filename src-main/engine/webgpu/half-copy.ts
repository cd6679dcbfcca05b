/**
 * Copies of tensors in f16, two to a u32, for products that read an operand many times: a copy costs one pass over the
 * tensor and halves every later read.
 */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { AppError } from '../../contract/errors.ts';
import { batchParts } from './batch-parts.ts';
import type { CheckedWebGpuBackend } from './checked-backend.ts';
import { allocate, programFor, runProgram } from './dispatch.ts';
import { HALVES_RUN, HALVES_WORKGROUP, toHalves } from './kernels/to-halves.ts';

/** How products of this backend round their operands to f16; null where they do not. */
function halfNumber({ products }: CheckedWebGpuBackend): 'f16' | 'rounded' | null {
  const number = products.limits.matrix?.number ?? 'f32';
  return number === 'f32' ? null : number;
}

export function roundsToHalves(backend: CheckedWebGpuBackend): boolean {
  return halfNumber(backend) !== null;
}

/** A new tensor [size/2] of pairs; the size is a multiple of eight. */
export function halfCopy(backend: CheckedWebGpuBackend, tensor: TensorInfo): TensorInfo {
  const number = halfNumber(backend);
  if (number === null) throw new AppError('bug', 'webgpu: no products of f16 here');
  const items = util.sizeFromShape(tensor.shape) / HALVES_RUN;
  const copy = allocate(backend, [(items * HALVES_RUN) / 2], 'int32');
  const program = programFor(`to halves ${number}`, () => toHalves(number));
  const runBytes = [4 * HALVES_RUN, 2 * HALVES_RUN];
  for (const { start, count } of batchParts(items, runBytes, backend.settings.maxBindingBytes)) {
    const part = (whole: TensorInfo, scalars: number) => ({
      ...{ tensor: whole, start: start * scalars, length: count * scalars },
    });
    runProgram(backend, program, {
      tensors: [part(tensor, HALVES_RUN), part(copy, HALVES_RUN / 2)],
      uniforms: { items: count },
      workgroups: Math.ceil(count / HALVES_WORKGROUP),
    });
  }
  return copy;
}

/**
 * The same, kept until the next copy is kept or the tensor is gone: nobody else disposes of it. Why kept: the two gradients
 * of a convolution, one after the other, read the same tensor.
 */
export function keptHalfCopy(backend: CheckedWebGpuBackend, tensor: TensorInfo): TensorInfo {
  const known = backend.lastHalfCopy.find(tensor.dataId);
  if (known !== null) return known;
  const old = backend.lastHalfCopy.take();
  if (old !== null) backend.disposeData(old.dataId);
  const copy = halfCopy(backend, tensor);
  backend.lastHalfCopy.keep(tensor.dataId, copy);
  return copy;
}
