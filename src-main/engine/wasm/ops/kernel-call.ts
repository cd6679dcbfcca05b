import type { KernelFunc, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../backend.ts';

/**
 * A kernel of this backend: takes what TensorFlow.js passes to kernels, returns tensors; undefined says that the case is
 * none of ours and the stock kernel shall do it.
 */
export type KernelImplementation = (call: KernelCall) => TensorInfo | TensorInfo[] | undefined;

export type KernelCall = { inputs: NamedTensorInfoMap; attrs: object; backend: WasmBackend };

/** Input `name` of a call. */
export function input({ inputs }: KernelCall, name: string): TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`Kernel input ${name} is missing.`);
  return tensor;
}

/** Adapts an implementation, with the stock kernel for the cases it leaves. */
export function kernelFunc(
  name: string,
  implementation: KernelImplementation,
  stock: KernelFunc | undefined,
): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const outputs = implementation({ inputs, attrs: attrs ?? {}, backend: backend as WasmBackend });
    if (outputs !== undefined) return outputs;
    if (stock === undefined) throw new Error(`Kernel ${name} does not know this case.`);
    return attrs === undefined ? stock({ inputs, backend }) : stock({ inputs, backend, attrs });
  };
}
