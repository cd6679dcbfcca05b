/** Runs a case on an engine and says in words what is wrong with it. */
import {
  add,
  dispose,
  grads,
  memory,
  mul,
  scalar,
  setBackend,
  sum,
  tensor,
  tidy,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { TOLERANCE, type ConformanceCase } from './conformance-case.ts';
import { expectationOf, type Expectation } from './expectation.ts';
import { dotProduct, sizeOf, type Values } from './values.ts';

/** An open engine: `heldBytes` is the memory that its tensors take, by its own count. */
export type OpenedForTest = { backend: string; heldBytes: () => number };

export type Results = { outputs: Values[]; gradients: Values[] };

/** Gradients that are small throughout are so because their terms cancel, up to the rounding of these. */
const SMALLEST_SLOPE = 0.1;

/** Blocks of each shape that are filled with NaN and given back before the second run. */
const POISONED_BLOCKS = 3;

/**
 * Computes the case twice, the second time with memory full of NaN, and checks values, gradients, that both runs give
 * the same bits, and that nothing is left in memory.
 * @returns failures in words, none where all is right
 */
export async function runCase(testCase: ConformanceCase, engine: OpenedForTest): Promise<string[]> {
  const expected = expectationOf(testCase);
  await setBackend(engine.backend);
  try {
    const first = await resultsOf(testCase, expected);
    await poison([...first.outputs, ...first.gradients]);
    const before = [memory().numTensors, engine.heldBytes()] as const;
    const second = await resultsOf(testCase, expected);
    const after = [memory().numTensors, engine.heldBytes()] as const;
    return [
      ...wrongOutputs(testCase, expected, first),
      ...wrongGradients(testCase, expected, first),
      ...differences(first, second),
      ...(after[0] === before[0] ? [] : [`left ${after[0] - before[0]} tensors behind`]),
      ...(after[1] === before[1] ? [] : [`left ${after[1] - before[1]} bytes behind`]),
    ];
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Outputs and gradients on the current backend, without judgement. */
export async function resultsOf(testCase: ConformanceCase, { weights }: Expectation): Promise<Results> {
  const { inputs, compute: run, gradientsOf } = testCase;
  const tensors = inputs.map(tensorOf);
  const lossOf = (...moving: Tensor[]): Scalar => {
    const outputs = run(...tensors.map((one, i) => moving[gradientsOf.indexOf(i)] ?? one));
    const losses = weights.map((weight, i) => sum<Scalar>(mul(outputs[i]!, tensorOf(weight))));
    return losses.reduce((total, loss) => add(total, loss), scalar(0));
  };
  const outputs = tidy(() => run(...tensors));
  const gradients = gradientsOf.length === 0 ? [] : grads(lossOf)(gradientsOf.map((input) => tensors[input]!));
  const results = { outputs: await valuesOf(outputs), gradients: await valuesOf(gradients) };
  dispose([...tensors, ...outputs, ...gradients]);
  return results;
}

function tensorOf({ shape, values }: Values): Tensor {
  const isWhole = values instanceof Int32Array;
  return tensor(isWhole ? values : Float32Array.from(values), [...shape], isWhole ? 'int32' : 'float32');
}

async function valuesOf(tensors: readonly Tensor[]): Promise<Values[]> {
  return Promise.all(
    tensors.map(async (one) => ({ shape: one.shape, values: Float64Array.from(await one.data<'float32'>()) })),
  );
}

/** Fills memory with NaN that the engine will use again for tensors of these sizes. */
async function poison(sizes: readonly Values[]): Promise<void> {
  const filled = sizes.flatMap(({ shape }) =>
    Array.from({ length: POISONED_BLOCKS }, () =>
      tidy(() => add(tensor(new Float32Array(sizeOf(shape)).fill(NaN), [...shape]), 1)),
    ),
  );
  await Promise.all(filled.map((one) => one.data()));
  dispose(filled);
}

function wrongOutputs({ tolerance = TOLERANCE }: ConformanceCase, { outputs }: Expectation, found: Results): string[] {
  return outputs.flatMap(({ shape, values }, i) => {
    const output = found.outputs[i]!;
    if (output.shape.join() !== shape.join()) return [`output ${i}: shape ${output.shape.join()}, not ${shape.join()}`];
    const bound = tolerance * largestOf(values);
    const wrong = Array.from(values.keys()).filter((at) => distance(output.values[at]!, values[at]!) > bound);
    const at = wrong[0];
    if (at === undefined) return [];
    const example = `at ${at} ${output.values[at]!}, expected ${values[at]!}`;
    return [`output ${i}: ${wrong.length} of ${values.length} values wrong, ${example}`];
  });
}

/** Equal numbers, NaN and infinities included, have distance 0. */
function distance(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const distance = Math.abs(a - b);
  return Number.isNaN(distance) ? Infinity : distance;
}

function largestOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce(
    (max, value) => (Number.isFinite(value) ? Math.max(max, Math.abs(value)) : max),
    1e-6,
  );
}

/** Along a direction, errors of the gradient's elements add up as independent ones do. */
function wrongGradients(
  { tolerance = TOLERANCE, gradientsOf }: ConformanceCase,
  { slopes }: Expectation,
  found: Results,
) {
  return slopes.flatMap(({ input, direction, expected }, i) => {
    const gradient = found.gradients[gradientsOf.indexOf(input)]!.values;
    const slope = dotProduct(gradient, direction);
    const bound =
      tolerance * Math.max(SMALLEST_SLOPE, largestOf(gradient)) * Math.sqrt(dotProduct(direction, direction));
    if (Math.abs(slope - expected) <= bound) return [];
    return [`gradient of input ${input}: slope ${slope} in direction ${i}, expected ${expected} within ${bound}`];
  });
}

function differences(first: Results, second: Results): string[] {
  const [one, other] = [first, second].map(({ outputs, gradients }) => [...outputs, ...gradients]) as [
    Values[],
    Values[],
  ];
  const place = one.findIndex(({ values }, i) => values.some((value, at) => !Object.is(value, other[i]!.values[at])));
  return place === -1 ? [] : [`result ${place}: not the same in a second run, on memory full of NaN`];
}
