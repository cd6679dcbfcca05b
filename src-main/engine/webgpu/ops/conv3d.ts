import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvBlockOptions } from '../../../../models/ops/conv3d.ts';
import { input, type KernelCall } from '../../kernel-call.ts';
import type { ConvGeometry } from '../../wasm/kernels/conv-geometry.ts';
import { convGeometry, type ConvAttrs } from '../../wasm/ops/conv-info.ts';
import type { CheckedWebGpuBackend } from '../checked-backend.ts';
import { convolve, filterGradient, inputGradient, maskByRelu } from '../conv/convolve.ts';
import type { WebGpuKernel } from '../webgpu-kernel.ts';
import { sayOnce } from '../say-once.ts';
import { pool3dKernels } from './pool3d.ts';

type Call = KernelCall<CheckedWebGpuBackend>;
type Shape5 = [number, number, number, number, number];

function conv3d(call: Call): TensorInfo | undefined {
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  const g = geometryOf(x.shape, filter.shape, call);
  return g && convolve(call.backend, g, { x, filter, bias: undefined, relu: false });
}

function conv3dInputGradient(call: Call): TensorInfo | undefined {
  const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
  const { inputShape } = call.attrs as { inputShape: Shape5 };
  const g = geometryOf(inputShape, filter.shape, call);
  return g && inputGradient(call.backend, g, { dy, filter });
}

function conv3dFilterGradient(call: Call): TensorInfo | undefined {
  const [x, dy] = [input(call, 'x'), input(call, 'dy')];
  const { filterShape } = call.attrs as { filterShape: Shape5 };
  const g = geometryOf(x.shape, filterShape, call);
  return g && filterGradient(call.backend, g, { x, dy });
}

/** Outputs: the result and, with a pool, the activation before it, as a tensor of shape [0] (see models/ops/conv3d.ts). */
function convBlock(call: Call): TensorInfo[] {
  const { pool, relu, ...attrs } = call.attrs as ConvBlockOptions;
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  const g = convGeometry(x.shape, filter.shape, attrs) as ConvGeometry;
  const activation = convolve(call.backend, g, { x, filter, bias: call.inputs['bias'], relu });
  if (pool === null) return [activation];
  const pooled = pool3d('MaxPool3D', call.backend, { x: activation }, pool);
  return [pooled, { ...activation, shape: [0] }];
}

/** Gradient of the bare convolution's result from that of the block's. */
function convBlockGradient(call: Call): TensorInfo {
  const { backend, inputs } = call;
  const { pool, relu, outShape } = call.attrs as Pick<ConvBlockOptions, 'pool' | 'relu'> & { outShape: number[] };
  const [dy, y] = [input(call, 'dy'), input(call, 'y')];
  const kept = inputs['kept'];
  if (kept === undefined || pool === null) return maskByRelu(backend, dy, y);
  const activation = { ...kept, shape: outShape };
  const masked = relu ? maskByRelu(backend, dy, y) : dy;
  const dz = pool3d('MaxPool3DGrad', backend, { dy: masked, input: activation, output: y }, pool);
  if (relu) backend.disposeData(masked.dataId);
  return dz;
}

/** The pool of a block: windows side by side, none of them outside. */
function pool3d(
  name: 'MaxPool3D' | 'MaxPool3DGrad',
  backend: CheckedWebGpuBackend,
  inputs: Call['inputs'],
  pool: NonNullable<ConvBlockOptions['pool']>,
): TensorInfo {
  const kernel = pool3dKernels[name] as WebGpuKernel;
  return kernel({ backend, inputs, attrs: { filterSize: pool, strides: pool, pad: 'valid' } }) as TensorInfo;
}

function geometryOf(x: readonly number[], filter: readonly number[], { attrs }: Call): ConvGeometry | undefined {
  const geometry = convGeometry(x, filter, attrs as ConvAttrs);
  if (geometry === null) sayOnce('webgpu: a 3D convolution with dilation runs on the slow kernels of TensorFlow.js');
  return geometry ?? undefined;
}

export const conv3dKernels: Record<string, WebGpuKernel> = {
  Conv3D: conv3d,
  Conv3DBackpropInputV2: conv3dInputGradient,
  Conv3DBackpropFilterV2: conv3dFilterGradient,
  FusedConvBlock3D: convBlock,
  FusedConvBlock3DGrad: convBlockGradient,
};
