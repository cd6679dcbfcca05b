import { dispose, tensor } from '@tensorflow/tfjs-core';
import type { Model, NamedTensors, Variables } from '../../models/types.ts';
import { AppError } from '../contract/errors.ts';

/** Values of tensors outside an engine, by name. */
export type NamedValues = Record<string, { shape: readonly number[]; data: Float32Array }>;

/** Reads tensors of f32; they stay with the caller. */
export async function valuesOf(tensors: NamedTensors): Promise<NamedValues> {
  const values: NamedValues = {};
  for (const [name, stored] of Object.entries(tensors))
    values[name] = { shape: stored.shape, data: Float32Array.from(await stored.data()) };
  return values;
}

/** @returns tensors that the caller owns */
export function tensorsOf(values: NamedValues): NamedTensors {
  return Object.fromEntries(Object.entries(values).map(([name, { shape, data }]) => [name, tensor(data, [...shape])]));
}

/**
 * Makes the variables of a network from stored values; values of other names are left alone.
 * @param source - name of the file for messages
 * @returns variables that the caller owns
 * @throws AppError `corrupt` when a variable is missing or has another shape
 */
export function variablesFromValues(model: Model, values: NamedValues, source: string): Variables {
  const fresh = model.init(() => 0);
  const load = (group: NamedTensors) =>
    tensorsOf(
      Object.fromEntries(
        Object.entries(group).map(([name, { shape }]) => [name, valueOf(values, name, { shape, source })]),
      ),
    );
  try {
    return { params: load(fresh.params), buffers: load(fresh.buffers) };
  } finally {
    dispose([...Object.values(fresh.params), ...Object.values(fresh.buffers)]);
  }
}

/** @throws AppError `corrupt` when the value is missing or has another shape */
export function valueOf(
  values: NamedValues,
  name: string,
  { shape, source }: { shape: readonly number[]; source: string },
): NamedValues[string] {
  const value = values[name];
  if (value !== undefined && value.shape.join() === shape.join()) return value;
  const found = value === undefined ? 'nothing' : `[${value.shape.join(',')}]`;
  throw new AppError('corrupt', `${source}: ${name}: expected [${shape.join(',')}], found ${found}.`, {
    hint: 'It belongs to another network or another set of classes.',
  });
}
