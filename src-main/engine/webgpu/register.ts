import { getKernel, registerKernel, unregisterKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { kernelFunc } from '../kernel-call.ts';
import { batchNormKernels } from './ops/batch-norm.ts';
import { clipTransformKernels } from './ops/clip-transform.ts';
import { crossEntropyKernels } from './ops/cross-entropy.ts';
import { conv3dKernels } from './ops/conv3d.ts';
import { denseKernels } from './ops/dense.ts';
import { frameNormKernels } from './ops/frame-norm.ts';
import { optimiserKernels } from './ops/optimiser.ts';
import { pool3dKernels } from './ops/pool3d.ts';
import { reduceKernels } from './ops/reduce.ts';
import { temporalPoolingKernels } from './ops/temporal-pooling.ts';
import { unpackBytesKernels } from './ops/unpack-bytes.ts';
import type { WebGpuKernel } from './webgpu-kernel.ts';

/** Every kernel of ours by its name in TensorFlow.js or in models/ops/fused-kernel.ts. */
const kernels: Record<string, WebGpuKernel> = {
  ...batchNormKernels,
  ...conv3dKernels,
  ...denseKernels,
  ...frameNormKernels,
  ...pool3dKernels,
  ...reduceKernels,
  ...crossEntropyKernels,
  ...temporalPoolingKernels,
  ...clipTransformKernels,
  ...optimiserKernels,
  ...unpackBytesKernels,
};

/**
 * Puts our kernels before those of TensorFlow.js, which keep the cases that ours leave.
 * @returns a function that puts things back
 */
export function registerKernels(backendName: string): () => void {
  const replaced = Object.entries(kernels).map(([kernelName, implementation]) => {
    const stock = getKernel(kernelName, backendName);
    if (stock !== undefined) unregisterKernel(kernelName, backendName);
    const ours = kernelFunc(kernelName, implementation, stock?.kernelFunc);
    registerKernel({ kernelName, backendName, kernelFunc: ours });
    return { kernelName, stock };
  });
  return () => replaced.forEach(({ kernelName, stock }) => restore(kernelName, backendName, stock));
}

function restore(kernelName: string, backendName: string, stock: KernelConfig | undefined): void {
  unregisterKernel(kernelName, backendName);
  if (stock !== undefined) registerKernel(stock);
}
