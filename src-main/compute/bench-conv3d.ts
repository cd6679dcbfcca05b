/** Forward pass and both gradients of 3D convolutions with a bias, layer by layer. */
import { dispose, grads, tensor, type Tensor, type Tensor1D, type Tensor5D } from '@tensorflow/tfjs-core';
import { modelCard } from '../../models/index.ts';
import { conv3d, type Axes3 } from '../../models/ops/conv3d.ts';
import { sizeOf } from '../../models/shape.ts';
import { STOCK_GPU, type Conv3dBench, type Conv3dBenchOptions, type LayerFigures } from '../contract/bench.ts';
import { AppError } from '../contract/errors.ts';
import type { JobContext, Progress } from '../contract/progress.ts';
import { parseConfig, resolveConfig } from '../data/config-resolution.ts';
import { Rng } from '../data/rng.ts';
import '../engine/gradients.ts';
import { tuneCurrentEngine } from '../engine/webgpu/tuning/tune-current.ts';
import { withBenchEngine } from './bench-engine.ts';
import { roundFigures, type Load } from './bench-figures.ts';
import { peerSetting, startPeer, type Peer } from './bench-peer.ts';
import { leastOf, pairedRounds, timed, type RoundTimes, type Times } from './bench-rounds.ts';
import { untrainedNetwork } from './speed.ts';

/** `input` [n,t,h,w,c], `output` [n,t',h',w',o]; zeros around, as many as `same` padding asks for. */
export type ConvLayer = {
  name: string;
  input: readonly number[];
  output: readonly number[];
  taps: Axes3;
  strides: Axes3;
};

/** The layers of a small video network, each with half the channels of the next. */
const VIDEO_LAYERS = ['16x48x48,3-16', '16x24x24,16-32', '16x12x12,32-64', '8x12x12,64-128'];
const SIZES = /^(\d+)x(\d+)x(\d+),(\d+)-(\d+)$/;
/** Of a layer in one round; the best counts. A GPU is given them all at once, so that it never waits. The stock kernels, which take seconds, run once. */
const REPEATS = 3;
/** Normal numbers that operands are made of: a prime, so that no two lines of a tensor are alike. */
const DISTINCT = 1_048_573;
const TAPS: Axes3 = [3, 3, 3];

type Measured = { layer: ConvLayer; load: Load; times: RoundTimes };

/**
 * Measures layers; the figures of the whole are those of all of them one after the other.
 * @throws AppError `usage` for an unknown layer, `bad-config` for an unknown model, `not-found` without a peer
 */
export async function benchConv3d(options: Conv3dBenchOptions, job: JobContext): Promise<Conv3dBench> {
  const layers = convLayers(options);
  return withBenchEngine(options, async (head) => {
    const peer = options.peer ? await startPeer('conv3d.py', peerSetting(head, options.peer), job) : null;
    try {
      const repeats = head.engine === STOCK_GPU ? 1 : REPEATS;
      const queue = head.engine === 'webgpu' ? repeats : 1;
      const measured = await measureLayers(layers, { rounds: options.rounds, peer, repeats, queue }, job);
      const figures = ({ times, load }: Pick<Measured, 'times' | 'load'>) =>
        roundFigures(times, { clips: options.batch, load, peak: head.peak }, peer?.name ?? null);
      const rows = measured.map((one): LayerFigures => ({ layer: one.layer.name, ...figures(one) }));
      return {
        what: 'conv3d',
        ...subjectOf(options),
        ...head,
        batch: options.batch,
        ...figures(sumOf(measured)),
        rows,
      };
    } finally {
      peer?.close();
    }
  });
}

function subjectOf({ model, layers }: Conv3dBenchOptions): Pick<Conv3dBench, 'model' | 'layer'> {
  const [layer, ...more] = layers;
  return { ...(model !== null && { model }), ...(layer !== undefined && more.length === 0 && { layer }) };
}

/** The layers that the options name, or all. */
export function convLayers({
  model,
  batch,
  layers,
}: Pick<Conv3dBenchOptions, 'model' | 'batch' | 'layers'>): ConvLayer[] {
  const known = model === null ? VIDEO_LAYERS.map((sizes) => layerOfSizes(sizes, batch)!) : layersOfModel(model, batch);
  if (layers.length === 0 && known.length > 0) return known;
  const wanted = layers.map((name) => known.find((one) => one.name === name) ?? layerOfSizes(name, batch));
  const unknown = layers.filter((_, i) => wanted[i] === null);
  if (wanted.length === 0) throw new AppError('usage', `${model} has no 3D convolution to measure.`);
  if (unknown.length > 0) throw unknownLayer(unknown.join("', '"), model, known);
  return wanted.filter((layer) => layer !== null);
}

function unknownLayer(name: string, model: string | null, known: readonly ConvLayer[]): AppError {
  const sizes = 'sizes such as 16x48x48,3-16 (t x h x w, channels in and out)';
  if (model === null) return new AppError('usage', `There is no layer '${name}'.`, { hint: `Expected ${sizes}.` });
  const names = known.map((layer) => layer.name).join(', ');
  const hint = `Expected one of ${names}, or ${sizes}.`;
  return new AppError('usage', `There is no layer '${name}' in ${model}.`, { hint });
}

