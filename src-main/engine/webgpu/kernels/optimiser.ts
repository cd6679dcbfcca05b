/** One step of an optimiser for one variable, everything read and written once (models/ops/optimiser-update.ts). */
import type { ComputeProgram } from '../compute-program.ts';
import { vectorType } from './channel-view.ts';
import { eachItem } from './each-item.ts';

/** Buffers param, velocity, grad, newParam, newVelocity. */
export function sgd({ width, nesterov }: { width: 1 | 4; nesterov: boolean }): ComputeProgram {
  return update(width, {
    label: 'SGD update',
    state: ['velocity'],
    uniforms: ['lr', 'momentum', 'weightDecay', 'gradScale'],
    statements: `  let slope = grad[i] * uniforms.gradScale + param[i] * uniforms.weightDecay;
  let moved = velocity[i] * uniforms.momentum + slope;
  newVelocity[i] = moved;
  newParam[i] = param[i] - uniforms.lr * ${nesterov ? '(slope + uniforms.momentum * moved)' : 'moved'};`,
  });
}

/** Buffers param, first, second, grad, newParam, newFirst, newSecond. */
export function adamW({ width }: { width: 1 | 4 }): ComputeProgram {
  return update(width, {
    label: 'AdamW update',
    state: ['first', 'second'],
    uniforms: [
      ...['lr', 'beta1', 'beta2', 'oneMinusBeta1', 'oneMinusBeta2'],
      ...['epsilon', 'decay', 'correction1', 'correction2', 'gradScale'],
    ],
    statements: `  let slope = grad[i] * uniforms.gradScale;
  let mean = first[i] * uniforms.beta1 + slope * uniforms.oneMinusBeta1;
  let square = second[i] * uniforms.beta2 + slope * slope * uniforms.oneMinusBeta2;
  newFirst[i] = mean;
  newSecond[i] = square;
  let spread = sqrt(square / uniforms.correction2) + uniforms.epsilon;
  newParam[i] = param[i] * uniforms.decay - uniforms.lr * (mean / uniforms.correction1) / spread;`,
  });
}

type Update = { label: string; state: readonly string[]; uniforms: readonly string[]; statements: string };

function update(width: 1 | 4, { label, state, uniforms, statements }: Update): ComputeProgram {
  const element = vectorType(width);
  const declared = (name: string) => ({ name, element });
  const isNew = (name: string) => declared(`new${name[0]!.toUpperCase()}${name.slice(1)}`);
  return eachItem({
    label,
    reads: ['param', ...state, 'grad'].map(declared),
    results: ['param', ...state].map(isNew),
    uniforms: Object.fromEntries(uniforms.map((name) => [name, 'f32' as const])),
    statements,
  });
}
