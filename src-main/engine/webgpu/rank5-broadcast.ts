/**
 * Why: for [..., c] and [c] with c < 128 the stock elementwise shader indexes its coordinates like a vector, which WGSL
 * allows up to four axes only; on clips [n,t,h,w,c] it does not compile and the result is zeros
 * (binary_op_webgpu.ts of TensorFlow.js 4.22). Seen as rows [n·t·h·w,c], the same shader works.
 */
import { getKernel, registerKernel, unregisterKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';

const ELEMENTWISE = [
  'Add',
  'Sub',
  'Multiply',
  'RealDiv',
  'Maximum',
  'Minimum',
  'SquaredDifference',
  'Pow',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'Equal',
  'NotEqual',
];

/** Replaces the stock kernels of a backend; a second call changes nothing. */
export function repairRank5Broadcast(backendName: string): void {
  for (const kernelName of ELEMENTWISE) {
    const stock = getKernel(kernelName, backendName);
    if (!stock || repaired.has(stock.kernelFunc)) continue;
    const kernelFunc = asRows(stock.kernelFunc);
    repaired.add(kernelFunc);
    unregisterKernel(kernelName, backendName);
    registerKernel({ ...stock, kernelFunc });
  }
}

const repaired = new WeakSet<KernelFunc>();

function asRows(stock: KernelFunc): KernelFunc {
  return (args) => {
    const { a, b } = args.inputs as { a: TensorInfo; b: TensorInfo };
    const [small, large] = a.shape.length < b.shape.length ? [a, b] : [b, a];
    const c = large.shape.at(-1) as number;
    if (large.shape.length < 5 || small.shape.length !== 1 || small.shape[0] !== c) return stock(args);
    const rows = { ...large, shape: [large.shape.reduce((product, size) => product * size, 1) / c, c] };
    const inputs = large === a ? { a: rows, b } : { a, b: rows };
    return { ...(stock({ ...args, inputs }) as TensorInfo), shape: large.shape };
  };
}
