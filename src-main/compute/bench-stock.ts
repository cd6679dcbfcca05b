import { createRequire } from 'node:module';
import path from 'node:path';
import { removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { STOCK_GPU } from '../contract/bench.ts';
import '../engine/gradients.ts';
import { openWebGpuBackend } from '../engine/webgpu/open.ts';

const NAME = 'wasm';
const PACKAGE = '@tensorflow/tfjs-backend-wasm';

/** The CPU backend that TensorFlow.js ships, which is no engine of ours, for comparison only. It becomes the current one. */
export async function openStockBackend(): Promise<{ name: string; close(): void }> {
  const requireModule = createRequire(import.meta.url);
  const { setWasmPaths, version_wasm: version } = requireModule(PACKAGE) as {
    setWasmPaths(folder: string): void;
    version_wasm: string;
  };
  setWasmPaths(`${path.dirname(requireModule.resolve(PACKAGE))}${path.sep}`);
  await setBackend(NAME);
  return { name: `TensorFlow.js wasm ${version}`, close: () => removeBackend(NAME) };
}

/**
 * The GPU backend that TensorFlow.js ships, with none of our kernels; its broadcasts over five axes, which do not compile,
 * are repaired. It becomes the current one.
 * @throws AppError `engine-unavailable` where there is no GPU
 */
export async function openStockGpu() {
  const { close, ...backend } = await openWebGpuBackend({ allowSoftware: true, kernels: 'stock' });
  return { info: { ...backend, name: STOCK_GPU, why: 'asked for by name' }, close };
}
