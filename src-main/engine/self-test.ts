/**
 * Does the current backend compute? Convolution with bias and ReLU and its three gradients on small whole numbers, for
 * which f32 and f16 products are exact, against fixed digests. Biases are halves, so that no output lies on the edge of
 * ReLU, and results are rounded to halves, because large Winograd tiles compute with fractions. The cases reach direct and
 * Winograd kernels with small and large tiles, both paddings, stride 2 and odd sizes.
 */
import './gradients.ts';
import {
  dispose,
  grads,
  mul,
  sum,
  tensor,
  tidy,
  type Rank,
  type ShapeMap,
  type Tensor,
  type Tensor1D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { conv3d, type Conv3dOptions } from '../../models/ops/conv3d.ts';

type Size5 = ShapeMap[Rank.R5];
type Digests = { y: number; dx: number; dfilter: number; dbias: number };

type SelfTestCase = { what: string; x: Size5; filter: Size5; y: Size5; options: Conv3dOptions; digests: Digests };

const STEP_1: Conv3dOptions = { strides: [1, 1, 1], pad: 'same', relu: true };

/** Digests of the slow reference, checked against plain loops in test/engine/select.test.ts. */
export const SELF_TEST_CASES: readonly SelfTestCase[] = [
  {
    what: 'conv3d 3->16, odd sizes',
    x: [2, 3, 5, 7, 3],
    filter: [3, 3, 3, 3, 16],
    y: [2, 3, 5, 7, 16],
    options: STEP_1,
    digests: { y: 231453.5, dx: -9451, dfilter: 7945, dbias: 2227 },
  },
  {
    what: 'conv3d 16->16, even sizes',
    x: [1, 4, 6, 6, 16],
    filter: [3, 3, 3, 16, 16],
    y: [1, 4, 6, 6, 16],
    options: STEP_1,
    digests: { y: 188341, dx: 11249, dfilter: 14955, dbias: 1463 },
  },
  {
    what: 'conv3d 8->8, large tiles',
    x: [4, 8, 8, 12, 8],
    filter: [3, 3, 3, 8, 8],
    y: [4, 8, 8, 12, 8],
    options: STEP_1,
    digests: { y: 6006459.5, dx: 76515, dfilter: 111007, dbias: -51640 },
  },
  {
    what: 'conv3d 3->8, stride 2, no padding',
    x: [1, 5, 7, 7, 3],
    filter: [3, 3, 3, 3, 8],
    y: [1, 2, 3, 3, 8],
    options: { strides: [2, 2, 2], pad: 'valid', relu: true },
    digests: { y: 15743.5, dx: 32080, dfilter: -10073, dbias: -348 },
  },
];

/** Weights are odd: one value off by a half moves a digest by a half or more. */
const TOLERANCE = 0.25;

/** Failures in words, empty where all is right. */
export async function selfTest(): Promise<string[]> {
  const failures: string[] = [];
  for (const { what, digests, ...problem } of SELF_TEST_CASES) {
    const found = await digestsOf(problem);
    for (const [name, expected] of Object.entries(digests)) {
      const value = found[name as keyof Digests];
      if (!(Math.abs(value - expected) < TOLERANCE))
        failures.push(`${what}: ${name} digest is ${value}, expected ${expected}`);
    }
  }
  return failures;
}

/** Computes one case on the current backend. */
export async function digestsOf({ x, filter, y, options }: Omit<SelfTestCase, 'what' | 'digests'>): Promise<Digests> {
  const inputs: [Tensor5D, Tensor5D, Tensor1D] = [
    tensor(wholeNumbers(x, 1), x),
    tensor(wholeNumbers(filter, 2), filter),
    tensor(selfTestBias(filter[4]), [filter[4]]),
  ];
  const dy: Tensor5D = tensor(wholeNumbers(y, 4), y);
  const forward = (...[clips, kernel, bias]: Tensor[]) =>
    conv3d(clips as Tensor5D, kernel as Tensor5D, bias as Tensor1D, options);
  const output = tidy(() => forward(...inputs));
  const gradients = grads((...values) => sum(mul(forward(...values), dy)))(inputs);
  try {
    const values = [];
    for (const result of [output, ...gradients]) values.push(digest(roundedToHalves(await result.data())));
    const [ofY = NaN, dx = NaN, dfilter = NaN, dbias = NaN] = values;
    return { y: ofY, dx, dfilter, dbias };
  } finally {
    dispose([...inputs, dy, output, ...gradients]);
  }
}

/** -2..2 in an order without a short period. */
export function wholeNumbers(shape: readonly number[], salt: number): Float32Array {
  const size = shape.reduce((product, side) => product * side, 1);
  return Float32Array.from({ length: size }, (_, i) => ((((i + salt) * 7919 + (i >> 3) * salt) >>> 2) % 5) - 2);
}

/** Biases between whole numbers. */
export function selfTestBias(channels: number): Float32Array {
  return wholeNumbers([channels], 3).map((value) => value + 0.5);
}

function roundedToHalves(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => Math.round(2 * value) / 2);
}

/** A sum with odd weights, which notices a single wrong value and most swapped ones. */
export function digest(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += (values[i] as number) * (2 * ((i * 37) % 101) - 81);
  return total;
}
