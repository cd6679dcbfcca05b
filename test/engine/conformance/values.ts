/** Tensors as plain numbers, and the numbers that cases feed to engines. */
import { Rng } from '../../../src-main/data/rng.ts';

export type Numbers = Float32Array | Float64Array | Int32Array;
export type Values = { shape: readonly number[]; values: Numbers };

/** What is left of the mantissa in f16. */
const F16_MANTISSA_BITS = 10;

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Zeros to be filled in double precision. */
export function blank(shape: readonly number[]): { shape: readonly number[]; values: Float64Array } {
  return { shape, values: new Float64Array(sizeOf(shape)) };
}

/**
 * Normal random numbers, the same for the same seed, rounded to the precision of f16: engines that multiply in f16 and
 * add in f32 make no larger errors with them than others.
 */
export function normal(shape: readonly number[], seed: number): Values & { values: Float32Array } {
  const rng = new Rng(seed);
  return { shape, values: Float32Array.from({ length: sizeOf(shape) }, () => roundedToF16(rng.normal())) };
}

/** Numbers from -2 to 2 in random order, no two alike: which is the largest is never in doubt. */
export function distinct(shape: readonly number[], seed: number): Values {
  const size = sizeOf(shape);
  const order = new Rng(seed).shuffle(Array.from({ length: size }, (_, i) => i));
  return { shape, values: Float32Array.from(order, (rank) => (4 * rank) / size - 2) };
}

/** Random whole numbers 0..below-1. */
export function wholeNumbers(shape: readonly number[], below: number, seed: number): Values & { values: Int32Array } {
  const rng = new Rng(seed);
  return { shape, values: Int32Array.from({ length: sizeOf(shape) }, () => rng.integer(below)) };
}

function roundedToF16(value: number): number {
  const step = 2 ** (Math.floor(Math.log2(Math.abs(value) || 1)) - F16_MANTISSA_BITS);
  return Math.round(value / step) * step;
}

/** The values with a function applied to each. */
export function mapped({ shape, values }: Values, f: (value: number, index: number) => number): Values {
  return { shape, values: Float64Array.from(values, f) };
}

export function dotProduct(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
