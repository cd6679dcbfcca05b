import {
  add,
  backend_util,
  conv3d as plainConv3d,
  engine,
  registerGradient,
  relu,
  sum,
  tidy,
  type NamedAttrMap,
  type Tensor,
  type Tensor1D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { hasFusedKernel, runFusedKernel } from './fused-kernel.ts';
import { maxPool3d } from './pool3d.ts';

/** Three numbers for the axes t, h, w. */
export type Axes3 = [number, number, number];

export type Conv3dOptions = { strides: Axes3; pad: 'same' | 'valid'; relu: boolean };

/** `pool`: size and stride of a max pool without padding that follows; null for none. */
export type ConvBlockOptions = Conv3dOptions & { pool: Axes3 | null };

/**
 * 3D convolution with bias and ReLU, fused where the backend can.
 * @param x - [n,t,h,w,c]
 * @param filter - [kt,kh,kw,c,c'], 1 to 7 taps an axis
 * @param bias - [c'] or null
 * @returns [n,t',h',w',c']
 */
export function conv3d(x: Tensor5D, filter: Tensor5D, bias: Tensor1D | null, options: Conv3dOptions): Tensor5D {
  return convBlock(x, filter, bias, { ...options, pool: null });
}

/**
 * Convolution, bias, ReLU and max pool in one block: backends that fuse it keep what the gradient needs in the
 * smallest form and never write the unpooled gradient of the ReLU.
 * @param x - [n,t,h,w,c]
 * @param filter - [kt,kh,kw,c,c']
 * @param bias - [c'] or null
 * @returns [n,t',h',w',c'], pooled where asked
 */
export function convBlock(x: Tensor5D, filter: Tensor5D, bias: Tensor1D | null, options: ConvBlockOptions): Tensor5D {
  if (!hasFusedKernel('FusedConvBlock3D')) return convBlockOfPlainOps(x, filter, bias, options);
  const inputs = bias === null ? { x, filter } : { x, filter, bias };
  return tidy(() => runFusedKernel('FusedConvBlock3D', inputs, options)[0] as Tensor5D);
}

/** The reference of {@link convBlock}, in plain ops. */
export function convBlockOfPlainOps(
  x: Tensor5D,
  filter: Tensor5D,
  bias: Tensor1D | null,
  { strides, pad, relu: withRelu, pool }: ConvBlockOptions,
): Tensor5D {
  return tidy(() => {
    let y: Tensor5D = plainConv3d(x, filter, strides, pad);
    if (bias !== null) y = add(y, bias);
    if (withRelu) y = relu(y);
    return pool === null ? y : maxPool3d(y, pool, pool, 'valid');
  });
}

/**
 * Outputs of the kernel `FusedConvBlock3D`: the result and, with a pool, what the backend keeps of the activation before
 * it. That is a tensor of shape [0] to the tape, which fills the gradient of every unused output with zeros. Its
 * companion `FusedConvBlock3DGrad` turns the gradient of the result into that of the bare convolution, `dz`; the three
 * gradients of the convolution are the standard kernels on `dz`.
 */
registerGradient({
  kernelName: 'FusedConvBlock3D',
  inputsToSave: ['x', 'filter'],
  outputsToSave: [true, true],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter, ...outputs] = saved as [Tensor5D, Tensor5D, Tensor5D, Tensor | undefined];
    const options = attrs as unknown as ConvBlockOptions;
    const { strides, pad } = options;
    const { outShape } = backend_util.computeConv3DInfo(x.shape, filter.shape, strides, 1, pad);
    const dz = gradientBeforeEpilogue((Array.isArray(dy) ? dy[0] : dy) as Tensor5D, outputs, { ...options, outShape });
    return {
      x: () => runKernel('Conv3DBackpropInputV2', { dy: dz, filter }, { strides, pad, inputShape: x.shape }),
      filter: () => runKernel('Conv3DBackpropFilterV2', { x, dy: dz }, { strides, pad, filterShape: filter.shape }),
      bias: () => sum(dz, [0, 1, 2, 3]),
    };
  },
});

/** `outShape`: [n,t,h,w,c'] of the convolution. */
function gradientBeforeEpilogue(
  dy: Tensor5D,
  [y, kept]: [Tensor5D, Tensor | undefined],
  { relu: withRelu, pool, outShape }: ConvBlockOptions & { outShape: readonly number[] },
): Tensor5D {
  if (!withRelu && pool === null) return dy;
  const inputs = kept === undefined ? { dy, y } : { dy, y, kept };
  const [dz] = runFusedKernel('FusedConvBlock3DGrad', inputs, { relu: withRelu, pool, outShape });
  return dz as Tensor5D;
}

function runKernel(name: string, inputs: Record<string, Tensor>, attrs: object): Tensor {
  return engine().runKernel(name, inputs, attrs as NamedAttrMap);
}
