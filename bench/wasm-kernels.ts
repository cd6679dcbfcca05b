/**
 * Kernels of the CPU engine alone, each against the same work in the ops it inherits: alternating, the median of the
 * rounds, in milliseconds.
 *
 *   node bench/wasm-kernels.ts [--threads 2] [--rounds 30] [--save]
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import {
  conv3d,
  grads,
  matMul,
  sum,
  tensor,
  tensor1d,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy, softmaxCrossEntropyOfPlainOps } from '../models/ops/softmax-cross-entropy.ts';
import { temporalSoftmaxPool, temporalSoftmaxPoolOfPlainOps } from '../models/ops/temporal-softmax-pool.ts';
import { temporalWeightedSum, temporalWeightedSumOfPlainOps } from '../models/ops/temporal-weighted-sum.ts';
import { windowMax, windowMaxOfPlainOps } from '../models/ops/window-max.ts';
import { Rng } from '../src-main/data/rng.ts';
import { openWasmBackend } from '../src-main/engine/wasm/register.ts';
import { publishResult } from './save-result.ts';

const OPTIONS = {
  threads: { type: 'string', default: '2' },
  rounds: { type: 'string', default: '30' },
  save: { type: 'boolean', default: false },
} as const;

type Op = (...inputs: Tensor[]) => Tensor;
/** `inherited` absent: there is nothing to compare with but an older version of this file's figures. */
type Contest = { what: string; shapes: number[][]; ours: Op; inherited?: Op };

const labelsOf = (n: number, classes: number) =>
  tensor1d(
    Array.from({ length: n }, (_, i) => i % classes),
    'int32',
  );

function contests(): Contest[] {
  const labels = labelsOf(8, 7);
  return [
    {
      what: 'cross-entropy [8,7]',
      shapes: [[8, 7]],
      ours: (x) => softmaxCrossEntropy(x as Tensor2D, labels),
      inherited: (x) => softmaxCrossEntropyOfPlainOps(x as Tensor2D, labels),
    },
    {
      what: 'windows of 16 over [1,150,7]',
      shapes: [[1, 150, 7]],
      ours: (x) => windowMax(x as Tensor3D, 16, 1),
      inherited: (x) => windowMaxOfPlainOps(x as Tensor3D, { width: 16, stride: 1 }),
    },
    {
      what: 'windows of 16 over [8,16,7]',
      shapes: [[8, 16, 7]],
      ours: (x) => windowMax(x as Tensor3D, 16, 1),
      inherited: (x) => windowMaxOfPlainOps(x as Tensor3D, { width: 16, stride: 1 }),
    },
    {
      what: 'softmax pool [4,135,7]',
      shapes: [[4, 135, 7]],
      ours: (x) => temporalSoftmaxPool(x as Tensor3D, 1),
      inherited: (x) => temporalSoftmaxPoolOfPlainOps(x as Tensor3D, 1),
    },
    {
      what: 'weighted sum [8,4,7]',
      shapes: [[8, 4, 7]],
      ours: (x) => temporalWeightedSum(x as Tensor3D, sharesOf(8, 4)),
      inherited: (x) => temporalWeightedSumOfPlainOps(x as Tensor3D, sharesOf(8, 4)),
    },
    stridedContest('3x3x3 at steps of 2, [2,8,28,28,64] to 128', [2, 8, 28, 28, 64], [3, 3, 3, 64, 128]),
    stridedContest('1x1x1 at steps of 2, [2,8,28,28,64] to 128', [2, 8, 28, 28, 64], [1, 1, 1, 64, 128]),
    denseContest(8, 8192, 4096),
    denseContest(8, 4096, 4096),
    denseContest(127, 512, 512),
  ];
}

function sharesOf(n: number, p: number): Tensor2D {
  return tensor(new Float32Array(n * p).fill(1 / p), [n, p]);
}

function stridedContest(what: string, x: number[], filter: number[]): Contest {
  return {
    what,
    shapes: [x, filter],
    ours: (clips, taps) => conv3d(clips as Tensor5D, taps as Tensor5D, [2, 2, 2], 'same'),
  };
}

function denseContest(rows: number, depth: number, columns: number): Contest {
  return {
    what: `dense [${rows},${depth}] to ${columns}`,
    shapes: [
      [rows, depth],
      [depth, columns],
    ],
    ours: (x, weights) => matMul(x!, weights!),
  };
}

/** Milliseconds of the op, and of the op with the gradients of all inputs. */
function timed(op: Op, inputs: Tensor[]): { forward: number; both: number } {
  const start = performance.now();
  tidy(() => void op(...inputs));
  const middle = performance.now();
  tidy(() => void grads((...args) => sum(op(...args)))(inputs));
  return { forward: middle - start, both: performance.now() - middle };
}

function medians(times: readonly { forward: number; both: number }[]): { forward: number; both: number } {
  const median = (values: number[]) => Number(values.sort((a, b) => a - b)[values.length >> 1]!.toFixed(4));
  return { forward: median(times.map(({ forward }) => forward)), both: median(times.map(({ both }) => both)) };
}

const { values: options } = parseArgs({ options: OPTIONS });
const engine = await openWasmBackend({ threads: Number(options.threads) });
const rng = new Rng(1);
const rows = contests().map(({ what, shapes, ours, inherited }) => {
  const inputs = shapes.map((shape) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return tensor(
      Float32Array.from({ length: size }, () => rng.normal()),
      shape,
    );
  });
  const times = { ours: [] as ReturnType<typeof timed>[], inherited: [] as ReturnType<typeof timed>[] };
  for (let round = 0; round < Number(options.rounds) + 3; round++) {
    const [mine, stock] = [timed(ours, inputs), inherited && timed(inherited, inputs)];
    if (round < 3) continue;
    times.ours.push(mine);
    if (stock !== undefined) times.inherited.push(stock);
  }
  for (const input of inputs) input.dispose();
  return { what, ms: medians(times.ours), ...(inherited && { inheritedMs: medians(times.inherited) }) };
});
const { threads, features } = engine;
await engine.close();
await publishResult('wasm-kernels', { engine: 'wasm', threads, wide: features['wide'], rows }, options.save);
