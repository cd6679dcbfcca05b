import '../../../src-main/engine/gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { lstm } from '../../../models/ops/lstm.ts';
import { Rng } from '../../../src-main/data/rng.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const D = 3;
const U = 2;

function random<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> {
  const rng = new Rng(seed);
  const size = (shape as number[]).reduce((product, side) => product * side, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => rng.normal()),
    shape,
  );
}

const weights = () => ({
  input: random<tf.Rank.R2>([D, 4 * U], 1),
  recurrent: random<tf.Rank.R2>([U, 4 * U], 2),
  bias: random<tf.Rank.R1>([4 * U], 3),
});

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** One video, unit by unit. */
function slowLstm(x: number[][], { input, recurrent, bias }: ReturnType<typeof weights>): number[][] {
  const [w, r, b] = [input.arraySync(), recurrent.arraySync(), bias.arraySync()];
  let [cell, output] = [new Array<number>(U).fill(0), new Array<number>(U).fill(0)];
  return x.map((step) => {
    const gate = (index: number, u: number) => {
      const column = index * U + u;
      const driven = step.reduce((sum, value, d) => sum + value * w[d]![column]!, b[column]!);
      return output.reduce((sum, value, v) => sum + value * r[v]![column]!, driven);
    };
    const units = [...new Array(U).keys()];
    const next = units.map((u) => sigmoid(gate(1, u) + 1) * cell[u]! + sigmoid(gate(0, u)) * Math.tanh(gate(2, u)));
    output = units.map((u) => sigmoid(gate(3, u)) * Math.tanh(next[u]!));
    cell = next;
    return output;
  });
}

describe('lstm', () => {
  it('is that of a slow reference, for each video by itself', () => {
    const x = random<tf.Rank.R3>([2, 5, D], 4);
    const w = weights();
    const states = lstm(x, w).arraySync();
    x.arraySync().forEach((video, n) =>
      slowLstm(video, w).forEach((state, p) =>
        state.forEach((value, u) => expect(states[n]![p]![u]).toBeCloseTo(value, 5)),
      ),
    );
  });

  it('knows of earlier clips and not of later ones', () => {
    const values = random<tf.Rank.R3>([1, 4, D], 5).arraySync();
    const changed = structuredClone(values);
    changed[0]![2]![0]! += 1;
    const [one, other] = [values, changed].map((x) => lstm(tf.tensor3d(x), weights()).arraySync()[0]!);
    expect(other!.slice(0, 2)).toEqual(one!.slice(0, 2));
    expect(other![2]).not.toEqual(one![2]);
    expect(other![3]).not.toEqual(one![3]);
  });

  it('has the gradients of finite differences in its input and all weights', () => {
    const x = random<tf.Rank.R3>([2, 3, D], 6);
    const { input, recurrent, bias } = weights();
    const loss = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor, d: tf.Tensor) =>
      tf.sum(
        tf.square(
          lstm(a as tf.Tensor3D, { input: b as tf.Tensor2D, recurrent: c as tf.Tensor2D, bias: d as tf.Tensor1D }),
        ),
      ) as tf.Scalar;
    const values = [x, input, recurrent, bias] as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const gradients = tf.grads(loss as (...args: tf.Tensor[]) => tf.Scalar)(values);
    values.forEach((value, i) => {
      const direction = random(value.shape as [number, number], 10 + i);
      const at = (step: number) => {
        const moved = values.map((one, j) => (i === j ? tf.add(one, tf.mul(direction, step)) : one));
        return loss(...(moved as typeof values)).dataSync()[0]!;
      };
      const analytic = tf.sum(tf.mul(gradients[i]!, direction)).dataSync()[0]!;
      expect((at(1e-2) - at(-1e-2)) / 2e-2).toBeCloseTo(analytic, 2);
    });
  });

  it('leaves no tensor behind but its states', () => {
    const [x, w] = [random<tf.Rank.R3>([1, 4, D], 7), weights()];
    const before = tf.memory().numTensors;
    lstm(x, w).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
