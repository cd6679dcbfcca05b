import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';

/**
 * Kernels beyond those of TensorFlow.js that a backend may register. An op looks its kernel up by name in the registry
 * of the current backend and composes plain ops where there is none, so no model names a backend. What a kernel takes
 * and gives is written where its gradient is registered, in the file of its op; a backend registers a kernel together
 * with its `…Grad`.
 */
export type FusedKernelName =
  | 'FusedConvBlock3D'
  | 'FusedConvBlock3DGrad'
  | 'BatchNormTraining'
  | 'BatchNormTrainingGrad'
  | 'FrameNorm'
  | 'FrameNormGrad'
  | 'ClipTransform'
  | 'ClipTransformGrad'
  | 'HueColour'
  | 'HueColourGrad'
  | 'UnpackBytes'
  | 'SgdUpdate'
  | 'AdamWUpdate'
  | 'SumOfSquares'
  | 'SumOfAllSquares'
  | 'MovingStatistics'
  | 'SoftmaxCrossEntropy'
  | 'SoftmaxCrossEntropyGrad'
  | 'WindowMax'
  | 'WindowMaxGrad'
  | 'TemporalSoftmaxPool'
  | 'TemporalSoftmaxPoolGrad'
  | 'TemporalWeightedSum'
  | 'TemporalWeightedSumGrad';

/** Attributes of a fused kernel: plain values, known when it is called. */
export type FusedKernelAttrs = Readonly<Record<string, string | number | boolean | readonly number[] | null>>;

/** True where the current backend registers the kernel. */
export function hasFusedKernel(name: FusedKernelName): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/** Runs a kernel of the current backend, on the tape where there is one. */
export function runFusedKernel(name: FusedKernelName, inputs: NamedTensorMap, attrs: FusedKernelAttrs): Tensor[] {
  const outputs: Tensor | Tensor[] = engine().runKernel(name, inputs, attrs as NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}
