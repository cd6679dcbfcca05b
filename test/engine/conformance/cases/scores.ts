/** From frame logits to the loss: windowed maxima, pooling over clip positions, cross-entropy. */
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../../../../models/ops/softmax-cross-entropy.ts';
import { temporalSoftmaxPool } from '../../../../models/ops/temporal-softmax-pool.ts';
import { temporalWeightedSum } from '../../../../models/ops/temporal-weighted-sum.ts';
import { windowMax } from '../../../../models/ops/window-max.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import {
  crossEntropyByLoops,
  softmaxPoolByLoops,
  weightedSumByLoops,
  windowMaxByLoops,
} from '../plain-loops/temporal-pooling.ts';
import { distinct, mapped, normal, wholeNumbers, type Values } from '../values.ts';

/** `scale` of the logits: e to the 200 is beyond f32. */
function crossEntropyCase(n: number, k: number, scale: number): ConformanceCase {
  const logits = mapped(normal([n, k], 1), (value) => value * scale);
  return {
    op: 'cross-entropy',
    what: `[${n},${k}], logits times ${scale}`,
    inputs: [{ ...logits, values: Float32Array.from(logits.values) }, wholeNumbers([n], k, 2)],
    compute: (x, labels) => [softmaxCrossEntropy(x as Tensor2D, labels as Tensor1D)],
    reference: (x, labels) => [crossEntropyByLoops(x!, labels!)],
    gradientsOf: [0],
  };
}

function windowMaxCase(shape: readonly number[], width: number, stride: number): ConformanceCase {
  return {
    op: 'windowed maximum',
    what: `[${shape.join()}] in windows of ${width}, steps of ${stride}`,
    inputs: [distinct(shape, 1)],
    compute: (x) => [windowMax(x as Tensor3D, width, stride)],
    reference: (x) => [windowMaxByLoops(x!, Math.min(width, shape[1]!), stride)],
    gradientsOf: [0],
  };
}

/** Every third position of a video counts for nothing, the others by different weights. */
function weightsOf([n, p]: readonly number[]): Values {
  const values = Float32Array.from({ length: n! * p! }, (_, i) => (i % p! === 1 ? 0 : 0.5 + (i % 4)));
  return { shape: [n!, p!], values };
}

function softmaxPoolCase(shape: readonly number[], gamma: number, isWeighted: boolean): ConformanceCase {
  const weights = weightsOf(shape);
  const all = { shape: weights.shape, values: new Float64Array(weights.values.length).fill(1) };
  return {
    op: 'temporal softmax pool',
    what: `[${shape.join()}], gamma ${gamma}${isWeighted ? ', weighted' : ''}`,
    inputs: [normal(shape, 1), ...(isWeighted ? [weights] : [])],
    compute: (x, given) => [temporalSoftmaxPool(x as Tensor3D, gamma, (given as Tensor2D | undefined) ?? null)],
    reference: (x, given) => [softmaxPoolByLoops(x!, given ?? all, gamma)],
    gradientsOf: [0],
  };
}

function weightedSumCase(shape: readonly number[]): ConformanceCase {
  return {
    op: 'temporal weighted sum',
    what: `[${shape.join()}]`,
    inputs: [normal(shape, 1), normal(shape.slice(0, 2), 2)],
    compute: (x, weights) => [temporalWeightedSum(x as Tensor3D, weights as Tensor2D)],
    reference: (x, weights) => [weightedSumByLoops(x!, weights!)],
    gradientsOf: [0],
  };
}

const SHAPES = [
  [1, 1, 7],
  [2, 5, 1],
  [3, 17, 7],
  [1, 150, 3],
  [2, 9, 64],
];

export const scoreCases: readonly ConformanceCase[] = [
  crossEntropyCase(1, 2, 1),
  crossEntropyCase(8, 7, 1),
  crossEntropyCase(130, 3, 5),
  crossEntropyCase(5, 17, 200),
  crossEntropyCase(3, 64, 1),
  windowMaxCase([2, 16, 7], 16, 1),
  windowMaxCase([1, 37, 7], 16, 1),
  windowMaxCase([2, 9, 17], 3, 2),
  windowMaxCase([3, 5, 1], 16, 1),
  windowMaxCase([1, 1, 64], 1, 1),
  windowMaxCase([2, 11, 3], 2, 5),
  ...SHAPES.flatMap((shape) => [softmaxPoolCase(shape, 1, false), weightedSumCase(shape)]),
  ...[0, 0.3, 10].map((gamma) => softmaxPoolCase([3, 17, 7], gamma, gamma > 0)),
  softmaxPoolCase([2, 40, 17], 2, true),
];
