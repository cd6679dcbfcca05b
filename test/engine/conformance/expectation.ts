/** What a case must give: values by plain loops, slopes by finite differences of these in double precision. */
import type { ConformanceCase } from './conformance-case.ts';
import { dotProduct, normal, sizeOf, type Values } from './values.ts';

/** Change of all inputs for a difference: large against rounding in double precision, small against any bend. */
const STEP = 1e-6;

/** A direction in the space of one input, and how fast the loss rises in it. */
export type Slope = { input: number; direction: Float64Array; expected: number };

export type Expectation = { outputs: Values[]; weights: Values[]; slopes: Slope[] };

const known = new WeakMap<ConformanceCase, Expectation>();

/** Computed once for all engines. */
export function expectationOf(testCase: ConformanceCase): Expectation {
  const found = known.get(testCase) ?? expectation(testCase);
  known.set(testCase, found);
  return found;
}

function expectation(testCase: ConformanceCase): Expectation {
  const { inputs, reference, gradientsOf, outputsInLoss = 1 } = testCase;
  const exact = inputs.map(({ shape, values }) => ({ shape, values: Float64Array.from(values) }));
  const outputs = reference(...exact);
  const weights = outputs.slice(0, outputsInLoss).map(({ shape }, i) => normal(shape, 900 + i));
  const lossWith = (input: number, values: Float64Array) =>
    dotProducts(reference(...exact.map((one, i) => (i === input ? { ...one, values } : one))), weights);
  const slopes = gradientsOf.flatMap((input) =>
    directions(exact[input]!.shape, input).map((direction) => {
      const moved = (step: number) => exact[input]!.values.map((value, i) => value + step * direction[i]!);
      const rise = lossWith(input, moved(STEP)) - lossWith(input, moved(-STEP));
      return { input, direction, expected: rise / (2 * STEP) };
    }),
  );
  return { outputs, weights, slopes };
}

/** Two across all elements, one along each of three single elements: the first, the last and one between. */
function directions(shape: readonly number[], seed: number): Float64Array[] {
  const size = sizeOf(shape);
  const single = [...new Set([0, Math.floor(size / 3), size - 1])].map((place) => {
    const direction = new Float64Array(size);
    direction[place] = 1;
    return direction;
  });
  return [...[1, 2].map((i) => Float64Array.from(normal(shape, 800 + 10 * seed + i).values)), ...single];
}

function dotProducts(outputs: readonly Values[], weights: readonly Values[]): number {
  return weights.reduce((total, weight, i) => total + dotProduct(outputs[i]!.values, weight.values), 0);
}
