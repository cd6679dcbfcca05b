/** One step of each optimiser, and the norm of all gradients. */
import { adamWUpdate, globalNorm, sgdUpdate } from '../../../../models/ops/optimiser-update.ts';
import type { ConformanceCase } from '../conformance-case.ts';
import { dotProduct, mapped, normal, type Values } from '../values.ts';

/** Less than a vector, and more than one chunk of work. */
const SIZES = [5, 1000, 40_001];
const SHARED = { lr: 1e-2, weightDecay: 0.1, gradScale: 0.5 };

const inputsOf = (size: number, count: number) => Array.from({ length: count }, (_, i) => normal([size], i + 1));

function sgdCase(size: number, nesterov: boolean): ConformanceCase {
  const hyper = { ...SHARED, momentum: 0.9, nesterov };
  return {
    op: 'SGD update',
    what: `${size} numbers${nesterov ? ', Nesterov' : ''}`,
    inputs: inputsOf(size, 3),
    compute: (param, velocity, grad) => {
      const next = sgdUpdate({ param: param!, velocity: velocity! }, grad!, hyper);
      return [next.param, next.velocity];
    },
    reference: (param, velocity, grad) => {
      const g = mapped(grad!, (value, i) => value * hyper.gradScale + param!.values[i]! * hyper.weightDecay);
      const v = mapped(velocity!, (value, i) => value * hyper.momentum + g.values[i]!);
      const slope = nesterov ? mapped(g, (value, i) => value + hyper.momentum * v.values[i]!) : v;
      return [mapped(param!, (value, i) => value - hyper.lr * slope.values[i]!), v];
    },
    gradientsOf: [],
  };
}

function adamWCase(size: number): ConformanceCase {
  const hyper = { ...SHARED, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 3 };
  const [param, first, second, grad] = inputsOf(size, 4) as [Values, Values, Values, Values];
  return {
    op: 'AdamW update',
    what: `${size} numbers`,
    inputs: [param, first, { ...second, values: second.values.map((value) => value * value) }, grad],
    compute: (...[p, m, v, g]) => {
      const next = adamWUpdate({ param: p!, first: m!, second: v! }, g!, hyper);
      return [next.param, next.first, next.second];
    },
    reference: (...[p, m, v, g]) => {
      const { beta1, beta2, gradScale, lr, weightDecay, epsilon, step } = hyper;
      const scaled = mapped(g!, (value) => value * gradScale);
      const newFirst = mapped(m!, (value, i) => beta1 * value + (1 - beta1) * scaled.values[i]!);
      const newSecond = mapped(v!, (value, i) => beta2 * value + (1 - beta2) * scaled.values[i]! ** 2);
      const newParam = mapped(p!, (value, i) => {
        const mean = newFirst.values[i]! / (1 - beta1 ** step);
        const spread = Math.sqrt(newSecond.values[i]! / (1 - beta2 ** step)) + epsilon;
        return value * (1 - lr * weightDecay) - (lr * mean) / spread;
      });
      return [newParam, newFirst, newSecond];
    },
    gradientsOf: [],
  };
}

function normCase(size: number): ConformanceCase {
  return {
    op: 'norm of gradients',
    what: `${size} numbers, thrice`,
    inputs: inputsOf(size, 3),
    compute: (...grads) => [globalNorm(grads)],
    reference: (...grads) => {
      const squares = grads.map(({ values }) => dotProduct(values, values));
      return [{ shape: [], values: Float64Array.of(Math.sqrt(squares.reduce((sum, square) => sum + square, 0))) }];
    },
    gradientsOf: [],
  };
}

export const optimiserCases: readonly ConformanceCase[] = SIZES.flatMap((size) => [
  sgdCase(size, false),
  sgdCase(size, true),
  adamWCase(size),
  normCase(size),
]);
