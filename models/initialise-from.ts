/**
 * Starting from weights of a file: our own names (3D kernels, or 2D kernels [h,w,c,c'] that are inflated), or the names
 * of torchvision's vgg16 (2D, PyTorch order) for networks with import rules. The plan is made first, without touching
 * a tensor, so that a file that does not fit is refused as a whole.
 */
import { dispose, tensor, tidy, type Tensor, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { denseAfterConvFromPyTorch, denseFromPyTorch, inflateKernel, kernelFromPyTorch } from './inflate.ts';
import type { ImportRule, Network } from './network.ts';
import type { Variables } from './types.ts';

/** A tensor of a weights file. */
export type SourceTensor = { shape: readonly number[]; data: Float32Array };

type Conversion = ImportRule | { from: string; kind: 'copy' | 'inflate' };

export type InitialisationPlan = {
  naming: 'own' | 'torchvision';
  /** Our name to the source tensor and its conversion. */
  used: Record<string, Conversion>;
  /** Source tensors with no place in the network. */
  unused: string[];
  /** Our variables that keep their fresh values. A last layer for another number of classes is among them. */
  untouched: string[];
  /** Source tensors that belong to a variable but have another shape; the file must then be refused. */
  mismatched: { name: string; from: string; expected: number[]; found: number[] }[];
};

/** Says what a weights file would fill. */
export function planInitialisation(
  network: Network,
  source: Record<string, { shape: readonly number[] }>,
): InitialisationPlan {
  const shapes = shapesOf(network);
  const naming = Object.keys(source).some((name) => name in shapes) ? 'own' : 'torchvision';
  const plan: InitialisationPlan = { naming, used: {}, unused: [], untouched: [], mismatched: [] };
  for (const [name, shape] of Object.entries(shapes)) {
    const rule: Conversion | undefined = naming === 'own' ? { from: name, kind: 'copy' } : network.importRules?.[name];
    const found = rule && source[rule.from]?.shape;
    if (rule && found) place(plan, { name, shape }, { rule, found });
    else plan.untouched.push(name);
  }
  const taken = new Set([...Object.values(plan.used), ...plan.mismatched].map(({ from }) => from));
  plan.unused = Object.keys(source).filter((name) => !taken.has(name));
  return plan;
}

/**
 * Puts the source tensors of a plan in place of the variables, which are disposed of.
 * @throws Error when the plan has mismatches
 */
export function initialiseFrom(
  variables: Variables,
  plan: InitialisationPlan,
  source: Record<string, SourceTensor>,
): void {
  const first = plan.mismatched[0];
  if (first)
    throw new Error(
      `${first.name}: expected [${first.expected.join(',')}] in ${first.from}, got [${first.found.join(',')}]`,
    );
  for (const [name, conversion] of Object.entries(plan.used)) {
    const group = name in variables.params ? variables.params : variables.buffers;
    const fresh = group[name] as Tensor;
    group[name] = tidy(() => convert(source[conversion.from] as SourceTensor, conversion, fresh.shape));
    dispose(fresh);
  }
}

function shapesOf({ specs }: Network): Record<string, readonly number[]> {
  const all = Object.entries({ ...specs.params, ...specs.buffers });
  return Object.fromEntries(all.map(([name, { shape }]) => [name, shape]));
}

type Target = { name: string; shape: readonly number[] };

function place(
  plan: InitialisationPlan,
  target: Target,
  { rule, found }: { rule: Conversion; found: readonly number[] },
) {
  const { name, shape } = target;
  const expected = expectedShape(rule, shape);
  if (equal(found, expected)) plan.used[name] = rule;
  else if (rule.kind === 'copy' && equal(found, shape.slice(1)) && shape.length === 5)
    plan.used[name] = { from: rule.from, kind: 'inflate' };
  else if (name.startsWith('logits.')) plan.untouched.push(name);
  else plan.mismatched.push({ name, from: rule.from, expected, found: [...found] });
}

/** The shape in which the source must hold a variable of the given shape. */
function expectedShape(rule: Conversion, shape: readonly number[]): number[] {
  if (rule.kind === 'kernel-2d') {
    const [, h = 0, w = 0, c = 0, filters = 0] = shape;
    return [filters, c, h, w];
  }
  return rule.kind === 'dense' || rule.kind === 'dense-after-conv' ? shape.toReversed() : [...shape];
}

function convert({ shape, data }: SourceTensor, conversion: Conversion, target: readonly number[]): Tensor {
  const loaded = tensor(data, [...shape]);
  const t = target[0] as number;
  switch (conversion.kind) {
    case 'copy':
    case 'bias':
      return loaded;
    case 'inflate':
      return inflateKernel(loaded as Tensor4D, t);
    case 'kernel-2d':
      return inflateKernel(kernelFromPyTorch(loaded as Tensor4D), t);
    case 'dense':
      return denseFromPyTorch(loaded as Tensor2D);
    case 'dense-after-conv':
      return denseAfterConvFromPyTorch(loaded as Tensor2D, conversion.channels);
  }
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
