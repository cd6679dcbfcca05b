/**
 * Runs in a process of its own on SwiftShader: some of the tiles that fit it, of registers and of each
 * kind of matrices, with turned operands, loads ahead, fours in
 * workgroup memory and split depths in turn, on small whole numbers, for which f16 and f32 are exact; and tuning. Prints
 * what differs; tiles.test.ts says what is right.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { CheckedWebGpuBackend } from '../../../src-main/engine/webgpu/checked-backend.ts';
import { allocate } from '../../../src-main/engine/webgpu/dispatch.ts';
import type { GemmChoice } from '../../../src-main/engine/webgpu/gemm/gemm-plan.ts';
import { runGemmAs } from '../../../src-main/engine/webgpu/gemm/run-gemm.ts';
import { describeTile } from '../../../src-main/engine/webgpu/gemm/tile.ts';
import { openWebGpuBackend, type WebGpuEngineOptions } from '../../../src-main/engine/webgpu/open.ts';
import { denseProblem } from '../../../src-main/engine/webgpu/ops/dense.ts';
import { tilesThatFit } from '../../../src-main/engine/webgpu/plan/choose-tile.ts';
import { variantsOf } from '../../../src-main/engine/webgpu/plan/tile-candidates.ts';
import { tuneProducts } from '../../../src-main/engine/webgpu/tuning/tune-products.ts';

export type TilesFindings = {
  /** Tiles tried on each path, and those with a wrong number. */
  paths: Record<string, { tried: string[]; wrong: string[] }>;
  /** Are a convolution and its gradients in parts of one clip those of the whole batch? */
  partsAreExact: boolean;
  /** And those of a convolution and a pool whose clips start where no binding may start? Data that nothing holds any more. */
  anySize: { isExact: boolean; leaked: number };
  tuning: { tuned: number; tunedAgain: number; sameAfter: boolean; leaked: number };
};

const EXTENTS = { rows: 45, depth: 52, columns: 39 };
const TURNS = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

const PATHS: Record<string, Omit<WebGpuEngineOptions, 'allowSoftware'> & { everyNth: number }> = {
  'f32 tiles': { matrixPath: 'tiles', everyNth: 2 },
  'polyfill 16x16x16': { matrixPath: 'polyfill', precision: 'mixed', everyNth: 12 },
  'polyfill 8x8x8': { ...matrices(8, 8, 8), everyNth: 16 },
  'polyfill 16x8x16': { ...matrices(16, 8, 16), everyNth: 16 },
  'polyfill 8x16x16': { ...matrices(8, 16, 16), everyNth: 16 },
};

/** Of [t,h,w,c] = [2,3,3,64]. */
const ONE_CLIP_BYTES = 4 * 2 * 3 * 3 * 64;

/** Of [t,h,w,c] = [1,5,5,5], the larger side of an odd convolution. */
const ODD_CLIP_BYTES = 4 * 5 * 5 * 5;

const findings: TilesFindings = {
  paths: {},
  partsAreExact: false,
  anySize: { isExact: false, leaked: 0 },
  tuning: { tuned: 0, tunedAgain: 0, sameAfter: false, leaked: 0 },
};
for (const [name, { everyNth, ...options }] of Object.entries(PATHS)) {
  const { close } = await openWebGpuBackend({ ...options, allowSoftware: true, poison: true, leastTunedOperations: 0 });
  findings.paths[name] = await everyTile(everyNth);
  if (name === 'f32 tiles') findings.tuning = await tuneAProduct();
  await close();
}
findings.partsAreExact = (await convolution(Infinity)).join() === (await convolution(ONE_CLIP_BYTES)).join();
findings.anySize.isExact = (await oddClips(Infinity)).join() === (await oddClips(ODD_CLIP_BYTES)).join();
process.stdout.write(JSON.stringify(findings));

function matrices(m: number, n: number, k: number) {
  return { matrixPath: 'polyfill', precision: 'mixed', polyfillShape: { m, n, k } } as const;
}

async function everyTile(everyNth: number) {
  const backend = tf.backend() as CheckedWebGpuBackend;
  // The layout that takes most workgroup memory.
  const shape = { ...EXTENTS, left: 'depth', right: 'depth', bytes: 0 } as const;
  const fitting = tilesThatFit(shape, backend.products.limits).filter((_, i) => i % everyNth === 0);
  const tried: string[] = [];
  const wrong: string[] = [];
  for (const [i, { tile }] of fitting.entries()) {
    const variants = variantsOf(tile);
    const choice = { tile: variants[i % variants.length]!, splits: i % 3 === 0 ? 3 : 1 };
    const name = `${describeTile(choice.tile)} in ${choice.splits}`;
    tried.push(name);
    if (!(await isExact(backend, choice, TURNS[i % TURNS.length]!))) wrong.push(name);
  }
  return { tried, wrong };
}

