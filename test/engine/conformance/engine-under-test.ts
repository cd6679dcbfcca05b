/** The engines that the suite runs on: how to open them, what they leave out and what they cannot do yet. */
import { memory } from '@tensorflow/tfjs-core';
import { openReferenceBackend } from '../../../src-main/engine/reference.ts';
import { openWasmBackend, type WasmEngineOptions } from '../../../src-main/engine/wasm/register.ts';
import { openWebGpuBackend, type WebGpuEngineOptions } from '../../../src-main/engine/webgpu/open.ts';
import { REFERENCE_EXCLUSIONS, type Exclusion } from './exclusions.ts';
import type { OpenedForTest } from './run-case.ts';

export type EngineUnderTest = {
  /** Column of the coverage table. */
  name: string;
  /** Cases of more multiply-adds are left out, and counted in the table. */
  mostMultiplyAdds: number;
  /** The ops that differ from those of another engine on the list; absent: all. */
  onlyOps?: readonly string[];
  /** What a plain run takes of the costly op on slow engines: every `every`-th case from number `from` on. */
  sample?: { op: string; every: number; from: number };
  /** Cases that fail, ours and TensorFlow.js's, with the reason; one that passes is a failure of the suite. */
  exclusions: readonly Exclusion[];
  open: () => Promise<OpenedForTest & { close: () => Promise<void> }>;
};

/** Why a case is excluded, or undefined. */
export function exclusionOf({ exclusions }: Pick<EngineUnderTest, 'exclusions'>, name: string): string | undefined {
  return exclusions.find(({ cases }) => cases.includes(name))?.reason;
}

async function openWasm(options: WasmEngineOptions): ReturnType<EngineUnderTest['open']> {
  const { name, runtime, close } = await openWasmBackend({ ...options, poison: true });
  return { backend: name, heldBytes: () => runtime.heap.liveBytes, close };
}

async function openWebGpu(options: Omit<WebGpuEngineOptions, 'poison'>): ReturnType<EngineUnderTest['open']> {
  const { name, close } = await openWebGpuBackend({ ...options, poison: true });
  return { backend: name, heldBytes: bytesOnGpu, close };
}

function bytesOnGpu(): number {
  return (memory() as { numBytesInGPU?: number }).numBytesInGPU ?? 0;
}

async function openReference(): ReturnType<EngineUnderTest['open']> {
  const { name, close } = await openReferenceBackend();
  return { backend: name, heldBytes: () => memory().numBytes, close };
}

/** On the processor, in the process of the tests. */
export const PROCESSOR_ENGINES: readonly EngineUnderTest[] = [
  { name: 'cpu', mostMultiplyAdds: Infinity, exclusions: REFERENCE_EXCLUSIONS, open: openReference },
  {
    name: 'wasm, 1 thread, 128 bits',
    mostMultiplyAdds: Infinity,
    exclusions: [],
    open: () => openWasm({ threads: 1, wide: false }),
  },
  {
    name: 'wasm, 2 threads, 256 bits where they pay',
    mostMultiplyAdds: Infinity,
    exclusions: [],
    open: () => openWasm({ threads: 2 }),
  },
];

/** SwiftShader does some 2e8 multiply-adds a second, and each case is computed twice, forward and back. */
const SOFTWARE_MULTIPLY_ADDS = 1.5e6;

/** On SwiftShader, in a process of its own; on a GPU without the bound on multiply-adds. */
export const GPU_ENGINES: readonly EngineUnderTest[] = [
  {
    name: 'webgpu, f32 tiles',
    mostMultiplyAdds: SOFTWARE_MULTIPLY_ADDS,
    sample: { op: 'conv3d', every: 3, from: 0 },
    exclusions: [],
    open: () => openWebGpu({ allowSoftware: true, matrixPath: 'tiles' }),
  },
  {
    name: 'webgpu, polyfilled matrices',
    mostMultiplyAdds: SOFTWARE_MULTIPLY_ADDS,
    onlyOps: ['conv3d', 'dense'],
    sample: { op: 'conv3d', every: 3, from: 1 },
    exclusions: [],
    open: () => openWebGpu({ allowSoftware: true, matrixPath: 'polyfill', precision: 'mixed' }),
  },
];

/** On a GPU that has the feature, which no software GPU has: run by the pack of `npm run bench:pack` alone. */
export const MATRIX_ENGINE: EngineUnderTest = {
  name: 'webgpu, subgroup matrices',
  mostMultiplyAdds: Infinity,
  onlyOps: ['conv3d', 'dense'],
  exclusions: [],
  open: () => openWebGpu({ allowSoftware: false, matrixPath: 'intrinsics', precision: 'mixed' }),
};
