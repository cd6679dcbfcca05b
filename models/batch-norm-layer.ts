/**
 * Batch normalisation with running statistics (Ioffe and Szegedy 2015): the batch's own in training, the running ones in
 * evaluation. Parameters `<name>.scale`, `<name>.offset`, buffers `<name>.mean`, `<name>.variance`, all [c].
 */
import { keep, type Tensor1D, type Tensor5D } from '@tensorflow/tfjs-core';
import { affineOf } from './layers.ts';
import type { ParamSpecs } from './network.ts';
import { batchNormInference, batchNormTraining, movingStatistics } from './ops/batch-norm.ts';
import type { ApplyMode, Variables } from './types.ts';

const EPSILON = 1e-5;
/** Share of the batch in the running statistics. */
const MOMENTUM = 0.1;

export function normBufferSpecs(name: string, channels: number): ParamSpecs {
  return {
    [`${name}.mean`]: { shape: [channels], start: 'zeros' },
    [`${name}.variance`]: { shape: [channels], start: 'ones' },
  };
}

/**
 * Normalises, then scales and shifts; in training also puts the new running statistics into `mode.bufferUpdates`.
 * @param x - [n,t,h,w,c]
 * @returns [n,t,h,w,c]
 */
export function normalise(
  x: Tensor5D,
  name: string,
  { params, buffers }: Variables,
  { mode, relu }: { mode: ApplyMode; relu: boolean },
): Tensor5D {
  const affine = affineOf(params, name);
  const options = { epsilon: EPSILON, relu };
  const running = { mean: buffers[`${name}.mean`] as Tensor1D, variance: buffers[`${name}.variance`] as Tensor1D };
  if (!mode.training) return batchNormInference(x, affine, running, options);
  const batch = batchNormTraining(x, affine, options);
  const { mean, variance } = movingStatistics(running, batch, { momentum: MOMENTUM, count: x.size / x.shape[4] });
  // Kept, because they outlive the tidy of the forward pass.
  mode.bufferUpdates[`${name}.mean`] = keep(mean);
  mode.bufferUpdates[`${name}.variance`] = keep(variance);
  return batch.y;
}
