import '../../../src-main/engine/gradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createC3d } from '../../../models/c3d.ts';
import { createC3dLstm } from '../../../models/c3d-lstm.ts';
import { modelCard, modelNames } from '../../../models/index.ts';
import { countParameters, forwardFlops, type Network } from '../../../models/network.ts';
import { createR3d18 } from '../../../models/r3d18.ts';
import { resnetCard } from '../../../models/resnet-cifar.ts';
import { sizeOf } from '../../../models/shape.ts';
import type { ApplyMode, ModelOptions, NamedTensors, Variables } from '../../../models/types.ts';
import { createVgg16In3d } from '../../../models/vgg16-3d.ts';
import { wideResnetCard } from '../../../models/wide-resnet.ts';
import { MODEL_NAMES } from '../../../src-main/contract/config.ts';
import { Rng } from '../../../src-main/data/rng.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const EVALUATE: ApplyMode = { training: false };
const training = (seed: number): ApplyMode => ({ training: true, seed, bufferUpdates: {} });

/** Each network at a size whose gradients the slow backend can take; depth and wiring are the registered ones. */
const THIN: Record<string, { options: ModelOptions; create: (options: ModelOptions) => Network }> = {
  small3d: { options: optionsFor(16, 3), create: (options) => modelCard('small3d').create(options) },
  c3d: {
    options: optionsFor(18, 3),
    create: (options) => createC3d(options, { filters: [2, 3, 4, 5, 6], units: 7 }),
  },
  r3d18: { options: optionsFor(32, 8), create: (options) => createR3d18(options, [2, 3, 4, 5]) },
  'vgg16-3d': {
    options: optionsFor(32, 2),
    create: (options) => createVgg16In3d(options, { filters: [2, 3, 4, 5, 6], units: 8, headUnits: 5 }),
  },
  'spatial-attention': {
    options: { ...optionsFor(16, 2), width: 1 / 32, attention: { blocks: 2, hops: 3, penalty: 0.5 } },
    create: (options) => modelCard('spatial-attention').create(options),
  },
  'c3d-lstm': {
    options: optionsFor(18, 3),
    create: (options) => createC3dLstm(options, { filters: [2, 3, 4, 5, 6], units: 7 }, 4),
  },
  'c3d-weighted': {
    options: { ...optionsFor(18, 3), frameNorm: true },
    create: (options) => createC3d(options, { filters: [2, 3, 4, 5, 6], units: 7 }),
  },
  pooled3d: { options: optionsFor(32, 3), create: (options) => modelCard('pooled3d').create(options) },
  resnet20: thinResNet('resnet20', [2, 3, 4], [3, 3, 3], 1),
  resnet18: thinResNet('resnet18', [2, 3, 4, 5], [2, 2, 2, 2], 1),
  resnet50: thinResNet('resnet50', [2, 2], [1, 2], 4),
  'wrn-28-10': {
    options: optionsFor(8, 2),
    create: (options) => wideResnetCard('thin', 'thin', { blocks: 2, widening: 1 / 8 }).create(options),
  },
};

/** Bottlenecks count the stem into the first block. */
function thinResNet(name: string, widths: number[], blocks: number[], expansion: 1 | 4) {
  const units = blocks.reduce((sum, count) => sum + count, expansion === 1 ? 1 : 0);
  const space = [units - 1, 1];
  const pooling = { units, spacePools: 1, timePools: 0, default: { space, time: [units] } };
  const stages = widths.map((width, i) => ({ width, blocks: blocks[i]! }));
  const { create } = resnetCard(name, name, { net: { stem: 2, stages, expansion }, pooling });
  return { options: optionsFor(16, 2), create };
}

function optionsFor(cropSize: number, clipFrames: number): ModelOptions {
  return { classes: 5, cropSize, clipFrames, dropout: 0.5 };
}

function clipsFor(options: ModelOptions, n: number): tf.Tensor5D {
  const rng = new Rng(9);
  const { clipFrames: t, cropSize: side } = options;
  const values = Float32Array.from({ length: n * t * side * side * 3 }, () => rng.normal());
  return tf.tensor5d(values, [n, t, side, side, 3]);
}

function freshVariables(network: Network): Variables {
  const rng = new Rng(3);
  return network.init(() => rng.next());
}

/** What a network says of clips: [n,t,k] or [n,1,k], each clip a sequence of its own where it reads sequences. */
function logitsOf(network: Network, variables: Variables, clips: tf.Tensor5D, mode: ApplyMode): tf.Tensor3D {
  return tf.tidy(() => {
    const outputs = network.apply(variables, clips, mode);
    return network.sequence?.apply(variables, outputs, mode) ?? outputs;
  });
}

