/**
 * The layers that networks share, and the parameters of normalisations. Convolutions, pooling and the normalisations
 * themselves are `ops/`.
 */
import { add, matMul, mul, reshape, tensor, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LayerTrace, ParamSpecs } from './network.ts';
import type { Affine } from './ops/batch-norm.ts';
import { sizeOf } from './shape.ts';
import type { ApplyMode, NamedTensors } from './types.ts';

/** `name.kernel` [c,c'] and `name.bias` [c']; `start` is `glorot` before a softmax. */
export function denseSpecs(name: string, inputs: number, outputs: number, start: 'he' | 'glorot'): ParamSpecs {
  return {
    [`${name}.kernel`]: { shape: [inputs, outputs], start },
    [`${name}.bias`]: { shape: [outputs], start: 'zeros' },
  };
}

/**
 * Affine map of the last axis.
 * @param x - [r,c]
 * @returns [r,c']
 */
export function dense(x: Tensor2D, params: NamedTensors, name: string): Tensor2D {
  const kernel = params[`${name}.kernel`] as Tensor2D;
  return add(matMul(x, kernel), params[`${name}.bias`] as Tensor1D);
}

export function denseTrace(name: string, rows: number, inputs: number, outputs: number): LayerTrace {
  return { name, output: [rows, outputs], multiplyAdds: rows * inputs * outputs };
}

/** Channels or units of a layer of a scaled network, at least 1. @param width - share of the published number; absent: 1 */
export function scaledWidth(published: number, width = 1): number {
  return Math.max(1, Math.round(published * width));
}

/** `name.scale` and `name.offset`, [c], of a normalisation. */
export function affineSpecs(name: string, channels: number): ParamSpecs {
  return {
    [`${name}.scale`]: { shape: [channels], start: 'ones' },
    [`${name}.offset`]: { shape: [channels], start: 'zeros' },
  };
}

/** The parameters of {@link affineSpecs}. */
export function affineOf(params: NamedTensors, name: string): Affine {
  return { scale: params[`${name}.scale`] as Tensor1D, offset: params[`${name}.offset`] as Tensor1D };
}

/**
 * Inverted dropout (Srivastava et al. 2014). Each value is kept or not by an integer hash of the seed, the layer and
 * its place, so a resumed run draws the same masks on every backend.
 * @param layer - tells apart the dropout layers of a network
 * @returns x itself outside training
 */
export function dropout<T extends Tensor>(x: T, rate: number, mode: ApplyMode, layer: number): T {
  if (!mode.training || rate === 0) return x;
  return mul(x, tensor(dropoutMask(x.size, rate, mode.seed, layer), x.shape));
}

/** 0 for dropped places, 1 / (1 - rate) for kept ones. */
export function dropoutMask(size: number, rate: number, seed: number, layer: number): Float32Array {
  const key = mixBits(mixBits(seed) ^ layer);
  const dropBelow = rate * 2 ** 32;
  const kept = 1 / (1 - rate);
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i++) mask[i] = mixBits(i ^ key) < dropBelow ? 0 : kept;
  return mask;
}

/** Cuts a tensor into equal rows, as {@link dense} takes them: one for each clip or frame. */
export function flattenRows(x: Tensor, rows: number): Tensor2D {
  return reshape(x, [rows, sizeOf(x.shape) / rows]);
}

/** A bijection of 32-bit integers in which every input bit flips about half the output bits (Wellons, hash-prospector). */
function mixBits(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0xd35a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
