import { createRequire } from 'node:module';
import path from 'node:path';
import { removeBackend, setBackend } from '@tensorflow/tfjs-core';
import '../engine/gradients.ts';

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
