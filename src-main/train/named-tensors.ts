/** Tensors by the name of a parameter: made, added, scaled and freed together. */
import { add, dispose, mul, type Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../../models/types.ts';

/** Adds gradients to a sum, which is empty at first; disposes of both. */
export function addGradients(total: NamedTensors, grads: NamedTensors): NamedTensors {
  if (Object.keys(total).length === 0) return grads;
  const names = Object.keys(grads);
  const sums = Object.fromEntries(names.map((name) => [name, add(total[name]!, grads[name]!)]));
  disposeNamed(total);
  disposeNamed(grads);
  return sums;
}

/** Puts tensors times a factor in the place of tensors, and disposes of the old ones. */
export function scaleInPlace(tensors: NamedTensors, factor: number): void {
  if (factor === 1) return;
  for (const [name, tensor] of Object.entries(tensors)) {
    tensors[name] = mul(tensor, factor);
    tensor.dispose();
  }
}

/** A tensor for each name, which the caller owns; where one fails, those before it are freed. */
export function tensorsFor(names: Iterable<string>, make: (name: string) => Tensor): NamedTensors {
  const made: NamedTensors = {};
  try {
    for (const name of names) made[name] = make(name);
    return made;
  } catch (error) {
    disposeNamed(made);
    throw error;
  }
}

export function disposeNamed(tensors: NamedTensors): void {
  dispose(Object.values(tensors));
}
