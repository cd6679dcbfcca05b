import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PoolingConfiguration } from '../../../models/pooling-configuration.ts';
import { pooled3d } from '../../../models/pooled3d.ts';
import { resnetCard } from '../../../models/resnet-cifar.ts';
import { createSuperNet, scalesOf, unitScales, type SearchableCard } from '../../../models/searchable-network.ts';
import type { ModelOptions, Variables } from '../../../models/types.ts';
import { openEngine, type Engine } from '../../../src-main/engine/select.ts';
import { Rng } from '../../../src-main/data/rng.ts';
import { searchSpace } from '../../../src-main/train/pooling-search/search-space.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await openEngine({ engine: 'wasm', threads: 1 });
});

afterAll(async () => {
  await engine.close();
});

const EVALUATE = { training: false } as const;

const thinResNet = resnetCard('thin', 'Thin', {
  net: {
    stem: 2,
    stages: [
      { width: 2, blocks: 2 },
      { width: 3, blocks: 2 },
    ],
    expansion: 1,
  },
  pooling: { units: 5, spacePools: 2, timePools: 0, default: { space: [2, 2, 1], time: [5] } },
});

const CASES: { card: SearchableCard; options: ModelOptions }[] = [
  { card: thinResNet, options: { classes: 3, cropSize: 8, clipFrames: 1, dropout: 0 } },
  { card: pooled3d, options: { classes: 3, cropSize: 32, clipFrames: 2, dropout: 0 } },
];

function clipsOf({ cropSize: side, clipFrames: t }: ModelOptions, n = 3): tf.Tensor5D {
  const rng = new Rng(4);
  return tf.tensor5d(
    Float32Array.from({ length: n * t * side * side * 3 }, () => rng.normal()),
    [n, t, side, side, 3],
  );
}

function variablesOf(net: { init(uniform: () => number): Variables }): Variables {
  const rng = new Rng(7);
  return net.init(() => rng.next());
}

describe.each(CASES)('the supernet of $card.name', ({ card, options }) => {
  const space = searchSpace(card.pooling);
  const middle = space.configurations[Math.floor(space.configurations.length / 2)]!;

  it('has M sets of the same weights without scale, offset or running statistics', () => {
    const one = variablesOf(createSuperNet(card, options, 1));
    const three = variablesOf(createSuperNet(card, options, 3));
    expect(Object.keys(three.params)).toHaveLength(3 * Object.keys(one.params).length);
    expect(Object.keys(three.params).some((name) => /scale|offset|mean|variance/.test(name))).toBe(false);
    expect(three.buffers).toEqual({});
  });

  it('gives logits of one shape along every configuration, by the weights of the supernet alone', () => {
    const net = createSuperNet(card, options, 2);
    const variables = variablesOf(net);
    const clips = clipsOf(options, 2);
    const some = space.configurations.filter((_, c) => c % Math.ceil(space.configurations.length / 6) === 0);
    const t = card.output === 'frame' ? options.clipFrames : 1;
    const seen = some.map((configuration) => {
      const own = net.variablesOf(variables, 1);
      expect(Object.keys(own.params).every((name) => name.startsWith('supernet1/'))).toBe(true);
      const logits = net.along(configuration, 1).apply(own, clips, EVALUATE);
      expect(logits.shape).toEqual([2, t, 3]);
      return Array.from(logits.dataSync()).join();
    });
    expect(new Set(seen).size).toBe(some.length);
  });

  it('is the network trained alone, but for scale, offset and statistics', () => {
    const alone = card.create({
      ...options,
      poolAt: `${middle.space.join()}+${middle.time.join()}`.replace(/\+\d+$/, ''),
    });
    const { params, buffers } = variablesOf(alone);
    const net = createSuperNet(card, options, 1);
    const shared = Object.fromEntries(
      Object.keys(variablesOf(net).params).map((name) => [name, params[name.replace('supernet0/', '')]!]),
    );
    const clips = clipsOf(options);
    const training = { training: true, seed: 1, bufferUpdates: {} } as const;
    const expected = alone.apply({ params, buffers }, clips, training).dataSync();
    const found = net.along(middle, 0).apply({ params: shared, buffers: {} }, clips, EVALUATE).dataSync();
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3));
  });

  it('mixes scales to the path of a configuration where the weights choose one', () => {
    const net = createSuperNet(card, options, 1);
    const variables = variablesOf(net);
    const clips = clipsOf(options, 2);
    const scales = scalesOf(card.pooling).length;
    const some: PoolingConfiguration[] = [space.configurations[0]!, middle, space.configurations.at(-1)!];
    for (const configuration of some) {
      const oneHot = tf.oneHot(tf.tensor1d(unitScales(card.pooling, configuration), 'int32'), scales).cast('float32');
      const mixed = net.mixed(oneHot as tf.Tensor2D).apply(variables, clips, EVALUATE);
      const path = net.along(configuration, 0).apply(variables, clips, EVALUATE);
      path.dataSync().forEach((value, i) => expect(mixed.dataSync()[i]).toBeCloseTo(value, 3));
    }
  });

  it('has the gradient of the mixture of finite differences', () => {
    const net = createSuperNet(card, options, 1);
    const variables = variablesOf(net);
    const clips = clipsOf(options, 2);
    const scales = scalesOf(card.pooling).length;
    const loss = (mixture: tf.Tensor) =>
      tf.sum(tf.square(net.mixed(mixture as tf.Tensor2D).apply(variables, clips, EVALUATE))) as tf.Scalar;
    const start = tf.fill([card.pooling.units - 1, scales], 1 / scales);
    const gradient = tf.grad(loss)(start);
    const norm = Math.sqrt(tf.sum(tf.square(gradient)).dataSync()[0]!);
    const at = (step: number) => loss(tf.add(start, tf.mul(gradient, step / norm))).dataSync()[0]!;
    const numeric = (at(1e-3) - at(-1e-3)) / 2e-3;
    expect(Math.abs(numeric - norm)).toBeLessThan(0.05 * norm);
  });

  it('leaves no tensor behind', () => {
    const net = createSuperNet(card, options, 2);
    const variables = variablesOf(net);
    const clips = clipsOf(options, 1);
    const before = tf.memory().numTensors;
    net.along(middle, 1).apply(net.variablesOf(variables, 1), clips, EVALUATE).dispose();
    tf.tidy(() =>
      net
        .mixed(tf.fill([card.pooling.units - 1, scalesOf(card.pooling).length], 0.5))
        .apply(variables, clips, EVALUATE),
    ).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