function layersOfModel(model: string, batch: number): ConvLayer[] {
  const parsed = parseConfig({}, [`model=${model}`]);
  const config = resolveConfig(parsed, modelCard(parsed.model));
  return untrainedNetwork(config)
    .trace(batch, config.clipFrames)
    .flatMap(({ name, output, conv }) => (conv === undefined ? [] : [{ name, output, ...conv }]));
}

function layerOfSizes(sizes: string, batch: number): ConvLayer | null {
  const [t, h, w, c, o] = (SIZES.exec(sizes) ?? []).slice(1).map(Number);
  if (!t || !h || !w || !c || !o) return null;
  return { name: sizes, input: [batch, t, h, w, c], output: [batch, t, h, w, o], taps: TAPS, strides: [1, 1, 1] };
}

/** `repeats` of ours in a round. `queue`: passes that are asked for before the first is waited for. */
type Way = { rounds: number; peer: Peer | null; repeats: number; queue: number };

async function measureLayers(layers: readonly ConvLayer[], way: Way, job: JobContext): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const layer of layers) {
    const onProgress = ({ done, total }: Progress) => {
      const before = measured.length * total;
      job.onProgress?.({ stage: 'measure', done: before + done, total: layers.length * total, detail: layer.name });
    };
    measured.push({ layer, load: loadOf(layer), times: await measureLayer(layer, way, { ...job, onProgress }) });
  }
  return measured;
}

async function measureLayer(
  layer: ConvLayer,
  { rounds, peer, repeats, queue }: Way,
  job: JobContext,
): Promise<RoundTimes> {
  const operands = operandsOf(layer);
  const { strides, input, output } = layer;
  const question = { shape: [...input, output[4]], kernel: layer.taps, strides, repeats: REPEATS };
  const convolve = (...[x, filter, bias]: Tensor[]) =>
    conv3d(x as Tensor5D, filter as Tensor5D, bias as Tensor1D, { strides, pad: 'same', relu: false });
  const ours = async () => {
    const times: Times[] = [];
    for (let i = 0; i < repeats / queue; i++) times.push(await timed(() => gradientsOf(convolve, operands, queue)));
    return sharedBy(queue, leastOf(times));
  };
  try {
    await ours();
    await tuneCurrentEngine(job);
    return await pairedRounds(rounds, { ours, peer: peer && (async () => leastOf(await peer.ask(question))) }, job);
  } finally {
    dispose([...operands.inputs, operands.dy]);
  }
}

type Operands = { inputs: Tensor[]; dy: Tensor };

function operandsOf({ input, output, taps }: ConvLayer): Operands {
  const rng = new Rng(1);
  const values = Float32Array.from({ length: DISTINCT }, () => rng.normal());
  const [c, o] = [input[4]!, output[4]!];
  const operand = (shape: readonly number[]) => tensor(repeated(values, sizeOf(shape)), [...shape]);
  return { inputs: [operand(input), operand([...taps, c, o]), operand([o])], dy: operand(output) };
}

/** So many values, over and over again. */
function repeated(values: Float32Array, length: number): Float32Array {
  const result = new Float32Array(length);
  for (let start = 0; start < length; start += values.length)
    result.set(values.subarray(0, Math.min(values.length, length - start)), start);
  return result;
}

/** Waits for the last and smallest result, so for all: engines compute in order. */
async function gradientsOf(
  convolve: (...inputs: Tensor[]) => Tensor,
  { inputs, dy }: Operands,
  queue: number,
): Promise<void> {
  for (let i = 1; i < queue; i++) dispose(grads(convolve)(inputs, dy));
  const results = grads(convolve)(inputs, dy);
  await results.at(-1)!.data();
  dispose(results);
}

function sharedBy(passes: number, { wallMs, cpuMs }: Times): Times {
  return { wallMs: wallMs / passes, cpuMs: cpuMs / passes };
}

/** Three products as large as the forward pass; input and result each move in all three. */
function loadOf({ input, output, taps }: ConvLayer): Load {
  const operations = 3 * 2 * sizeOf(output) * sizeOf(taps) * input[4]!;
  return { operations, bytes: 3 * 4 * (sizeOf(input) + sizeOf(output)) };
}

/** All layers one after the other. */
function sumOf(measured: readonly Pick<Measured, 'load' | 'times'>[]): Pick<Measured, 'load' | 'times'> {
  return measured.reduce((sum, { load, times }) => ({
    load: { operations: sum.load.operations + load.operations, bytes: sum.load.bytes + load.bytes },
    times: { ours: addTimes(sum.times.ours, times.ours), peer: addTimes(sum.times.peer, times.peer) },
  }));
}

/** Round by round. */
function addTimes(some: readonly Times[], others: readonly Times[]): Times[] {
  return some.map(({ wallMs, cpuMs }, round) => ({
    wallMs: wallMs + others[round]!.wallMs,
    cpuMs: cpuMs + others[round]!.cpuMs,
  }));
}
