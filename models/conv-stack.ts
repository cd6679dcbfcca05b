/**
 * A chain of convolutions with bias and ReLU, some followed by a max pool: the body of `c3d`, `vgg16-3d` and the networks
 * made of them. One table of stages makes the parameters, the computation and its cost.
 */
import type { Tensor1D, Tensor5D } from '@tensorflow/tfjs-core';
import { affineOf, affineSpecs } from './layers.ts';
import type { LayerTrace, ParamSpecs } from './network.ts';
import { convBlock, type Axes3 } from './ops/conv3d.ts';
import { frameNorm } from './ops/frame-norm.ts';
import { maxPool3d } from './ops/pool3d.ts';
import { sizeOf } from './shape.ts';
import type { NamedTensors } from './types.ts';

const TAPS: Axes3 = [3, 3, 3];
/** Of the frame norms. */
const EPSILON = 1e-3;

/** `pool` is the size and stride of the max pool that follows. */
export type ConvStage = { name: string; filters: number; pool?: Axes3 };

/**
 * `pad: 'same'` gives ceil(size / pool) places (Caffe), `'valid'` floor (PyTorch). `taps` of all kernels, [3,3,3] unless
 * given. `frameNorm` puts a normalisation of each frame behind each stage but the last, in place of the bias and before the
 * ReLU: deep stacks then learn without weights from elsewhere. The last map keeps its values: normalised, its few places
 * would no longer say how much of a feature is there.
 */
export type ConvStack = {
  stages: readonly ConvStage[];
  pad: 'same' | 'valid';
  taps?: Axes3;
  frameNorm?: boolean | undefined;
};

/** `name.kernel` [kt,kh,kw,c,c'] and `name.bias` [c'] for each stage, or `name.scale` and `name.offset` where it normalises. */
export function convStackSpecs(stack: ConvStack, channels: number): ParamSpecs {
  const specs: ParamSpecs = {};
  let inputs = channels;
  for (const stage of stack.stages) {
    const { name, filters } = stage;
    specs[`${name}.kernel`] = { shape: [...(stack.taps ?? TAPS), inputs, filters], start: 'he' };
    if (normalises(stack, stage)) Object.assign(specs, affineSpecs(name, filters));
    else specs[`${name}.bias`] = { shape: [filters], start: 'zeros' };
    inputs = filters;
  }
  return specs;
}

/**
 * @param clips - [n,t,h,w,c]
 * @returns [n,t',h',w',c'] after the last stage
 */
export function applyConvStack(stack: ConvStack, params: NamedTensors, clips: Tensor5D): Tensor5D {
  return stack.stages.reduce((x, stage) => applyStage(x, stage, params, stack), clips);
}

/** @throws Error where frame norm would leave nothing of a map */
export function convStackTrace(stack: ConvStack, input: readonly number[]): LayerTrace[] {
  const traces: LayerTrace[] = [];
  let shape = input;
  for (const stage of stack.stages) {
    const { name, filters, pool } = stage;
    const output = [...shape.slice(0, 4), filters];
    const taps = stack.taps ?? TAPS;
    const conv = { input: shape, taps, strides: [1, 1, 1] satisfies Axes3 };
    traces.push({ name, output, multiplyAdds: sizeOf(output) * sizeOf(taps) * (shape[4] ?? 0), conv });
    shape = pool === undefined ? output : pooledShape(output, pool, stack.pad);
    if (pool !== undefined) traces.push({ name: `${name}.pool`, output: shape, multiplyAdds: 0 });
    if (normalises(stack, stage)) requirePlaces(name, shape);
  }
  return traces;
}

function normalises({ frameNorm: asked = false, stages }: ConvStack, stage: ConvStage): boolean {
  return asked && stage !== stages.at(-1);
}

function requirePlaces(name: string, [, , h = 0, w = 0]: readonly number[]): void {
  if (h * w > 1) return;
  throw new Error(`frameNorm: expected more than one place behind ${name}, got ${h} x ${w}: take a larger crop`);
}

function applyStage(x: Tensor5D, stage: ConvStage, params: NamedTensors, stack: ConvStack): Tensor5D {
  const { name, pool } = stage;
  const { pad } = stack;
  const isNormalised = normalises(stack, stage);
  const kernel = params[`${name}.kernel`] as Tensor5D;
  const bias = isNormalised ? null : (params[`${name}.bias`] as Tensor1D);
  const conv = (fusedPool: Axes3 | null) =>
    convBlock(x, kernel, bias, { strides: [1, 1, 1], pad: 'same', relu: !isNormalised, pool: fusedPool });
  const pooled = () => {
    if (pool === undefined) return conv(null);
    return pad === 'valid' || dividesEvenly(x.shape, pool) ? conv(pool) : maxPool3d(conv(null), pool, pool, pad);
  };
  return isNormalised ? frameNorm(pooled(), affineOf(params, name), { epsilon: EPSILON, relu: true }) : pooled();
}

/** Then both paddings pool the same windows, and the pool can be fused with the convolution. */
function dividesEvenly(shape: readonly number[], pool: Axes3): boolean {
  return pool.every((size, axis) => (shape[axis + 1] ?? 0) % size === 0);
}

function pooledShape([n = 0, t = 0, h = 0, w = 0, c = 0]: readonly number[], pool: Axes3, pad: ConvStack['pad']) {
  const round = pad === 'same' ? Math.ceil : Math.floor;
  return [n, round(t / pool[0]), round(h / pool[1]), round(w / pool[2]), c];
}
