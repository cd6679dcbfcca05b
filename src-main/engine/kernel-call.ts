import type { KernelFunc, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

/** What TensorFlow.js passes to a kernel of the backend `B`. */
export type KernelCall<B> = { inputs: NamedTensorInfoMap; attrs: object; backend: B };

/**
 * A kernel of a backend of ours: takes what TensorFlow.js passes, returns tensors; undefined says that the case is none
 * of ours and the stock kernel shall do it.
 */
export type KernelImplementation<B> = (call: KernelCall<B>) => TensorInfo | TensorInfo[] | undefined;

/** Input `name` of a call. */
export function input({ inputs }: KernelCall<unknown>, name: string): TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`Kernel input ${name} is missing.`);
  return tensor;
}

/** Adapts an implementation, with the stock kernel for the cases it leaves. */
export function kernelFunc<B>(
  name: string,
  implementation: KernelImplementation<B>,
  stock: KernelFunc | undefined,
): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const outputs = implementation({ inputs, attrs: attrs ?? {}, backend: backend as B });
    if (outputs !== undefined) return outputs;
    if (stock === undefined) throw new Error(`Kernel ${name} does not know this case.`);
    return attrs === undefined ? stock({ inputs, backend }) : stock({ inputs, backend, attrs });
  };
}