async function isExact(
  backend: CheckedWebGpuBackend,
  choice: GemmChoice,
  [transposeA, transposeB]: readonly boolean[],
) {
  const { rows, depth, columns } = EXTENTS;
  const a = wholeNumbers(transposeA ? [depth, rows] : [rows, depth], 3);
  const b = wholeNumbers(transposeB ? [columns, depth] : [depth, columns], 5);
  const problem = denseProblem(a.shape, b.shape, { transposeA: transposeA!, transposeB: transposeB! });
  const result = allocate(backend, [rows, columns]);
  runGemmAs(backend, { problem, left: a, right: b }, { result }, choice);
  const found = tf.engine().makeTensorFromTensorInfo(result);
  const values = await found.data();
  const left = await a.data();
  const right = await b.data();
  tf.dispose([a, b, found]);
  const at = (row: number, column: number) => {
    let sum = 0;
    for (let i = 0; i < depth; i++)
      sum +=
        left[transposeA ? i * rows + row : row * depth + i]! *
        right[transposeB ? column * depth + i : i * columns + column]!;
    return sum;
  };
  return values.every((value, i) => value === at(Math.floor(i / columns), i % columns));
}

/** -3..3 without a short period. */
function wholeNumbers(shape: number[], salt: number): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => ((((i + salt) * 7919) >>> 3) % 7) - 3),
    shape,
  );
}

async function tuneAProduct(): Promise<TilesFindings['tuning']> {
  const backend = tf.backend() as CheckedWebGpuBackend;
  const [a, b] = [wholeNumbers([40, 36], 1), wholeNumbers([36, 24], 2)] as [tf.Tensor2D, tf.Tensor2D];
  const before = await productOf(a, b);
  const held = tf.memory().numTensors + backend.numDataIds();
  const tuned = await tuneProducts(backend);
  const leaked = tf.memory().numTensors + backend.numDataIds() - held;
  const after = await productOf(a, b);
  const tunedAgain = await tuneProducts(backend);
  tf.dispose([a, b]);
  return { tuned, tunedAgain, sameAfter: before.join() === after.join(), leaked };
}

async function productOf(a: tf.Tensor2D, b: tf.Tensor2D): Promise<number[]> {
  const product = tf.matMul(a, b);
  const values = await product.data();
  product.dispose();
  return [...values];
}

/** Result and gradients of whole numbers, with tensors seen in parts of so many bytes. */
async function convolution(maxBindingBytes: number): Promise<number[]> {
  const { close } = await openWebGpuBackend({
    allowSoftware: true,
    poison: true,
    matrixPath: 'tiles',
    maxBindingBytes,
  });
  const x = wholeNumbers([3, 2, 3, 3, 64], 1) as tf.Tensor5D;
  const filter = wholeNumbers([1, 1, 1, 64, 64], 2) as tf.Tensor5D;
  const dy = wholeNumbers([3, 2, 3, 3, 64], 3);
  const loss = (...[clips, kernel]: tf.Tensor[]) =>
    tf.sum(tf.mul(tf.conv3d(clips as tf.Tensor5D, kernel as tf.Tensor5D, 1, 'same'), dy));
  const results = [tf.conv3d(x, filter, 1, 'same'), ...tf.grads(loss)([x, filter])];
  const values = await Promise.all(results.map((result) => result.data()));
  await close();
  return values.flatMap((each) => [...each]);
}

/** As {@link convolution}, of clips of 300 bytes to 500 bytes, and a pool behind it. */
async function oddClips(maxBindingBytes: number): Promise<number[]> {
  const { close } = await openWebGpuBackend({
    allowSoftware: true,
    poison: true,
    matrixPath: 'tiles',
    maxBindingBytes,
  });
  const x = wholeNumbers([3, 1, 5, 5, 3], 4) as tf.Tensor5D;
  const filter = wholeNumbers([1, 3, 3, 3, 5], 5) as tf.Tensor5D;
  const pooled = (...[clips, kernel]: tf.Tensor[]) =>
    tf.maxPool3d(tf.conv3d(clips as tf.Tensor5D, kernel as tf.Tensor5D, 1, 'same'), [1, 2, 2], [1, 2, 2], 'valid');
  const backend = tf.backend() as CheckedWebGpuBackend;
  const held = backend.numDataIds();
  const results = [tf.tidy(() => pooled(x, filter)), ...tf.grads(pooled)([x, filter])];
  const values = await Promise.all(results.map((result) => result.data()));
  tf.dispose(results);
  findings.anySize.leaked += backend.numDataIds() - held;
  await close();
  return values.flatMap((each) => [...each]);
}
