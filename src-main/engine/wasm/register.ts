import v8 from 'node:v8';
import {
  copyRegisteredKernels,
  getKernel,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { WIDE_KERNELS } from '../../contract/engine-environment.ts';
import { AppError } from '../../contract/errors.ts';
import '../gradients.ts';
import { WasmBackend } from './backend.ts';
import { batchNormKernels } from './ops/batch-norm-kernels.ts';
import { clipTransformKernels } from './ops/clip-transform-kernels.ts';
import { conv3dKernels } from './ops/conv3d-kernels.ts';
import { elementwiseKernels } from './ops/elementwise-kernels.ts';
import { frameNormKernels } from './ops/frame-norm-kernels.ts';
import { hueColourKernels } from './ops/hue-colour-kernels.ts';
import { kernelFunc, type KernelImplementation } from './ops/kernel-call.ts';
import { matmulKernels } from './ops/matmul-kernels.ts';
import { optimiserKernels } from './ops/optimiser-kernels.ts';
import { pool3dKernels } from './ops/pool3d-kernels.ts';
import { reduceKernels } from './ops/reduce-kernels.ts';
import { scoreKernels } from './ops/score-kernels.ts';
import type { Target } from './assembler/kernel-builder.ts';
import { defaultMemoryLimitBytes, probeAbilities, threadCount } from './probe.ts';
import { Runtime } from './runtime.ts';
import { probeWideKernels } from './wide-probe.ts';

export const WASM_BACKEND = 'apexscope-wasm';

/**
 * `threads` 0: all cores. `wide` (default true, but for `WIDE_KERNELS`): use 256-bit kernels where a probe shows
 * them right and faster.
 * `poison` fills freed memory with NaN, for tests.
 */
export type WasmEngineOptions = {
  threads: number;
  wide?: boolean;
  memoryLimitBytes?: number;
  poison?: boolean;
};

export type WasmEngine = {
  name: typeof WASM_BACKEND;
  threads: number;
  features: Record<string, string | number | boolean>;
  runtime: Runtime;
  /** Removes the backend and ends its threads. */
  close(): Promise<void>;
};

const kernels: Record<string, KernelImplementation> = {
  ...conv3dKernels,
  ...pool3dKernels,
  ...reduceKernels,
  ...elementwiseKernels,
  ...hueColourKernels,
  ...optimiserKernels,
  ...matmulKernels,
  ...batchNormKernels,
  ...frameNormKernels,
  ...clipTransformKernels,
  ...scoreKernels,
};

/**
 * Opens the CPU engine and makes it the current backend of TensorFlow.js.
 * @throws AppError `engine-unavailable` where WebAssembly SIMD is missing
 */
export async function openWasmBackend(options: WasmEngineOptions): Promise<WasmEngine> {
  const abilities = probeAbilities();
  if (!abilities.simd)
    throw new AppError('engine-unavailable', 'CPU engine: this machine runs no WebAssembly SIMD.', {
      hint: 'Use a 64-bit processor and Node 24 or later.',
    });
  // Why: V8's quick first compilation of a kernel is slow code, and a long kernel runs to its end in it.
  v8.setFlagsFromString('--no-liftoff');
  const threads = abilities.sharedMemory ? threadCount(options.threads) : 1;
  const plain: Target = { ...abilities, tileVectors: 2 };
  const wide = options.wide ?? process.env[WIDE_KERNELS] !== 'off';
  const probe = !wide ? { wide: false, gain: 0 } : probeWideKernels(plain);
  const target: Target = { ...plain, tileVectors: probe.wide ? 4 : 2 };
  const limitBytes = options.memoryLimitBytes ?? defaultMemoryLimitBytes();
  const runtime = new Runtime({
    ...{ threads, target, limitBytes },
    ...{ shared: abilities.sharedMemory, poison: options.poison ?? false },
  });
  registerBackend(WASM_BACKEND, () => new WasmBackend(runtime));
  registerKernels();
  await setBackend(WASM_BACKEND);
  const features = { ...abilities, wide: probe.wide, wideGain: probe.gain, memoryLimitBytes: runtime.heap.limitBytes };
  return { name: WASM_BACKEND, threads, features, runtime, close: () => close(runtime) };
}

function registerKernels(): void {
  copyRegisteredKernels('cpu', WASM_BACKEND);
  for (const [kernelName, implementation] of Object.entries(kernels)) {
    const stock = getKernel(kernelName, WASM_BACKEND)?.kernelFunc;
    if (stock !== undefined) unregisterKernel(kernelName, WASM_BACKEND);
    const func = kernelFunc(kernelName, implementation, stock);
    registerKernel({ kernelName, backendName: WASM_BACKEND, kernelFunc: func });
  }
}

async function close(runtime: Runtime): Promise<void> {
  removeBackend(WASM_BACKEND);
  for (const { kernelName } of getKernelsForBackend(WASM_BACKEND)) unregisterKernel(kernelName, WASM_BACKEND);
  await runtime.pool.close();
}
