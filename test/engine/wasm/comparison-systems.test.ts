import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { createC3dLstm } from '../../../models/c3d-lstm.ts';
import { modelCard } from '../../../models/index.ts';
import type { Network } from '../../../models/network.ts';
import type { ModelOptions } from '../../../models/types.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';

let engine: Engine | null = null;

afterEach(async () => {
  await engine?.close();
  engine = null;
});

const OPTIONS: ModelOptions = { classes: 5, cropSize: 16, clipFrames: 4, dropout: 0 };
const ATTENTION = { blocks: 2, hops: 3, penalty: 0.5 };

const NETWORKS: [string, Network][] = [
  [
    'spatial-attention',
    modelCard('spatial-attention').create({ ...OPTIONS, width: 1 / 16, frameNorm: true, attention: ATTENTION }),
  ],
  ['c3d-lstm', createC3dLstm(OPTIONS, { filters: [3, 4, 5, 6, 7], units: 8 }, 4)],
  ['c3d-weighted', modelCard('c3d-weighted').create({ ...OPTIONS, cropSize: 32, width: 1 / 32, frameNorm: true })],
];

/** Gradients of the squared logits and the penalties, by parameter. */
async function gradientsOn(name: 'cpu' | 'wasm', network: Network): Promise<Map<string, Float32Array>> {
  engine = await openEngine({ engine: name, threads: 2 });
  const rng = new Rng(3);
  const { params } = network.init(() => rng.next());
  const { cropSize: side, clipFrames: t } = network.options;
  const clips = tf.tensor5d(
    Float32Array.from({ length: 3 * t * side * side * 3 }, () => rng.normal()),
    [3, t, side, side, 3],
  );
  const names = Object.keys(params);
  const loss = (...values: tf.Tensor[]) => {
    const variables = { params: Object.fromEntries(names.map((one, i) => [one, values[i]!])), buffers: {} };
    const penalties: tf.Tensor1D[] = [];
    const mode = { training: true as const, seed: 1, bufferUpdates: {}, penalties };
    const outputs = network.apply(variables, clips, mode);
    const [n, , d] = outputs.shape;
    const logits = network.sequence?.apply(variables, tf.reshape(outputs, [1, n, d]), mode) ?? outputs;
    return penalties.reduce((total, one) => tf.add(total, tf.sum(one)), tf.sum(tf.square(logits)) as tf.Scalar);
  };
  const { grads } = tf.valueAndGrads(loss)(Object.values(params));
  const found = await Promise.all(
    names.map(async (one, i) => [one, (await grads[i]!.data()) as Float32Array] as const),
  );
  const copies = new Map(found.map(([one, values]) => [one, values.slice()]));
  await engine.close();
  engine = null;
  return copies;
}

describe('the comparison systems', () => {
  it.each(NETWORKS)('%s has the gradients of the reference', async (_, network) => {
    const reference = await gradientsOn('cpu', network);
    const ours = await gradientsOn('wasm', network);
    for (const [name, values] of reference) {
      const scale = Math.hypot(...values) / Math.sqrt(values.length) + 1e-6;
      values.forEach((value, i) =>
        expect(Math.abs(ours.get(name)![i]! - value), name).toBeLessThan(5e-3 * scale + 1e-5),
      );
    }
  });
});
