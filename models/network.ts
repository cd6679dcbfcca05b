import { tensor } from '@tensorflow/tfjs-core';
import type { Axes3 } from './ops/conv3d.ts';
import { sizeOf } from './shape.ts';
import type { Model, ModelCard, ModelOptions, NamedTensors } from './types.ts';

/** A parameter or buffer before training: its shape and how it is filled. The last axis holds the output channels. */
export type ParamSpec = { shape: readonly number[]; start: 'he' | 'glorot' | 'zeros' | 'ones' };

export type ParamSpecs = Record<string, ParamSpec>;

/**
 * One layer applied to a batch: the shape it writes and its multiply-adds in a forward pass. `conv`, of convolutions:
 * the shape they read, taps and strides.
 */
export type LayerTrace = {
  name: string;
  output: readonly number[];
  multiplyAdds: number;
  conv?: { input: readonly number[]; taps: Axes3; strides: Axes3 };
};

/**
 * How one tensor of a published 2D network in PyTorch becomes ours: `dense-after-conv` reads a flattened map of
 * `channels`, the others are told by their kind.
 */
export type ImportRule =
  | { from: string; kind: 'kernel-2d' | 'dense' | 'bias' }
  | { from: string; kind: 'dense-after-conv'; channels: number };

/** Import rules by the name of our parameter. */
export type ImportRules = Record<string, ImportRule>;

/** A {@link Model} that can tell its size and cost without being built. */
export interface Network extends Model {
  readonly specs: { params: ParamSpecs; buffers: ParamSpecs };
  /** Layers in the order of computation for `n` clips of `t` frames. */
  trace(n: number, t: number): LayerTrace[];
  /** Absent where no published 2D weights fit. */
  readonly importRules?: ImportRules;
}

/** A registry entry whose networks can tell their size and cost. */
export interface NetworkCard extends ModelCard {
  create(options: ModelOptions): Network;
}

/**
 * Fills variables. Weights are uniform: `he` within sqrt(6 / fan in) (He et al. 2015, before ReLU), `glorot` within
 * sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010, before a softmax).
 * @param uniform - numbers in [0, 1), drawn in the order of the specs
 * @returns tensors that the caller owns
 */
export function initVariables(specs: ParamSpecs, uniform: () => number): NamedTensors {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, initTensor(spec, uniform)]));
}

/** Number of learned values. */
export function countParameters(network: Network): number {
  return Object.values(network.specs.params).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Floating-point operations of one forward pass: two for each multiply-add of convolutions and dense layers. */
export function forwardFlops(network: Network, n: number, t: number): number {
  return 2 * network.trace(n, t).reduce((sum, layer) => sum + layer.multiplyAdds, 0);
}

function initTensor({ shape, start }: ParamSpec, uniform: () => number) {
  const values = new Float32Array(sizeOf(shape));
  if (start === 'ones') values.fill(1);
  if (start === 'he' || start === 'glorot') {
    const bound = boundOf(shape, start);
    for (let i = 0; i < values.length; i++) values[i] = (2 * uniform() - 1) * bound;
  }
  return tensor(values, [...shape]);
}

function boundOf(shape: readonly number[], start: 'he' | 'glorot'): number {
  const fanOut = shape.at(-1) ?? 1;
  const fanIn = sizeOf(shape) / fanOut;
  return Math.sqrt(6 / (start === 'he' ? fanIn : fanIn + fanOut));
}
