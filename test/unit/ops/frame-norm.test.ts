import '../../../src-main/engine/gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { frameNorm } from '../../../models/ops/frame-norm.ts';
import { Rng } from '../../../src-main/data/rng.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const SHAPE: [number, number, number, number, number] = [2, 3, 4, 5, 2];

function random<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> {
  const rng = new Rng(seed);
  const size = (shape as number[]).reduce((product, side) => product * side, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => 2 + rng.normal()),
    shape,
  );
}

/** The definition, for the tape of TensorFlow.js. */
function byDefinition(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, [2, 3], true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))), scale), offset);
}

const layerWith =
  (relu: boolean) =>
  (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor =>
    frameNorm(
      x as tf.Tensor5D,
      { scale: scale as tf.Tensor1D, offset: offset as tf.Tensor1D },
      { epsilon: 1e-3, relu },
    );
const layer = layerWith(false);

describe('frame norm', () => {
  it('gives each channel of each frame mean 0 and variance 1 before scale and offset', () => {
    const y = layer(random<tf.Rank.R5>(SHAPE, 1), tf.ones([2]), tf.zeros([2]));
    const { mean, variance } = tf.moments(y, [2, 3]);
    mean.dataSync().forEach((value) => expect(value).toBeCloseTo(0, 4));
    variance.dataSync().forEach((value) => expect(value).toBeCloseTo(1, 2));
  });

  it.each([false, true])('has the values and gradients of its definition (ReLU: %s)', (relu) => {
    const inputs = [random<tf.Rank.R5>(SHAPE, 1), random<tf.Rank.R1>([2], 2), tf.neg(random<tf.Rank.R1>([2], 3))];
    const definition: typeof byDefinition = (...args) =>
      relu ? tf.relu(byDefinition(...args)) : byDefinition(...args);
    const weights = random<tf.Rank.R5>(SHAPE, 4);
    const run = (norm: typeof byDefinition) =>
      tf.valueAndGrads((x, scale, offset) => tf.sum(tf.mul(tf.square(norm(x!, scale!, offset!)), weights)))(inputs);
    const [found, expected] = [run(layerWith(relu)), run(definition)];
    [found.value, ...found.grads].forEach((tensor, i) => {
      const reference = [expected.value, ...expected.grads][i]!;
      expect(tensor.shape).toEqual(reference.shape);
      const difference = tf.max(tf.abs(tf.sub(tensor, reference))).dataSync()[0]!;
      expect(difference / tf.max(tf.abs(reference)).dataSync()[0]!).toBeLessThan(1e-4);
    });
  });

  it('knows nothing of other frames', () => {
    const x = random<tf.Rank.R5>(SHAPE, 1);
    const alone = tf.slice(x, [1, 2, 0, 0, 0], [1, 1, 4, 5, 2]);
    const [scale, offset] = [tf.ones([2]), tf.zeros([2])];
    const together = tf.slice(layer(x, scale, offset), [1, 2, 0, 0, 0], [1, 1, 4, 5, 2]);
    expect(layer(alone, scale, offset).dataSync()).toEqual(together.dataSync());
  });

  it('keeps a flat frame flat', () => {
    const y = layer(tf.fill([1, 1, 4, 4, 1], 100), tf.ones([1]), tf.fill([1], 0.5));
    y.dataSync().forEach((value) => expect(value).toBeCloseTo(0.5, 1));
  });
});
