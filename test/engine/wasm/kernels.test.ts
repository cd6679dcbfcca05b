/** The generated text of kernels: a change of any byte is seen here and must be meant. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Target } from '../../../src-main/engine/wasm/assembler/kernel-builder.ts';
import { blockMaxPoolGradient } from '../../../src-main/engine/wasm/kernels/block-pool.ts';
import { clipTransform } from '../../../src-main/engine/wasm/kernels/clip-transform.ts';
import { convDirect } from '../../../src-main/engine/wasm/kernels/conv-direct.ts';
import { convDirectFilterGrad } from '../../../src-main/engine/wasm/kernels/conv-direct-filter-grad.ts';
import { denseInputGradient, denseProduct, denseWeightGradient } from '../../../src-main/engine/wasm/kernels/dense.ts';
import { frameNorm, frameNormGradient } from '../../../src-main/engine/wasm/kernels/frame-norm.ts';
import { interleave } from '../../../src-main/engine/wasm/kernels/interleave.ts';
import { adamW } from '../../../src-main/engine/wasm/kernels/optimiser.ts';
import { softmaxCrossEntropyGradient } from '../../../src-main/engine/wasm/kernels/softmax-cross-entropy.ts';
import { temporalSoftmaxPoolGradient } from '../../../src-main/engine/wasm/kernels/temporal-pool.ts';
import { windowMaxGradient } from '../../../src-main/engine/wasm/kernels/window-max.ts';
import { winogradFilter, winogradFilterGradient } from '../../../src-main/engine/wasm/kernels/winograd-filter.ts';
import { winogradFilterGradSums } from '../../../src-main/engine/wasm/kernels/winograd-filter-grad.ts';
import { winograd } from '../../../src-main/engine/wasm/kernels/winograd.ts';
import { kernelBytes, type Generator } from '../../../src-main/engine/wasm/runtime.ts';

const NARROW: Target = { relaxedSimd: true, sharedMemory: true, tileVectors: 2 };
const WIDE: Target = { ...NARROW, tileVectors: 4 };
const PLAIN: Target = { relaxedSimd: false, sharedMemory: false, tileVectors: 2 };

const direct = { c: 3, o: 17, padded: [6, 8, 8], output: [4, 6, 6], kernel: [3, 3, 3], stride: [1, 1, 1] };
const grid = {
  ...{ tile: [2, 4, 4], tiles: [2, 2, 2], output: [4, 6, 5], input: [4, 6, 5], front: [1, 1, 1] },
  ...{ count: 16, blockTiles: 12, c: 16, o: 32, registers: { rows: 6, vectors: 2 } },
};

const define = <P extends Parameters<typeof kernelBytes>[1]>(generate: Generator<P>, params: P) => ({
  name: generate.name,
  bytes: (target: Target) => kernelBytes(generate, params, target),
});

const KERNELS = [
  define(convDirect, { ...direct, bias: true, relu: true, tile: { rows: 6, vectors: 2 } }),
  define(convDirectFilterGrad, { ...direct, bandRows: 3, chunkBands: 2 }),
  define(winograd, { ...grid, bias: true, relu: true }),
  define(winogradFilterGradSums, { ...grid, chunkBlocks: 2 }),
  define(winogradFilter, { c: 16, o: 32, tile: [2, 4, 4], width: 8 }),
  define(winogradFilterGradient, { c: 16, o: 32, tile: [2, 4, 4], chunks: 2 }),
  define(blockMaxPoolGradient, { c: 16, input: [4, 6, 6], size: [1, 2, 2], relu: true }),
  define(frameNorm, { places: 6, c: 17, relu: true, epsilon: 1e-3 }),
  define(frameNormGradient, { places: 6, c: 17, relu: true }),
  define(denseProduct, { rows: 8, depth: 19, columns: 35, tileRows: 6 }),
  define(denseWeightGradient, { rows: 8, depth: 19, columns: 35, tileRows: 6 }),
  define(denseInputGradient, { rows: 8, depth: 19, columns: 35, tileRows: 6 }),
  define(interleave, { c: 17, input: [3, 5, 5], part: [2, 2, 3], first: [0, 1, 0], step: [2, 2, 2] }),
  define(adamW, {}),
  define(softmaxCrossEntropyGradient, { classes: 7 }),
  define(temporalSoftmaxPoolGradient, { positions: 5, classes: 7, gamma: 1 }),
  define(windowMaxGradient, { frames: 9, positions: 4, classes: 7, width: 3, stride: 2 }),
  define(clipTransform, { t: 2, h: 4, w: 4, c: 3, bytes: true }),
];

test.each(KERNELS)('$name is generated as before', ({ bytes }) => {
  const digest = (target: Target) => {
    const module = bytes(target);
    return `${module.length} bytes, ${createHash('sha256').update(module).digest('hex').slice(0, 16)}`;
  };
  expect({ narrow: digest(NARROW), wide: digest(WIDE), plain: digest(PLAIN) }).toMatchSnapshot();
});

test.each(KERNELS)('$name is a valid module on every target', ({ bytes }) => {
  for (const target of [NARROW, WIDE, PLAIN]) expect(WebAssembly.validate(bytes(target))).toBe(true);
});
