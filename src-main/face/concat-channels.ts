import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';

/** What of a copy of TensorFlow.js is needed to replace a kernel. */
export type KernelRegistry = {
  getKernel(name: string, backend: string): KernelConfig;
  unregisterKernel(name: string, backend: string): void;
  registerKernel(kernel: KernelConfig): void;
};

/** The WebAssembly backend's memory. */
type WasmBackend = {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
};

/**
 * Why: face-api joins three planes `[n,h,w,1]` of its mean colour for every picture, and the stock kernel of the
 * WebAssembly backend makes a view for each value of each plane: a third of the quick detector's time.
 */
export function registerConcatOfChannels(tf: KernelRegistry): void {
  const stock = tf.getKernel('Concat', 'wasm');
  tf.unregisterKernel('Concat', 'wasm');
  tf.registerKernel({
    ...stock,
    kernelFunc: (call) => {
      const planes = Object.values(call.inputs) as TensorInfo[];
      const { axis } = call.attrs as unknown as { axis: number };
      if (!planes.every((plane) => isPlane(plane, axis))) return stock.kernelFunc(call);
      return interleave(planes, call.backend as WasmBackend);
    },
  });
}

function isPlane({ shape, dtype }: TensorInfo, axis: number): boolean {
  const last = shape.length - 1;
  return dtype === 'float32' && (axis === last || axis === -1) && shape[last] === 1;
}

/** `[...,1]` each to `[...,channels]`. */
function interleave(planes: readonly TensorInfo[], backend: WasmBackend): TensorInfo {
  const channels = planes.length;
  const out = backend.makeOutput([...planes[0]!.shape.slice(0, -1), channels], 'float32');
  const joined = backend.typedArrayFromHeap(out);
  planes.forEach((plane, channel) => {
    const values = backend.typedArrayFromHeap(plane);
    for (let i = 0; i < values.length; i++) joined[i * channels + channel] = values[i]!;
  });
  return out;
}
