import '../../../src-main/engine/gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { denseAfterConvFromPyTorch, inflateKernel, kernelFromPyTorch } from '../../../models/inflate.ts';
import { conv3d } from '../../../models/ops/conv3d.ts';
import { Rng } from '../../../src-main/data/rng.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function random<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> {
  const rng = new Rng(seed);
  const size = (shape as number[]).reduce((product, side) => product * side, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => rng.normal()),
    shape,
  );
}

const largestDifference = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

describe('inflated kernels (algorithms.md 1.11, 12)', () => {
  it('sum over time to the 2D kernel', () => {
    const flat = random<tf.Rank.R4>([3, 3, 2, 4], 1);
    const inflated = inflateKernel(flat, 3);
    expect(inflated.shape).toEqual([3, 3, 3, 2, 4]);
    expect(largestDifference(tf.sum(inflated, 0), flat)).toBeLessThan(1e-6);
  });

  it('give the 2D output in the interior frames of a video without movement, and less at its ends', () => {
    const flat = random<tf.Rank.R4>([3, 3, 2, 4], 2);
    const picture = random<tf.Rank.R4>([1, 5, 6, 2], 3);
    const video = tf.tile(tf.expandDims<tf.Tensor5D>(picture, 1), [1, 5, 1, 1, 1]);
    const options = { strides: [1, 1, 1] as [number, number, number], pad: 'same' as const, relu: false };
    const frames = tf.unstack(conv3d(video, inflateKernel(flat, 3), null, options), 1);
    const expected = tf.conv2d(picture, flat, 1, 'same');
    for (const frame of frames.slice(1, 4)) expect(largestDifference(frame, expected)).toBeLessThan(1e-5);
    expect(largestDifference(frames[0]!, tf.mul(expected, 2 / 3))).toBeLessThan(1e-5);
  });
});

describe('weights in PyTorch order', () => {
  it('has kernels as [out,in,h,w]', () => {
    const kernel = random<tf.Rank.R4>([4, 2, 3, 3], 4);
    const ours = kernelFromPyTorch(kernel);
    expect(ours.shape).toEqual([3, 3, 2, 4]);
    expect(ours.arraySync()[0]![2]![1]![3]).toBe(kernel.arraySync()[3]![1]![0]![2]);
  });

  it('reads a flattened map as [c,h,w] where ours is [h,w,c]', () => {
    const map = random<tf.Rank.R3>([2, 2, 3], 5);
    const weight = random<tf.Rank.R2>([4, 12], 6);
    const theirs = tf.dot(weight, tf.reshape(tf.transpose(map, [2, 0, 1]), [12]));
    const ours = tf.matMul(tf.reshape(map, [1, 12]), denseAfterConvFromPyTorch(weight, 3));
    expect(largestDifference(tf.reshape(ours, [4]), theirs)).toBeLessThan(1e-5);
  });
});
