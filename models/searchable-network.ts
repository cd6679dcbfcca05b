/**
 * Networks that may pool at any of several places (algorithms.md 2.2-2.4): a chain of units, with a max pool of stride 2
 * in front of some of them. The convolutions have stride 1 and their widths follow the depth, so every configuration has
 * the same parameters, and one set of weights can serve them all.
 *
 *   alone      the network of one configuration, as `train` makes it
 *   supernet   M sets of weights, each used along any configuration; normalisation without scale, offset or running
 *              statistics, which could not fit all configurations at once
 *   mixture    every unit at every scale: inputs pooled, outputs brought back by repetition, summed with given weights
 */
import {
  add,
  mul,
  ones,
  reshape,
  slice,
  tidy,
  type Tensor2D,
  type Tensor3D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { initVariables, type LayerTrace, type Network, type NetworkCard, type ParamSpecs } from './network.ts';
import type { Axes3 } from './ops/conv3d.ts';
import { maxPool3d } from './ops/pool3d.ts';
import {
  flagsOf,
  parsePooling,
  poolsOf,
  type PoolingChoices,
  type PoolingConfiguration,
} from './pooling-configuration.ts';
import { assertShape } from './shape.ts';
import type { ApplyMode, Model, ModelOptions, NamedTensors, Variables } from './types.ts';

/** Normalises the output of a convolution: x [n,t,h,w,c] by the norm of this name, then a ReLU where asked. */
export type Normaliser = (x: Tensor5D, name: string, relu: boolean) => Tensor5D;

/** One link of the chain. */
export type Unit = {
  params: ParamSpecs;
  buffers: ParamSpecs;
  apply(x: Tensor5D, params: NamedTensors, normalise: Normaliser): Tensor5D;
  trace(input: readonly number[]): LayerTrace[];
};

/** What stands behind the last unit. */
export type Head = {
  params: ParamSpecs;
  /** @returns [n,t,k] or [n,1,k] logits */
  apply(x: Tensor5D, params: NamedTensors, mode: ApplyMode): Tensor3D;
  trace(input: readonly number[]): LayerTrace[];
};

export type Chain = {
  units: readonly Unit[];
  head: Head;
  /** Of a network alone: with scale and offset, and the running statistics that it keeps, if any. */
  normaliser(variables: Variables, mode: ApplyMode): Normaliser;
  /** Of a supernet: by the statistics of the data at hand alone. */
  plainNormaliser: Normaliser;
};

/** A registry entry whose pools can be searched. */
export interface SearchableCard extends NetworkCard {
  readonly pooling: PoolingChoices;
  chain(options: ModelOptions): Chain;
}

/** Weights of the scales [units - 1][scales] of all units but the first. */
export type Mixture = Tensor2D;

/** M sets of shared weights; parameters are named `supernet<m>/<parameter>`. */
export interface SuperNet extends Model {
  /** The network of a configuration on one set of weights; its variables are those of {@link SuperNet.variablesOf}. */
  along(configuration: PoolingConfiguration, supernet: number): Model;
  /** All configurations at once, on the first set of weights. */
  mixed(mixture: Mixture): Model;
  /** The part of the variables that one set of weights is, under the same names. */
  variablesOf(variables: Variables, supernet: number): Variables;
}

type SearchableDescription = Omit<SearchableCard, 'create'>;

/** Completes a registry entry: `create` makes the network of the configuration that the options name. */
export function searchableCard(description: SearchableDescription): SearchableCard {
  return { ...description, create: (options) => createAlone(description, options) };
}

function createAlone(card: SearchableDescription, options: ModelOptions): Network {
  const chain = card.chain(options);
  const configuration =
    options.poolAt === undefined ? card.pooling.default : parsePooling(options.poolAt, card.pooling);
  const pools = poolsOf(configuration);
  const specs = {
    params: Object.assign({}, ...chain.units.map((unit) => unit.params), chain.head.params) as ParamSpecs,
    buffers: Object.assign({}, ...chain.units.map((unit) => unit.buffers)) as ParamSpecs,
  };
  return {
    options,
    specs,
    headParams: Object.keys(chain.head.params),
    init: (uniform) => ({
      params: initVariables(specs.params, uniform),
      buffers: initVariables(specs.buffers, uniform),
    }),
    apply: (variables, clips, mode) =>
      applyChain(chain, pools, {
        ...{ clips: checked(clips, card, options), params: variables.params, mode },
        normalise: chain.normaliser(variables, mode),
      }),
    trace: (n, t) => chainTrace(chain, pools, [n, t, options.cropSize, options.cropSize, 3]),
  };
}

/** A supernet of M sets of weights. */
export function createSuperNet(card: SearchableCard, options: ModelOptions, supernets: number): SuperNet {
  const chain = card.chain(options);
  const specs = sharedSpecs(chain);
  const pass = (params: NamedTensors, clips: Tensor5D, mode: ApplyMode) => ({
    ...{ clips: checked(clips, card, options), params, mode },
    normalise: chain.plainNormaliser,
  });
  const viewed = (supernet: number, apply: Model['apply']): Model => ({
    options,
    headParams: [],
    init: (uniform) => ({ params: initVariables(prefixed(specs, supernet), uniform), buffers: {} }),
    apply: (variables, clips, mode) =>
      apply({ params: withoutPrefix(variables.params, supernet), buffers: {} }, clips, mode),
  });
  return {
    options,
    headParams: [],
    init: (uniform) => ({
      params: Object.assign(
        {},
        ...Array.from({ length: supernets }, (_, m) => initVariables(prefixed(specs, m), uniform)),
      ) as NamedTensors,
      buffers: {},
    }),
    apply: () => {
      throw new Error('supernet: a supernet is applied along a configuration');
    },
    along: (configuration, supernet) =>
      viewed(supernet, ({ params }, clips, mode) =>
        applyChain(chain, poolsOf(configuration), pass(params, clips, mode)),
      ),
    mixed: (mixture) =>
      viewed(0, ({ params }, clips, mode) =>
        applyMixture(chain, scalesOf(card.pooling), mixture, pass(params, clips, mode)),
      ),
    variablesOf: ({ params }, supernet) => ({ params: ofSupernet(params, supernet), buffers: {} }),
  };
}

/** Index of the scale of each unit but the first, among {@link scalesOf}. */
export function unitScales(choices: PoolingChoices, { space, time }: PoolingConfiguration): number[] {
  const halvings = (composition: readonly number[]) => {
    let count = 0;
    return flagsOf(composition).map((flag) => (count += Number(flag)));
  };
  const [ofSpace, ofTime] = [halvings(space), halvings(time)];
  return ofSpace.map((s, unit) => ofTime[unit]! * (choices.spacePools + 1) + s).slice(1);
}

/** Every scale of a mixture, as the number of halvings of time and space: the finest first, space before time. */
export function scalesOf({ spacePools, timePools }: PoolingChoices): { time: number; space: number }[] {
  return Array.from({ length: timePools + 1 }, (_, time) =>
    Array.from({ length: spacePools + 1 }, (_unused, space) => ({ time, space })),
  ).flat();
}

type Pass = { clips: Tensor5D; params: NamedTensors; mode: ApplyMode; normalise: Normaliser };

function applyChain({ units, head }: Chain, pools: readonly (Axes3 | null)[], pass: Pass): Tensor3D {
  return tidy(() => {
    const features = units.reduce((x, unit, u) => {
      const pool = pools[u] ?? null;
      const input = pool === null ? x : maxPool3d(x, pool, pool, 'same');
      return unit.apply(input, pass.params, pass.normalise);
    }, pass.clips);
    return head.apply(features, pass.params, pass.mode);
  });
}

function applyMixture(
  { units, head }: Chain,
  scales: readonly { time: number; space: number }[],
  mixture: Mixture,
  pass: Pass,
): Tensor3D {
  return tidy(() => {
    const [first, ...rest] = units as [Unit, ...Unit[]];
    const start = first.apply(pass.clips, pass.params, pass.normalise);
    const features = rest.reduce((x, unit, u) => {
      const parts = scales.map((scale, s) => {
        const y = unit.apply(shrunk(x, scale), pass.params, pass.normalise);
        const weight = reshape(slice(mixture, [u, s], [1, 1]), []);
        return mul<Tensor5D>(grown(y, scale, x.shape), weight);
      });
      return parts.reduce((sum, part) => add<Tensor5D>(sum, part));
    }, start);
    return head.apply(features, pass.params, pass.mode);
  });
}

/** Max pools of stride 2, as many as the scale has halvings. */
function shrunk(x: Tensor5D, { time, space }: { time: number; space: number }): Tensor5D {
  return Array.from({ length: Math.max(time, space) }).reduce<Tensor5D>((y, _, i) => {
    const pool: Axes3 = [i < time ? 2 : 1, i < space ? 2 : 1, i < space ? 2 : 1];
    return maxPool3d(y, pool, pool, 'same');
  }, x);
}

/** The inverse in size: every value is repeated, and what goes beyond the wanted size is cut off. */
function grown(y: Tensor5D, { time, space }: { time: number; space: number }, wanted: readonly number[]): Tensor5D {
  const tall = repeated(repeated(repeated(y, 1, 2 ** time), 2, 2 ** space), 3, 2 ** space);
  const [n = 0, t = 0, h = 0, w = 0] = wanted;
  const fits = tall.shape[1] === t && tall.shape[2] === h && tall.shape[3] === w;
  return fits ? tall : slice(tall, [0, 0, 0, 0, 0], [n, t, h, w, tall.shape[4]]);
}

function repeated(x: Tensor5D, axis: 1 | 2 | 3, times: number): Tensor5D {
  if (times === 1) return x;
  const outer = x.shape.slice(0, axis + 1).reduce((product, size) => product * size, 1);
  const inner = x.size / outer;
  const shape: [number, number, number, number, number] = [...x.shape];
  shape[axis] *= times;
  // Why: the gradient of `tile` slices its input apart place by place; that of a broadcast product is one sum.
  return reshape(mul(reshape(x, [outer, 1, inner]), ones([1, times, 1])), shape);
}

function chainTrace({ units, head }: Chain, pools: readonly (Axes3 | null)[], input: readonly number[]): LayerTrace[] {
  const traces: LayerTrace[] = [];
  const last = () => traces.at(-1)?.output ?? input;
  units.forEach((unit, u) => {
    const pool = pools[u] ?? null;
    if (pool !== null) traces.push({ name: `pool${u}`, output: pooledShape(last(), pool), multiplyAdds: 0 });
    traces.push(...unit.trace(last()));
  });
  return [...traces, ...head.trace(last())];
}

/** Shape [n,t,h,w,c] behind a max pool whose stride is its size. */
export function pooledShape(shape: readonly number[], pool: Axes3): number[] {
  return shape.map((size, axis) => Math.ceil(size / (pool[axis - 1] ?? 1)));
}

function checked(clips: Tensor5D, { name }: Pick<SearchableCard, 'name'>, { cropSize: side }: ModelOptions): Tensor5D {
  assertShape(clips, [null, null, side, side, 3], `${name} input`);
  return clips;
}

/** Parameters without those of normalisations, which a supernet leaves out. */
function sharedSpecs({ units, head }: Chain): ParamSpecs {
  const all = Object.assign({}, ...units.map((unit) => unit.params)) as ParamSpecs;
  const kernels = Object.entries(all).filter(([name]) => !/\.(scale|offset)$/.test(name));
  return { ...Object.fromEntries(kernels), ...head.params };
}

function prefixOf(supernet: number): string {
  return `supernet${supernet}/`;
}

function prefixed(specs: ParamSpecs, supernet: number): ParamSpecs {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [prefixOf(supernet) + name, spec]));
}

function ofSupernet(params: NamedTensors, supernet: number): NamedTensors {
  const prefix = prefixOf(supernet);
  return Object.fromEntries(Object.entries(params).filter(([name]) => name.startsWith(prefix)));
}

function withoutPrefix(params: NamedTensors, supernet: number): NamedTensors {
  const { length } = prefixOf(supernet);
  return Object.fromEntries(
    Object.entries(ofSupernet(params, supernet)).map(([name, value]) => [name.slice(length), value]),
  );
}
