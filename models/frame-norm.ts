/**
 * Instance normalisation of single frames (Ulyanov, Vedaldi, Lempitsky 2016), each channel over [h,w], with learned scale
 * and offset. No frame knows of another, so logits do not depend on what else is in the batch or in the pass of a long
 * video, training and evaluation compute the same, and there is nothing to keep between steps.
 *
 * y = a x + b with a = scale / sigma, b = offset - a mean for each frame and channel, sigma² = mean(x²) - mean² + epsilon.
 * With x' = (x - mean) / sigma, the gradient is dx = a (dy - mean(dy) - x' mean(dy x')), again linear in dy and x: the
 * tensors of a clip's size are read few times, the rest happens on [n,t,1,1,c]. First derivatives only.
 */
import {
  add,
  customGrad,
  mean,
  mul,
  neg,
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
import type { ParamSpecs } from './network.ts';
import type { NamedTensors } from './types.ts';

/** Keeps flat frames flat. */
const EPSILON = 1e-3;

/** `<name>.scale` and `<name>.offset`, [c]. */
export function frameNormSpecs(name: string, channels: number): ParamSpecs {
  return {
    [`${name}.scale`]: { shape: [channels], start: 'ones' },
    [`${name}.offset`]: { shape: [channels], start: 'zeros' },
  };
}

/**
 * @param x - [n,t,h,w,c]
 * @returns [n,t,h,w,c]
 */
export function frameNorm(x: Tensor5D, params: NamedTensors, name: string): Tensor5D {
  return normalised(x, params[`${name}.scale`] as Tensor1D, params[`${name}.offset`] as Tensor1D) as Tensor5D;
}

const normalised = customGrad((...args) => {
  const [x, scale, offset, save] = args as unknown as [Tensor5D, Tensor1D, Tensor1D, GradSaveFunc];
  const center = overFrame(x);
  const inverse = rsqrt(add(sub(overFrame(square(x)), square(center)), EPSILON));
  const slope = mul(inverse, scale);
  const value = add(mul(x, slope), sub(offset, mul(center, slope)));
  save([x, scale, center, inverse]);
  return { value, gradFunc: (dy, saved) => gradients(dy as Tensor5D, saved as [Tensor5D, Tensor1D, Tensor, Tensor]) };
});

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
