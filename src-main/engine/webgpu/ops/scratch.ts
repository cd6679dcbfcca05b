import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import { allocate } from '../dispatch.ts';

/** Runs `use` with a tensor whose memory is free again afterwards, as soon as the GPU has done its work with it. */
export function withScratch<T>(
  backend: CheckedWebGpuBackend,
  shape: readonly number[],
  use: (scratch: TensorInfo) => T,
): T {
  const scratch = allocate(backend, shape);
  try {
    return use(scratch);
  } finally {
    backend.disposeData(scratch.dataId);
  }
}
