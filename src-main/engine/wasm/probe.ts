/** What this machine offers to the kernels: found by validating small modules, never by names of machines. */
import { availableParallelism, totalmem } from 'node:os';
import { KernelBuilder, type Target } from './assembler/kernel-builder.ts';

const FOUR_GIGABYTES = 65536 * 65536;
const SHARE_OF_MEMORY = 0.6;

function isValid(target: Target): boolean {
  const k = new KernelBuilder(target);
  const x = k.v128(k.arg(0).load());
  k.store(k.arg(0), k.multiplyAdd(x, x, x));
  return WebAssembly.validate(k.build());
}

export type Abilities = { simd: boolean; relaxedSimd: boolean; sharedMemory: boolean };

export function probeAbilities(): Abilities {
  const plain: Target = { relaxedSimd: false, sharedMemory: false, tileVectors: 2 };
  return {
    simd: isValid(plain),
    relaxedSimd: isValid({ ...plain, relaxedSimd: true }),
    sharedMemory: typeof SharedArrayBuffer !== 'undefined' && isValid({ ...plain, sharedMemory: true }),
  };
}

/** Threads for a setting: 0 means all cores. */
export function threadCount(setting: number): number {
  return setting > 0 ? setting : availableParallelism();
}

/** Limit of the heap unless set: most of the machine's memory, at most what 32-bit addresses reach. */
export function defaultMemoryLimitBytes(): number {
  return Math.min(FOUR_GIGABYTES, Math.floor(totalmem() * SHARE_OF_MEMORY));
}
