/** From frame logits to the loss: windowed maxima, pooling over clip positions, cross-entropy. */
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropyGradient, softmaxSums } from '../kernels/softmax-cross-entropy.ts';
import {
  temporalSoftmaxPool,
  temporalSoftmaxPoolGradient,
  temporalWeightedSum,
  temporalWeightedSumGradient,
} from '../kernels/temporal-pool.ts';
import { windowMax, windowMaxGradient } from '../kernels/window-max.ts';
import type { Generator, KernelParams } from '../runtime.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';

/** Runs a kernel over the named inputs and one output of the given shape. */
function scoreKernel<P extends KernelParams>(
  call: KernelCall,
  names: readonly string[],
  { generate, params, items, shape }: { generate: Generator<P>; params: P; items: number; shape: readonly number[] },
): TensorInfo {
  const { backend } = call;
  const from = names.map((name) => backend.addressOf(input(call, name)));
  const { info, address } = backend.output(shape);
  const { runtime } = backend;
  const itemFloats = Math.max(...names.map((name) => util.sizeFromShape(input(call, name).shape))) / items;
  const chunkRows = Math.max(runtime.evenChunks(items, 1), FLOATS_OF_A_THREAD / itemFloats);
  runtime.run(generate, params, { rows: items, chunkRows, args: [...from, address] });
  return info;
}

/** Waking another thread costs about as much as this many scores. */
const FLOATS_OF_A_THREAD = 16384;

/** The logarithms of the sums, one for each row, are left to JavaScript. */
function softmaxCrossEntropy(call: KernelCall): TensorInfo {
  const { backend } = call;
  const { runtime } = backend;
  const logits = input(call, 'logits');
  const [n, classes] = logits.shape as [number, number];
  const [x, labels] = [logits, input(call, 'labels')].map((one) => backend.addressOf(one)) as [number, number];
  const losses = backend.output([n]);
  runtime.withScratch(2 * n * 4, (largest) => {
    const sums = largest + n * 4;
    runtime.run(softmaxSums, { classes }, { rows: n, chunkRows: n, args: [x, largest, sums] });
    const { floats } = runtime.heap;
    const labelOf = new Int32Array(floats.buffer, labels, n);
    for (let row = 0; row < n; row++) {
      const ofLabel = floats[x / 4 + row * classes + labelOf[row]!]!;
      floats[losses.address / 4 + row] = Math.log(floats[sums / 4 + row]!) + (floats[largest / 4 + row]! - ofLabel);
    }
  });
  return losses.info;
}

function crossEntropyGradient(call: KernelCall): TensorInfo {
  const { shape } = input(call, 'logits');
  const [n, classes] = shape as [number, number];
  const names = ['dy', 'logits', 'labels'];
  return scoreKernel(call, names, { generate: softmaxCrossEntropyGradient, params: { classes }, items: n, shape });
}

function windowed(call: KernelCall): { params: Parameters<typeof windowMax>[1]; n: number } {
  const { width, stride } = call.attrs as { width: number; stride: number };
  const [n, frames, classes] = input(call, 'x').shape as [number, number, number];
  const positions = Math.floor((frames - width) / stride) + 1;
  return { params: { frames, positions, classes, width, stride }, n };
}

function windowMaximum(call: KernelCall): TensorInfo {
  const { params, n } = windowed(call);
  const shape = [n, params.positions, params.classes];
  return scoreKernel(call, ['x'], { generate: windowMax, params, items: n * params.positions, shape });
}

function windowMaximumGradient(call: KernelCall): TensorInfo {
  const { params, n } = windowed(call);
  const { shape } = input(call, 'x');
  return scoreKernel(call, ['dy', 'x'], { generate: windowMaxGradient, params, items: n, shape });
}

function softmaxPool(call: KernelCall): TensorInfo {
  const { gamma } = call.attrs as { gamma: number };
  const [n, positions, classes] = input(call, 'x').shape as [number, number, number];
  const params = { positions, classes, gamma };
  return scoreKernel(call, ['x', 'weights'], { generate: temporalSoftmaxPool, params, items: n, shape: [n, classes] });
}

function softmaxPoolGradient(call: KernelCall): TensorInfo {
  const { gamma } = call.attrs as { gamma: number };
  const { shape } = input(call, 'x');
  const [n, positions, classes] = shape as [number, number, number];
  const params = { positions, classes, gamma };
  return scoreKernel(call, ['dy', 'x', 'weights'], { generate: temporalSoftmaxPoolGradient, params, items: n, shape });
}

function weightedSum(call: KernelCall): TensorInfo {
  const [n, positions, classes] = input(call, 'x').shape as [number, number, number];
  const params = { positions, classes };
  return scoreKernel(call, ['x', 'weights'], { generate: temporalWeightedSum, params, items: n, shape: [n, classes] });
}

function weightedSumGradient(call: KernelCall): TensorInfo {
  const [n, positions] = input(call, 'weights').shape as [number, number];
  const classes = input(call, 'dy').shape[1]!;
  const [params, shape] = [{ positions, classes }, [n, positions, classes]];
  return scoreKernel(call, ['dy', 'weights'], { generate: temporalWeightedSumGradient, params, items: n, shape });
}

export const scoreKernels: Record<string, KernelImplementation> = {
  SoftmaxCrossEntropy: softmaxCrossEntropy,
  SoftmaxCrossEntropyGrad: crossEntropyGradient,
  WindowMax: windowMaximum,
  WindowMaxGrad: windowMaximumGradient,
  TemporalSoftmaxPool: softmaxPool,
  TemporalSoftmaxPoolGrad: softmaxPoolGradient,
  TemporalWeightedSum: weightedSum,
  TemporalWeightedSumGrad: weightedSumGradient,
};