/** Cross-entropy of class 1, smooth in the logits. */
function lossOf(network: Network, variables: Variables, clips: tf.Tensor5D, mode: ApplyMode): tf.Scalar {
  const logits = logitsOf(network, variables, clips, mode);
  const target = tf.oneHot(tf.fill([logits.shape[0] * logits.shape[1]], 1, 'int32'), logits.shape[2]);
  const rows = tf.reshape(logits, [-1, logits.shape[2]]);
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(rows), target), 1)));
}

describe('registry', () => {
  it('holds the networks of the config, in its order', () => {
    expect(modelNames()).toEqual([...MODEL_NAMES]);
  });

  it('names the networks there are when asked for another', () => {
    expect(() => modelCard('resnet')).toThrow(
      'expected one of small3d, c3d, r3d18, vgg16-3d, spatial-attention, c3d-lstm, c3d-weighted, pooled3d, resnet20, resnet18, resnet50, wrn-28-10, got "resnet"',
    );
  });

  it.each([
    // C3D on UCF101: 78.41 M; R3D-18 on Kinetics-400: 33,371,472 in torchvision.
    ['c3d', 101, 78_409_573],
    ['r3d18', 400, 33_371_472],
    // VGG-16 without its last layer: 13 kernels three times as deep, two dense layers; then 128 and 7 units.
    ['vgg16-3d', 7, 3 * 14_710_464 + 4224 + 102_764_544 + 16_781_312 + 4096 * 128 + 128 + 128 * 7 + 7],
    // VGG-16 without its dense layers; two hops, 7 classes.
    ['spatial-attention', 7, 14_714_688 + 512 * 2 + 2 * 512 * 7 + 7],
    // C3D up to fc7; gates over 4096 and 128 inputs; 7 classes.
    ['c3d-lstm', 7, 77_995_776 + 512 * (4096 + 128 + 1) + 128 * 7 + 7],
    ['c3d-weighted', 7, 77_995_776 + 4096 * 7 + 7],
    // WRN-28-10 on CIFAR-10: 36.5 M.
    ['wrn-28-10', 10, 36_479_194],
    ['small3d', 7, 81 * 16 + 27 * (16 * 32 + 32 * 64 + 64 * 64) + 2 * 176 + 9 * 64 * 7 + 7],
  ])('%s has the published number of parameters', (name, classes, parameters) => {
    const card = modelCard(name);
    const network = card.create({ classes, cropSize: card.cropSize, clipFrames: 16, dropout: 0.5 });
    expect(countParameters(network)).toBe(parameters);
  });

  it.each(['c3d', 'c3d-lstm', 'c3d-weighted', 'vgg16-3d', 'spatial-attention'])('%s shrinks with its width', (name) => {
    const card = modelCard(name);
    const options = { ...optionsFor(card.cropSize, 16), width: 1 / 8 };
    const share = countParameters(card.create(options)) / countParameters(card.create({ ...options, width: 1 }));
    expect(share).toBeGreaterThan(1 / 70);
    expect(share).toBeLessThan(1 / 40);
  });

  it('refuses attention with fewer places than hops', () => {
    expect(() => modelCard('spatial-attention').create(optionsFor(32, 1))).toThrow(
      'at least 2 places, one for each hop, got 1 x 1',
    );
  });

  it('refuses frame norm where it would leave nothing of a map', () => {
    const options = { ...optionsFor(16, 16), width: 1 / 8, frameNorm: true };
    expect(() => modelCard('vgg16-3d').create(options)).toThrow('more than one place behind conv4_3, got 1 x 1');
  });

  it('refuses small3d crops whose last map would be a single place', () => {
    expect(() => modelCard('small3d').create(optionsFor(15, 16))).toThrow('at least 16 pixels, got 15');
  });

  it('estimates 46 GMAC a frame for vgg16-3d at 224 pixels (algorithms.md 1.4)', () => {
    const network = modelCard('vgg16-3d').create(optionsFor(224, 16));
    expect(forwardFlops(network, 1, 16) / 2 / 16 / 1e9).toBeCloseTo(46, 0);
  });
});

