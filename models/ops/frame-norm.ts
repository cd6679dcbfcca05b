/**
 * Instance normalisation of single frames (Ulyanov, Vedaldi, Lempitsky 2016), each channel over [h,w], with learned scale
 * and offset. No frame knows of another, so logits do not depend on what else is in the batch or in the pass of a long
 * video, training and evaluation compute the same, and there is nothing to keep between steps.
 */
import {
  add,
  customGrad,
  mean,
  mul,
  neg,
  registerGradient,
  relu,
  rsqrt,
  square,
  sub,
  sum,
  tidy,
  type GradSaveFunc,
  type Tensor,
  type Tensor1D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import type { Affine } from './batch-norm.ts';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';

/** `epsilon` is added to the variance and keeps flat frames flat; `relu`: apply a ReLU to the result. */
export type FrameNormOptions = { epsilon: number; relu: boolean };

/**
 * Normalises each channel of each frame over its pixels.
 * @param x - [n,t,h,w,c]
 * @returns [n,t,h,w,c]
 */
export function frameNorm(x: Tensor5D, affine: Affine, options: FrameNormOptions): Tensor5D {
  if (!hasFusedKernel('FrameNorm')) return frameNormOfPlainOps(x, affine, options);
  return tidy(() => runFusedKernel('FrameNorm', { x, ...affine }, options)[0] as Tensor5D);
}

/**
 * The reference of {@link frameNorm}, in plain ops: y = a x + b with a = scale / sigma, b = offset - a mean for each frame
 * and channel, sigma² = mean(x²) - mean² + epsilon. With x' = (x - mean) / sigma, the gradient is
 * dx = a (dy - mean(dy) - x' mean(dy x')), again linear in dy and x: the tensors of a clip's size are read few times, the
 * rest happens on [n,t,1,1,c]. First derivatives only.
 */
export function frameNormOfPlainOps(
  x: Tensor5D,
  { scale, offset }: Affine,
  { epsilon, relu: withRelu }: FrameNormOptions,
): Tensor5D {
  const normalised = customGrad((...args) => {
    const save = args[3] as unknown as GradSaveFunc;
    const center = overFrame(x);
    const inverse = rsqrt(add(sub(overFrame(square(x)), square(center)), epsilon));
    const slope = mul(inverse, scale);
    const value = add(mul(x, slope), sub(offset, mul(center, slope)));
    save([x, scale, center, inverse]);
    return { value, gradFunc: (dy, saved) => gradients(dy as Tensor5D, saved as [Tensor5D, Tensor1D, Tensor, Tensor]) };
  });
  return tidy(() => {
    const y = normalised(x, scale, offset) as Tensor5D;
    return withRelu ? relu(y) : y;
  });
}

function gradients(dy: Tensor5D, [x, scale, center, inverse]: [Tensor5D, Tensor1D, Tensor, Tensor]): Tensor[] {
  return tidy(() => {
    const meanDy = overFrame(dy);
    const meanDyX = mul(sub(overFrame(mul(dy, x)), mul(center, meanDy)), inverse);
    const slope = mul(inverse, scale);
    const ofX = neg(mul(mul(slope, inverse), meanDyX));
    const constant = neg(add(mul(slope, meanDy), mul(ofX, center)));
    const places = x.shape[2] * x.shape[3];
    return [
      add(add(mul(dy, slope), mul(x, ofX)), constant),
      mul(sum(meanDyX, [0, 1, 2, 3]), places),
      mul(sum(meanDy, [0, 1, 2, 3]), places),
    ];
  });
}

/** Mean over [h,w], kept as [n,t,1,1,c]. */
function overFrame(x: Tensor5D): Tensor {
  return mean(x, [2, 3], true);
}

/**
 * Kernel `FrameNorm` (x, scale, offset) gives [y, mean, 1/sigma], the last two [n,t,c]; `FrameNormGrad`
 * (dy, x, y, scale, mean, inverse) gives [dx, dscale, doffset].
 */
registerGradient({
  kernelName: 'FrameNorm',
  inputsToSave: ['x', 'scale'],
  outputsToSave: [true, true, true],
  gradFunc: (dy, saved, attrs) => {
    const [x, scale, y, mean, inverse] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const inputs = { dy: (dy as Tensor[])[0]!, x, y, scale, mean, inverse };
    const [dx, dscale, doffset] = runFusedKernel('FrameNormGrad', inputs, attrs as FrameNormOptions);
    return { x: () => dx!, scale: () => dscale!, offset: () => doffset! };
  },
});
