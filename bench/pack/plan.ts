/** What the pack measures, in the order of worth: what is done when time ends is whole. */
import { PEER_PRECISIONS, STOCK_GPU, type PeerPrecision, type Precision } from '../../src-main/contract/bench.ts';
import type { Measurement } from './measurement.ts';

const SETTING = { engine: 'webgpu', threads: 0, wide: true, save: null } as const;
const PRECISIONS: readonly Precision[] = ['float32', 'mixed'];
const PEERS = PEER_PRECISIONS.filter((precision) => precision !== 'usual');
/** Layers of video networks with 64 to 512 channels, for which design figures of PyTorch are known. */
const LAYERS = ['16x112x112,64-64', '16x56x56,128-128', '8x28x28,256-256', '4x14x14,512-512'];
const STEPS = [
  { model: 'c3d', batch: 16 },
  { model: 'r3d18', batch: 16 },
  { model: 'vgg16-3d', batch: 2 },
  { model: 'small3d', batch: 8 },
];
/** On noise the default rate drives VGG-16, which has no normalisation, out of the range of f16 within a few steps. */
const QUIET = ['learningRate=0.00001'];
const SEEDS = [1, 2];
const ENGINES = ['webgpu, f32 tiles', 'webgpu, polyfilled matrices', 'webgpu, subgroup matrices'];

/** @param peer - false where there is no PyTorch */
export function fullPlan(peer: boolean): Measurement[] {
  const peers: (PeerPrecision | null)[] = peer ? PEERS : [null];
  const layers = product(PRECISIONS, peers).map(([precision, against]): Measurement => ({
    ...{ kind: 'bench', name: nameOf('conv3d-video-layers', precision, against), timeoutSec: 120 },
    options: {
      ...{ ...SETTING, what: 'conv3d', model: null, batch: 8, layers: LAYERS },
      ...{ precision, peer: against, rounds: 5 },
    },
  }));
  const steps = STEPS.flatMap(({ model, batch }) =>
    product(PRECISIONS, peers).map(([precision, against]): Measurement => ({
      ...{ kind: 'bench', name: nameOf(`train-step-${model}`, precision, against), timeoutSec: 150 },
      options: {
        ...{ ...SETTING, what: 'train-step', model, batch, set: QUIET, stock: false },
        ...{ precision, peer: against, rounds: 5 },
      },
    })),
  );
  const losses = product(PRECISIONS, SEEDS).map(([precision, seed]): Measurement => ({
    ...{ kind: 'losses', name: `losses-${precision}-${seed}`, timeoutSec: 240 },
    ...{ model: 'small3d', precision, seed, steps: 1000, set: ['batch=8'] },
  }));
  const suites = ENGINES.map((engine, i): Measurement => ({
    ...{ kind: 'conformance', name: `conformance-${i + 1}`, timeoutSec: 300, engine },
  }));
  return [...layers, ...suites, ...profiles(), ...tiles(), ...stockPlan(), ...steps, ...losses];
}

function profiles(): Measurement[] {
  return product(STEPS, PRECISIONS).map(([step, precision]): Measurement => ({
    ...{ kind: 'profile', name: `profile-${step.model}-${precision}`, timeoutSec: 150, ...step, precision, set: QUIET },
  }));
}

function tiles(): Measurement[] {
  return PRECISIONS.map((precision): Measurement => ({
    ...{
      kind: 'tiles',
      name: `tiles-${precision}`,
      timeoutSec: 200,
      layers: LAYERS,
      batch: 8,
      precision,
      seconds: 50,
    },
  }));
}

/**
 * The kernels that TensorFlow.js ships, on the same layers and on small steps. Design figures expect 5 s for a pass of all
 * layers on an H100; what a slower GPU does not do in time costs nothing else.
 */
function stockPlan(): Measurement[] {
  const common = { ...SETTING, engine: STOCK_GPU, precision: 'float32', peer: null, rounds: 2, batch: 8 } as const;
  return [
    {
      ...{ kind: 'bench', name: 'stock-conv3d-video-layers', timeoutSec: 180 },
      options: { ...common, what: 'conv3d', model: null, layers: LAYERS },
    },
    {
      ...{ kind: 'bench', name: 'stock-train-step-small3d', timeoutSec: 120 },
      options: { ...common, what: 'train-step', model: 'small3d', set: QUIET, stock: false },
    },
  ];
}

/** A part of everything that a CPU can do in place of the GPU within a minute; a profile and losses train steps too. */
export function tinyPlan(): Measurement[] {
  const set = ['cropSize=24', 'clipFrames=4'];
  const common = { ...SETTING, precision: 'float32', peer: null, rounds: 1, batch: 1 } as const;
  const timeoutSec = 300;
  return [
    { kind: 'conformance', name: 'conformance', timeoutSec, engine: ENGINES[0]!, most: 8 },
    {
      ...{ kind: 'bench', name: 'conv3d', timeoutSec },
      options: { ...common, what: 'conv3d', model: null, layers: ['2x8x8,3-8'] },
    },
    {
      ...{ kind: 'bench', name: 'stock-conv3d', timeoutSec },
      options: { ...common, engine: STOCK_GPU, what: 'conv3d', model: null, layers: ['2x8x8,3-8'] },
    },
    {
      ...{ kind: 'profile', name: 'profile', timeoutSec, model: 'small3d', batch: 1, precision: 'float32', set },
    },
    {
      ...{ kind: 'tiles', name: 'tiles', timeoutSec, layers: ['2x8x8,4-8'], batch: 1 },
      ...{ precision: 'float32', seconds: 1 },
    },
    {
      ...{ kind: 'losses', name: 'losses', timeoutSec, model: 'small3d', precision: 'float32', seed: 1, steps: 10 },
      set: [...set, 'batch=1'],
    },
  ];
}

function nameOf(what: string, precision: Precision, peer: PeerPrecision | null): string {
  return [what, 'webgpu', precision, ...(peer === null ? [] : [`vs-${peer}`])].join('-');
}

function product<A, B>(some: readonly A[], others: readonly B[]): [A, B][] {
  return some.flatMap((a) => others.map((b): [A, B] => [a, b]));
}
