import type * as backend from '../../kernel-call.ts';
import type { WasmBackend } from '../backend.ts';

export { input, kernelFunc } from '../../kernel-call.ts';

export type KernelCall = backend.KernelCall<WasmBackend>;

export type KernelImplementation = backend.KernelImplementation<WasmBackend>;
