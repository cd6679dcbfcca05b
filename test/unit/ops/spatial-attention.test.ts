import '../../../src-main/engine/gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { attendedFeatures, attentionWeights, hopPenalty } from '../../../models/ops/spatial-attention.ts';
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

const PLACES: [number, number, number] = [2, 49, 5];
const HOPS: [number, number] = [5, 3];

describe('attention weights', () => {
  it('are softmax over places of tanh(h W), computed place by place', () => {
    const [places, hops] = [random<tf.Rank.R3>(PLACES, 1), random<tf.Rank.R2>(HOPS, 2)];
    const weights = attentionWeights(places, hops).arraySync();
    const [h, w] = [places.arraySync(), hops.arraySync()];
    for (const r of [0, 1])
      for (const a of [0, 1, 2]) {
        const scores = h[r]!.map((place) => Math.exp(Math.tanh(place.reduce((sum, x, c) => sum + x * w[c]![a]!, 0))));
        const total = scores.reduce((sum, score) => sum + score, 0);
        scores.forEach((score, l) => expect(weights[r]![a]![l]).toBeCloseTo(score / total, 6));
      }
  });

  it('are positive and sum to 1 over the 49 places of every hop', () => {
    const weights = attentionWeights(random<tf.Rank.R3>(PLACES, 3), random<tf.Rank.R2>(HOPS, 4));
    expect(tf.min(weights).dataSync()[0]).toBeGreaterThan(0);
    tf.sum(weights, 2)
      .dataSync()
      .forEach((sum) => expect(sum).toBeCloseTo(1, 6));
  });

  it('carry the features of the places, hop after hop', () => {
    const places = tf.tensor3d([[[1, 10], [2, 20], [3, 30]]]); // prettier-ignore
    const weights = tf.tensor3d([[[1, 0, 0], [0, 0.5, 0.5]]]); // prettier-ignore
    expect(Array.from(attendedFeatures(weights, places).dataSync())).toEqual([1, 10, 2.5, 25]);
  });
});

describe('hop penalty', () => {
  it('is exactly 0 where each hop looks at one place and no two at the same', () => {
    const apart = tf.tensor3d([[[1, 0, 0], [0, 0, 1]]]); // prettier-ignore
    expect(hopPenalty(apart).dataSync()[0]).toBe(0);
  });

  it.each([
    ['two hops at the same place', [[1, 0, 0], [1, 0, 0]], Math.SQRT2], // prettier-ignore
    ['a hop over all places', [[1 / 3, 1 / 3, 1 / 3]], 2 / 3],
    ['hops that share a place', [[0.5, 0.5, 0], [0, 0.5, 0.5]], Math.sqrt(0.5 + 2 / 16)], // prettier-ignore
  ])('is the Frobenius norm of A Aᵀ - I for %s', (_, weights, norm) => {
    expect(hopPenalty(tf.tensor3d([weights])).dataSync()[0]).toBeCloseTo(norm, 5);
  });

  it('is positive for any weights that a softmax of bounded scores can give', () => {
    const weights = attentionWeights(random<tf.Rank.R3>(PLACES, 5), random<tf.Rank.R2>(HOPS, 6));
    expect(tf.min(hopPenalty(weights)).dataSync()[0]).toBeGreaterThan(0.5);
  });

  it('has a finite gradient where it is 0', () => {
    const apart = tf.tensor3d([[[1, 0], [0, 1]]]); // prettier-ignore
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(hopPenalty(x as tf.Tensor3D)))(apart);
    expect(Array.from(gradient.dataSync())).toEqual([0, 0, 0, 0]);
  });
});

it('attention and its penalty have the gradients of finite differences', () => {
  const places = random<tf.Rank.R3>([2, 4, 3], 7);
  const hops = random<tf.Rank.R2>([3, 2], 8);
  const loss = (h: tf.Tensor, w: tf.Tensor) => {
    const weights = attentionWeights(h as tf.Tensor3D, w as tf.Tensor2D);
    const seen = attendedFeatures(weights, h as tf.Tensor3D);
    return tf.add(tf.sum(tf.square(seen)), tf.sum(hopPenalty(weights))) as tf.Scalar;
  };
  const [dPlaces, dHops] = tf.grads(loss)([places, hops]) as [tf.Tensor, tf.Tensor];
  const along = (direction: tf.Tensor, x: tf.Tensor, at: (moved: tf.Tensor) => tf.Scalar) => {
    const value = (step: number) => at(tf.add(x, tf.mul(direction, step))).dataSync()[0]!;
    return (value(1e-2) - value(-1e-2)) / 2e-2;
  };
  const [h, w] = [random<tf.Rank.R3>([2, 4, 3], 9), random<tf.Rank.R2>([3, 2], 10)];
  const analytic = (gradient: tf.Tensor, direction: tf.Tensor) => tf.sum(tf.mul(gradient, direction)).dataSync()[0]!;
  expect(along(h, places, (moved) => loss(moved, hops))).toBeCloseTo(analytic(dPlaces, h), 2);
  expect(along(w, hops, (moved) => loss(places, moved))).toBeCloseTo(analytic(dHops, w), 2);
});

it('leaves no tensor behind', () => {
  const [places, hops] = [random<tf.Rank.R3>(PLACES, 1), random<tf.Rank.R2>(HOPS, 2)];
  const before = tf.memory().numTensors;
  const weights = attentionWeights(places, hops);
  tf.dispose([hopPenalty(weights), attendedFeatures(weights, places), weights]);
  expect(tf.memory().numTensors).toBe(before);
});
