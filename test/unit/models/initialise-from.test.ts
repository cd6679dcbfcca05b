import '../../../src-main/engine/gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { modelCard } from '../../../models/index.ts';
import { initialiseFrom, planInitialisation, type SourceTensor } from '../../../models/initialise-from.ts';
import { createVgg16In3d } from '../../../models/vgg16-3d.ts';
import { Rng } from '../../../src-main/data/rng.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const OPTIONS = { classes: 3, cropSize: 32, clipFrames: 3, dropout: 0 };
const FEATURE_INDICES = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];

const thinVgg = () => createVgg16In3d(OPTIONS, { filters: [2, 3, 4, 5, 6], units: 8, headUnits: 5 });
const small = () => modelCard('small3d').create({ ...OPTIONS, cropSize: 16 });

function source(shape: number[], seed: number): SourceTensor {
  const rng = new Rng(seed);
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, data: Float32Array.from({ length: size }, () => rng.normal()) };
}

/** A thin VGG-16 as torchvision would store it, with its last layer. */
function torchvisionVgg(): Record<string, SourceTensor> {
  const channels = [3, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6];
  const tensors: Record<string, SourceTensor> = {};
  FEATURE_INDICES.forEach((index, i) => {
    tensors[`features.${index}.weight`] = source([channels[i + 1]!, channels[i]!, 3, 3], i);
    tensors[`features.${index}.bias`] = source([channels[i + 1]!], 50 + i);
  });
  for (const [layer, shape] of Object.entries({ 0: [8, 6], 3: [8, 8], 6: [1000, 8] })) {
    tensors[`classifier.${layer}.weight`] = source(shape, 100);
    tensors[`classifier.${layer}.bias`] = source(shape.slice(0, 1), 101);
  }
  return tensors;
}

/** The 2D network of such a file up to fc7, as PyTorch computes it. */
function forward2d(tensors: Record<string, SourceTensor>, picture: tf.Tensor4D): tf.Tensor {
  const get = (name: string) => tf.tensor(tensors[name]!.data, [...tensors[name]!.shape]);
  const poolAfter = new Set([2, 7, 14, 21, 28]);
  let x = picture;
  for (const index of FEATURE_INDICES) {
    const kernel = tf.transpose(get(`features.${index}.weight`), [2, 3, 1, 0]) as tf.Tensor4D;
    x = tf.relu(tf.add(tf.conv2d(x, kernel, 1, 'same'), get(`features.${index}.bias`)));
    if (poolAfter.has(index)) x = tf.maxPool(x, 2, 2, 'valid');
  }
  let rows = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [1, -1]);
  for (const layer of [0, 3]) {
    const weight = get(`classifier.${layer}.weight`) as tf.Tensor2D;
    rows = tf.relu(tf.add(tf.matMul(rows, weight, false, true), get(`classifier.${layer}.bias`)));
  }
  return rows;
}

describe('weights of a 2D VGG-16 in torchvision naming', () => {
  it('fill the backbone; the 1000-way layer is unused and our head stays fresh', () => {
    const network = thinVgg();
    const plan = planInitialisation(network, torchvisionVgg());
    expect(plan.naming).toBe('torchvision');
    expect(plan.mismatched).toEqual([]);
    expect(plan.unused).toEqual(['classifier.6.weight', 'classifier.6.bias']);
    expect(plan.untouched).toEqual(network.headParams);
    expect(Object.keys(plan.used)).toHaveLength(30);
  });

  it('give the 2D features in the interior frame of a video without movement', () => {
    const network = thinVgg();
    const file = torchvisionVgg();
    // Why: 13 layers see 27 frames, so only a frame at least 13 from both ends is interior.
    const frames = 27;
    const variables = network.init(() => 0.6);
    initialiseFrom(variables, planInitialisation(network, file), file);
    const picture = tf.tensor4d(source([1, 32, 32, 3], 7).data, [1, 32, 32, 3]);
    const video = tf.tile(tf.expandDims<tf.Tensor5D>(picture, 1), [1, frames, 1, 1, 1]);
    const logits = network.apply(variables, video, { training: false }).arraySync()[0]!;
    const { params } = variables;
    const fc8 = tf.relu(
      tf.add(
        tf.matMul(forward2d(file, picture) as tf.Tensor2D, params['fc8.kernel'] as tf.Tensor2D),
        params['fc8.bias']!,
      ),
    );
    const expected = tf
      .add(tf.matMul(fc8 as tf.Tensor2D, params['logits.kernel'] as tf.Tensor2D), params['logits.bias']!)
      .dataSync();
    const scale = Math.max(...expected.map(Math.abs));
    logits[13]!.forEach((logit, k) => expect(logit / scale).toBeCloseTo(expected[k]! / scale, 4));
    expect(Math.abs(logits[0]![0]! - expected[0]!) / scale).toBeGreaterThan(0.05);
  });

  it('are refused as a whole when a shape differs, by both names', () => {
    const network = thinVgg();
    const file = { ...torchvisionVgg(), 'classifier.0.weight': source([8, 54], 1) };
    const plan = planInitialisation(network, file);
    expect(plan.mismatched).toEqual([
      { name: 'fc6.kernel', from: 'classifier.0.weight', expected: [8, 6], found: [8, 54] },
    ]);
    const variables = network.init(() => 0.5);
    const before = { ...variables.params };
    expect(() => initialiseFrom(variables, plan, file)).toThrow(
      'fc6.kernel: expected [8,6] in classifier.0.weight, got [8,54]',
    );
    expect(variables.params).toEqual(before);
  });

  it('have no use in a network without import rules', () => {
    const plan = planInitialisation(small(), torchvisionVgg());
    expect(plan.used).toEqual({});
    expect(plan.unused).toHaveLength(32);
  });
});

describe('weights in our own names', () => {
  it('are copied, 2D kernels inflated, and a last layer for other classes left fresh', () => {
    const network = small();
    const file = {
      'conv1.kernel': source([3, 3, 3, 3, 16], 1),
      'conv2.kernel': source([3, 3, 16, 32], 2),
      'logits.kernel': source([256, 9], 3),
      'other.kernel': source([2], 4),
    };
    const plan = planInitialisation(network, file);
    expect(Object.keys(plan.used)).toEqual(['conv1.kernel', 'conv2.kernel']);
    expect(plan.unused).toEqual(['logits.kernel', 'other.kernel']);
    expect(plan.untouched).toContain('logits.kernel');
    const variables = network.init(() => 0.5);
    const before = tf.memory().numTensors;
    initialiseFrom(variables, plan, file);
    expect(tf.memory().numTensors).toBe(before);
    expect(variables.params['conv1.kernel']!.dataSync()).toEqual(file['conv1.kernel'].data);
    const sums = tf.sum(variables.params['conv2.kernel']!, 0).dataSync();
    expect(Math.max(...sums.map((value, i) => Math.abs(value - file['conv2.kernel'].data[i]!)))).toBeLessThan(1e-6);
  });
});
