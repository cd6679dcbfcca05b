import type { KernelImplementation } from '../kernel-call.ts';
import type { CheckedWebGpuBackend } from './checked-backend.ts';

export type WebGpuKernel = KernelImplementation<CheckedWebGpuBackend>;
