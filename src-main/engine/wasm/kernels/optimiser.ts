/** Optimiser steps in one pass over a variable. Hyper-parameters come from memory, so a new learning rate is no new kernel. */
import type { KernelBuilder } from '../assembler/kernel-builder.ts';
import type { I32, V128Local } from '../assembler/values.ts';
import { forGroups } from './elementwise.ts';

const HALVES = [0, 16] as const;

/** Order of the floats that {@link sgd} reads. */
export const SGD_HYPER = ['gradScale', 'weightDecay', 'momentum', 'lr'] as const;

/** Items: groups of 8 floats. Args: param, velocity, gradient, new param, new velocity, hyper-parameters. */
export function sgd(k: KernelBuilder, { nesterov }: { nesterov: boolean }): void {
  const [gradScale, weightDecay, momentum, lr] = loadHyper(k, k.arg(5), SGD_HYPER.length) as Four;
  const [g, v, p] = k.vectors(3) as [V128Local, V128Local, V128Local];
  forGroups(k, k.args(5), ([param, velocity, gradient, newParam, newVelocity]) => {
    for (const half of HALVES) {
      p.set(param!.load(half));
      g.set(gradient!.load(half).mul(gradScale).add(p.mul(weightDecay)));
      v.set(velocity!.load(half).mul(momentum).add(g));
      k.store(newVelocity!, v, half);
      const direction = nesterov ? g.add(v.mul(momentum)) : v;
      k.store(newParam!, p.sub(direction.mul(lr)), half);
    }
  });
}

/** Order of the floats that {@link adamW} reads; `correction` is what bias correction divides by. */
export const ADAMW_HYPER = [
  'gradScale',
  'beta1',
  'oneMinusBeta1',
  'beta2',
  'oneMinusBeta2',
  'correction1',
  'correction2',
  'epsilon',
  'decay',
  'lr',
] as const;

/**
 * Items: groups of 8 floats. Args: param, first and second average, gradient, new param, new averages,
 * hyper-parameters.
 */
export function adamW(k: KernelBuilder, _: Record<never, never>): void {
  const hyper = loadHyper(k, k.arg(7), ADAMW_HYPER.length);
  const [gradScale, beta1, oneMinusBeta1, beta2, oneMinusBeta2, correction1, correction2, epsilon, decay, lr] =
    hyper as [Hyper, Hyper, Hyper, Hyper, Hyper, Hyper, Hyper, Hyper, Hyper, Hyper];
  const [g, m, v] = k.vectors(3) as [V128Local, V128Local, V128Local];
  forGroups(k, k.args(7), ([param, first, second, gradient, newParam, newFirst, newSecond]) => {
    for (const half of HALVES) {
      g.set(gradient!.load(half).mul(gradScale));
      m.set(first!.load(half).mul(beta1).add(g.mul(oneMinusBeta1)));
      v.set(second!.load(half).mul(beta2).add(g.mul(g).mul(oneMinusBeta2)));
      k.store(newFirst!, m, half);
      k.store(newSecond!, v, half);
      const update = m.div(correction1).div(v.div(correction2).sqrt().add(epsilon)).mul(lr);
      k.store(newParam!, param!.load(half).mul(decay).sub(update), half);
    }
  });
}

type Hyper = V128Local;
type Four = [Hyper, Hyper, Hyper, Hyper];

function loadHyper(k: KernelBuilder, at: I32, count: number): V128Local[] {
  return Array.from({ length: count }, (_, i) => k.v128(at.loadSplat(i * 4)));
}