describe.each(modelNames())('%s', (name) => {
  const card = modelCard(name);
  const { options, create } = THIN[name]!;

  it('gives logits of the registered shape, and the variables it declares', () => {
    const network = create(options);
    const variables = freshVariables(network);
    const clips = clipsFor(options, 2);
    const logits = logitsOf(network, variables, clips, EVALUATE);
    expect(logits.shape).toEqual([2, card.output === 'frame' ? options.clipFrames : 1, options.classes]);
    expect(shapesOf(variables.params)).toEqual(declaredShapes(network.specs.params));
    expect(shapesOf(variables.buffers)).toEqual(declaredShapes(network.specs.buffers));
    expect(network.headParams.every((param) => param in variables.params)).toBe(true);
    tf.dispose([variables.params, variables.buffers, clips, logits]);
  });

  it('traces the layers as they are computed', () => {
    const network = create(options);
    const trace = network.trace(2, options.clipFrames);
    expect(trace.at(-1)).toMatchObject({ name: 'logits' });
    expect(sizeOf(trace.at(-1)!.output)).toBe(2 * (card.output === 'frame' ? options.clipFrames : 1) * options.classes);
  });

  it('has the gradients of finite differences in every group of parameters', () => {
    const network = create({ ...options, dropout: 0.3 });
    const { params, buffers } = freshVariables(network);
    const clips = clipsFor(options, 2);
    const names = Object.keys(params);
    const loss = (...values: tf.Tensor[]) =>
      lossOf(network, { params: named(names, values), buffers }, clips, training(5));
    const { grads } = tf.valueAndGrads(loss)(names.map((param) => params[param]!));
    for (const ending of ['kernel', 'bias', 'scale', 'offset']) {
      const group = names.filter((param) => param.endsWith(ending));
      if (group.length === 0) continue;
      const { analytic, numeric } = directionalDerivative(group, { names, params, grads, loss });
      expect(Math.abs(numeric - analytic), `${ending}: ${numeric} and ${analytic}`).toBeLessThan(
        0.03 * Math.abs(analytic) + 2e-4,
      );
    }
  });

  it('repeats itself with a seed, changes with another, and drops nothing in evaluation', () => {
    const network = create(options);
    const variables = freshVariables(network);
    const clips = clipsFor(options, 2);
    const run = (mode: ApplyMode) => tf.tidy(() => logitsOf(network, variables, clips, mode).dataSync());
    expect(run(training(1))).toEqual(run(training(1)));
    expect(run(training(1))).not.toEqual(run(training(2)));
    const withoutDropout = create({ ...options, dropout: 0 });
    expect(run(EVALUATE)).toEqual(tf.tidy(() => logitsOf(withoutDropout, variables, clips, EVALUATE).dataSync()));
  });

  it('leaves no tensor behind but its logits and new running statistics', () => {
    const network = create(options);
    const variables = freshVariables(network);
    const clips = clipsFor(options, 2);
    const bufferUpdates: NamedTensors = {};
    const before = tf.memory().numTensors;
    const logits = logitsOf(network, variables, clips, { training: true, seed: 1, bufferUpdates });
    expect(Object.keys(bufferUpdates).sort()).toEqual(Object.keys(variables.buffers).sort());
    tf.dispose([logits, bufferUpdates]);
    expect(tf.memory().numTensors).toBe(before);
    const names = Object.keys(variables.params);
    const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) =>
      lossOf(network, { ...variables, params: named(names, values) }, clips, {
        training: true,
        seed: 1,
        bufferUpdates,
      }),
    )(Object.values(variables.params));
    tf.dispose([value, grads, bufferUpdates]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses clips of another size by name', () => {
    const network = create(options);
    const wrong = tf.zeros<tf.Rank.R5>([1, options.clipFrames, 7, 7, 3]);
    expect(() => network.apply({ params: {}, buffers: {} }, wrong, EVALUATE)).toThrow(
      /input: expected \[\*,.*got \[1,/,
    );
  });
});

type Differentiable = {
  names: string[];
  params: NamedTensors;
  grads: tf.Tensor[];
  loss: (...values: tf.Tensor[]) => tf.Scalar;
};

/** Central difference along the gradient itself, where the signal is largest. */
function directionalDerivative(group: string[], { names, params, grads, loss }: Differentiable) {
  return tf.tidy(() => {
    const gradient = named(names, grads);
    const norm = Math.sqrt(group.reduce((sum, param) => sum + squareSum(gradient[param]!), 0));
    const at = (step: number) => {
      const moved = names.map((param) =>
        group.includes(param) ? tf.add(params[param]!, tf.mul(gradient[param]!, step / norm)) : params[param]!,
      );
      return loss(...moved).dataSync()[0]!;
    };
    const step = Math.min(2e-3, 5e-3 / norm);
    return { analytic: norm, numeric: (at(step) - at(-step)) / (2 * step) };
  });
}

function squareSum(x: tf.Tensor): number {
  return tf.sum(tf.square(x)).dataSync()[0]!;
}

function named(names: string[], values: tf.Tensor[]): NamedTensors {
  return Object.fromEntries(names.map((param, i) => [param, values[i]!]));
}

function shapesOf(tensors: NamedTensors) {
  return Object.fromEntries(Object.entries(tensors).map(([param, { shape }]) => [param, shape]));
}

function declaredShapes(specs: Record<string, { shape: readonly number[] }>) {
  return Object.fromEntries(Object.entries(specs).map(([param, { shape }]) => [param, [...shape]]));
}
