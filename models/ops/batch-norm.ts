/**
 * Batch normalisation over [n,t,h,w] for each channel (Ioffe and Szegedy). TensorFlow.js's own has no gradient on
 * rank 5.
 */
import {
  add,
  moments,
  mul,
  ones,
  registerGradient,
  relu,
  rsqrt,
  sub,
  tidy,
  zeros,
  type Tensor,
  type Tensor1D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';

/** Learned scale and offset, [c] each. */
export type Affine = { scale: Tensor1D; offset: Tensor1D };

/** Mean and variance of each channel, [c]; the variance is the biased one, over n·t·h·w values. */
export type ChannelStatistics = { mean: Tensor1D; variance: Tensor1D };

/** `relu`: apply a ReLU to the result. */
export type BatchNormOptions = { epsilon: number; relu: boolean };

/**
 * Normalises by the statistics of the batch and returns these for running averages (no gradient flows into them).
 * @param x - [n,t,h,w,c]
 * @param affine - null for none
 * @returns y [n,t,h,w,c]; mean and variance [c]
 */
export function batchNormTraining(
  x: Tensor5D,
  affine: Affine | null,
  options: BatchNormOptions,
): { y: Tensor5D } & ChannelStatistics {
  if (!hasFusedKernel('BatchNormTraining')) return batchNormTrainingOfPlainOps(x, affine, options);
  return tidy(() => {
    const c = x.shape[4];
    const { scale, offset } = affine ?? { scale: ones([c]), offset: zeros([c]) };
    const [y, mean, variance] = runFusedKernel('BatchNormTraining', { x, scale, offset }, options);
    return { y: y as Tensor5D, mean: mean as Tensor1D, variance: variance as Tensor1D };
  });
}

/** The reference of {@link batchNormTraining}, in plain ops. */
export function batchNormTrainingOfPlainOps(
  x: Tensor5D,
  affine: Affine | null,
  options: BatchNormOptions,
): { y: Tensor5D } & ChannelStatistics {
  return tidy(() => {
    const batch = moments(x, [0, 1, 2, 3]);
    const statistics = { mean: batch.mean as Tensor1D, variance: batch.variance as Tensor1D };
    return { y: batchNormInference(x, affine, statistics, options), ...statistics };
  });
}

/**
 * Normalises by given statistics: running averages in evaluation. Differentiable in all tensors.
 * @param x - [n,t,h,w,c]
 * @returns [n,t,h,w,c]
 */
export function batchNormInference(
  x: Tensor5D,
  affine: Affine | null,
  { mean, variance }: ChannelStatistics,
  { epsilon, relu: withRelu }: BatchNormOptions,
): Tensor5D {
  return tidy(() => {
    const slope = affine === null ? rsqrt(add(variance, epsilon)) : mul(affine.scale, rsqrt(add(variance, epsilon)));
    const scaled = mul<Tensor5D>(sub(x, mean), slope);
    const y = affine === null ? scaled : add<Tensor5D>(scaled, affine.offset);
    return withRelu ? relu(y) : y;
  });
}

/**
 * Running statistics after a batch, `momentum` being its share. A variance of `count` values is made unbiased first.
 * Kernel `MovingStatistics` (mean, variance, batchMean, batchVariance) gives [mean', variance'].
 */
export function movingStatistics(
  running: ChannelStatistics,
  batch: ChannelStatistics,
  { momentum, count }: { momentum: number; count: number },
): ChannelStatistics {
  const unbias = count / Math.max(1, count - 1);
  if (hasFusedKernel('MovingStatistics')) {
    const inputs = { ...running, batchMean: batch.mean, batchVariance: batch.variance };
    const [mean, variance] = runFusedKernel('MovingStatistics', inputs, { momentum, unbias });
    return { mean: mean as Tensor1D, variance: variance as Tensor1D };
  }
  const moved = (old: Tensor1D, now: Tensor1D) => add<Tensor1D>(mul(old, 1 - momentum), mul(now, momentum));
  return tidy(() => ({
    mean: moved(running.mean, batch.mean),
    variance: moved(running.variance, mul<Tensor1D>(batch.variance, unbias)),
  }));
}

/**
 * Kernel `BatchNormTraining` (x, scale, offset) gives [y, mean, variance]; `BatchNormTrainingGrad`
 * (dy, x, y, scale, mean, variance) gives [dx, dscale, doffset].
 */
registerGradient({
  kernelName: 'BatchNormTraining',
  inputsToSave: ['x', 'scale'],
  outputsToSave: [true, true, true],
  gradFunc: (dy, saved, attrs) => {
    const [x, scale, y, mean, variance] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const inputs = { dy: (dy as Tensor[])[0]!, x, y, scale, mean, variance };
    const [dx, dscale, doffset] = runFusedKernel('BatchNormTrainingGrad', inputs, attrs as BatchNormOptions);
    return { x: () => dx!, scale: () => dscale!, offset: () => doffset! };
  },
});
