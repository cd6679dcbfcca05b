import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ConvBlockOptions } from '../../../../models/ops/conv3d.ts';
import type { WasmBackend } from '../backend.ts';
import { ELEMENTWISE_FLOATS, reluGradient } from '../kernels/elementwise.ts';
import { convGeometry, type ConvAttrs } from './conv-info.ts';
import { convolve, filterGradient, inputGradient } from './convolve.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';
import { poolOf, type Pool } from '../../pool-geometry.ts';
import { poolMax, poolMaxGradient } from './pooling.ts';

type Shape5 = [number, number, number, number, number];

function conv3d(call: KernelCall): TensorInfo | undefined {
  const [x, filter] = [input(call, 'x'), input(call, 'filter')];
  return runConvolution(call.backend, { x, filter, bias: undefined, relu: false }, call.attrs as ConvAttrs);
}

type ConvolutionTensors = { x: TensorInfo; filter: TensorInfo; bias: TensorInfo | undefined; relu: boolean };

function runConvolution(backend: WasmBackend, tensors: ConvolutionTensors, attrs: ConvAttrs): TensorInfo | undefined {
  const { x, filter, bias, relu } = tensors;
  const geometry = convGeometry(x.shape, filter.shape, attrs);
  if (geometry === null) return undefined;
  const addresses = [x, filter].map((tensor) => backend.addressOf(tensor)) as [number, number];
  const biasAddress = bias === undefined ? 0 : backend.addressOf(bias);
  const y = backend.output([geometry.n, ...geometry.output, geometry.o]);
  convolve(backend.runtime, geometry, {
    ...{ x: addresses[0], filter: addresses[1], y: y.address },
    ...{ bias: biasAddress, relu },
  });
  return y.info;
}

function conv3dInputGradient(call: KernelCall): TensorInfo | undefined {
  const { backend } = call;
  const [dy, filter] = [input(call, 'dy'), input(call, 'filter')];
  const attrs = call.attrs as ConvAttrs & { inputShape: Shape5 };
  const geometry = convGeometry(attrs.inputShape, filter.shape, attrs);
  if (geometry === null) return undefined;
  const [dyAddress, filterAddress] = [backend.addressOf(dy), backend.addressOf(filter)];
  const dx = backend.output(attrs.inputShape);
  inputGradient(backend.runtime, geometry, { dy: dyAddress, filter: filterAddress, dx: dx.address });
  return dx.info;
}

function conv3dFilterGradient(call: KernelCall): TensorInfo | undefined {
  const { backend } = call;
  const [x, dy] = [input(call, 'x'), input(call, 'dy')];
  const attrs = call.attrs as ConvAttrs & { filterShape: Shape5 };
  const geometry = convGeometry(x.shape, attrs.filterShape, attrs);
  if (geometry === null) return undefined;
  const [xAddress, dyAddress] = [backend.addressOf(x), backend.addressOf(dy)];
  const gradient = backend.output(attrs.filterShape);
  filterGradient(backend.runtime, geometry, { x: xAddress, dy: dyAddress, filter: gradient.address });
  return gradient.info;
}

/** Outputs: the result and, with a pool, the activation before it, as a tensor of shape [0] (see models/ops/conv3d.ts). */
function convBlock(call: KernelCall): TensorInfo[] | undefined {
  const { backend, inputs } = call;
  const { pool, relu, ...attrs } = call.attrs as ConvBlockOptions;
  const tensors = { x: input(call, 'x'), filter: input(call, 'filter'), bias: inputs['bias'], relu };
  const activation = runConvolution(backend, tensors, attrs);
  if (activation === undefined || pool === null) return activation && [activation];
  const plan = blockPool(activation.shape, pool);
  const x = backend.addressOf(activation);
  const y = backend.output(plan.outShape);
  poolMax(backend.runtime, plan, { x, y: y.address });
  return [y.info, { ...activation, shape: [0] }];
}

/** The pool of a block: windows side by side, none of them outside. */
function blockPool(activation: readonly number[], pool: NonNullable<ConvBlockOptions['pool']>): Pool {
  return poolOf(activation, { filterSize: pool, strides: pool, pad: 'valid' })!;
}

/** Gradient of the bare convolution's result from that of the block's. */
function convBlockGradient(call: KernelCall): TensorInfo {
  const { backend, inputs } = call;
  const { pool, relu, outShape } = call.attrs as Pick<ConvBlockOptions, 'pool' | 'relu'> & { outShape: number[] };
  const [dy, y] = [backend.addressOf(input(call, 'dy')), backend.addressOf(input(call, 'y'))];
  const activation = inputs['kept'];
  if (activation === undefined || pool === null) return reluGradientOf(call, { dy, y });
  const x = backend.addressOf(activation);
  const dx = backend.output(outShape);
  poolMaxGradient(backend.runtime, blockPool(outShape, pool), { x, y, dy, dx: dx.address, relu });
  return dx.info;
}

function reluGradientOf(call: KernelCall, { dy, y }: { dy: number; y: number }): TensorInfo {
  const { backend } = call;
  const { shape } = input(call, 'y');
  const dz = backend.output(shape);
  const rows = Math.ceil(shape.reduce((size, extent) => size * extent, 1) / ELEMENTWISE_FLOATS);
  const args = [y, dy, dz.address];
  backend.runtime.run(reluGradient, {}, { rows, chunkRows: backend.runtime.evenChunks(rows, 2), args });
  return dz.info;
}

export const conv3dKernels: Record<string, KernelImplementation> = {
  Conv3D: conv3d,
  Conv3DBackpropInputV2: conv3dInputGradient,
  Conv3DBackpropFilterV2: conv3dFilterGradient,
  FusedConvBlock3D: convBlock,
  FusedConvBlock3DGrad: convBlockGradient,
};
