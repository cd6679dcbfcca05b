import type { TensorInfo } from '@tensorflow/tfjs-core';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';
import { poolOf, type PoolAttrs } from '../../pool-geometry.ts';
import { poolAverage, poolAverageGradient, poolMax, poolMaxGradient } from './pooling.ts';

function maxPool3d(call: KernelCall): TensorInfo | undefined {
  const { backend } = call;
  const input3d = input(call, 'x');
  const plan = poolOf(input3d.shape, call.attrs as PoolAttrs);
  if (plan === null) return undefined;
  const x = backend.addressOf(input3d);
  const y = backend.output(plan.outShape);
  poolMax(backend.runtime, plan, { x, y: y.address });
  return y.info;
}

function maxPool3dGradient(call: KernelCall): TensorInfo | undefined {
  const { backend } = call;
  const source = input(call, 'input');
  const plan = poolOf(source.shape, call.attrs as PoolAttrs);
  if (plan === null) return undefined;
  const [x, y, dy] = [source, input(call, 'output'), input(call, 'dy')].map((t) => backend.addressOf(t)) as Three;
  const dx = backend.output(source.shape);
  poolMaxGradient(backend.runtime, plan, { x, y, dy, dx: dx.address, relu: false });
  return dx.info;
}

function avgPool3d(call: KernelCall): TensorInfo | undefined {
  const { backend } = call;
  const input3d = input(call, 'x');
  const plan = poolOf(input3d.shape, call.attrs as PoolAttrs);
  if (plan === null) return undefined;
  const x = backend.addressOf(input3d);
  const y = backend.output(plan.outShape);
  poolAverage(backend.runtime, plan, { x, y: y.address });
  return y.info;
}

function avgPool3dGradient(call: KernelCall): TensorInfo | undefined {
  const { backend } = call;
  const source = input(call, 'input');
  const plan = poolOf(source.shape, call.attrs as PoolAttrs);
  if (plan === null) return undefined;
  const dy = backend.addressOf(input(call, 'dy'));
  const dx = backend.output(source.shape);
  poolAverageGradient(backend.runtime, plan, { dy, dx: dx.address });
  return dx.info;
}

type Three = [number, number, number];

export const pool3dKernels: Record<string, KernelImplementation> = {
  MaxPool3D: maxPool3d,
  MaxPool3DGrad: maxPool3dGradient,
  AvgPool3D: avgPool3d,
  AvgPool3DGrad: avgPool3dGradient,
};
