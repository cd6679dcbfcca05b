import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { AdamWHyper, SgdHyper } from '../../../../models/ops/optimiser-update.ts';
import { ELEMENTWISE_FLOATS } from '../kernels/elementwise.ts';
import { ADAMW_HYPER, adamW, SGD_HYPER, sgd } from '../kernels/optimiser.ts';
import { sumOfSquares } from '../kernels/reduce.ts';
import type { Runtime } from '../runtime.ts';
import { input, type KernelCall, type KernelImplementation } from './kernel-call.ts';

/** Floats of a chunk; the sum of squares adds up stretches of as many, whatever the number of threads. */
const CHUNK_FLOATS = 16384;

function sgdUpdate(call: KernelCall): TensorInfo[] {
  const hyper = call.attrs as SgdHyper;
  const values = SGD_HYPER.map((name) => hyper[name]);
  const { nesterov } = hyper;
  return update(call, ['param', 'velocity', 'grad'], values, (runtime, work) => runtime.run(sgd, { nesterov }, work));
}

function adamWUpdate(call: KernelCall): TensorInfo[] {
  const { beta1, beta2, weightDecay, lr, step, ...rest } = call.attrs as AdamWHyper;
  const hyper = {
    ...{ ...rest, beta1, beta2, lr },
    ...{ oneMinusBeta1: 1 - beta1, oneMinusBeta2: 1 - beta2, decay: 1 - lr * weightDecay },
    ...{ correction1: 1 - beta1 ** step, correction2: 1 - beta2 ** step },
  };
  const values = ADAMW_HYPER.map((name) => hyper[name]);
  return update(call, ['param', 'first', 'second', 'grad'], values, (runtime, work) => runtime.run(adamW, {}, work));
}

type Work = Parameters<Runtime['run']>[2];

/** Reads the named inputs (the gradient last), makes new ones of the others. */
function update(
  { inputs, attrs, backend }: KernelCall,
  names: readonly string[],
  hyper: readonly number[],
  run: (runtime: Runtime, work: Work) => void,
): TensorInfo[] {
  const { runtime } = backend;
  const tensors = names.map((name) => input({ inputs, attrs, backend }, name));
  const addresses = tensors.map((tensor) => backend.addressOf(tensor));
  const results = tensors.slice(0, -1).map((tensor) => backend.output(tensor.shape));
  const rows = Math.ceil(util.sizeFromShape(tensors[0]!.shape) / ELEMENTWISE_FLOATS);
  runtime.withScratch(hyper.length * 4, (at) => {
    runtime.heap.floats.set(hyper, at / 4);
    const args = [...addresses, ...results.map(({ address }) => address), at];
    run(runtime, { rows, chunkRows: CHUNK_FLOATS / ELEMENTWISE_FLOATS, args });
  });
  return results.map(({ info }) => info);
}

function squaresSum(call: KernelCall): TensorInfo {
  const { runtime } = call.backend;
  const x = input(call, 'x');
  const address = call.backend.addressOf(x);
  const size = util.sizeFromShape(x.shape);
  const stretches = Math.ceil(size / CHUNK_FLOATS);
  const result = call.backend.output([]);
  runtime.withScratch(stretches * 16, (partials) => {
    const params = { size, chunkFloats: CHUNK_FLOATS };
    runtime.run(sumOfSquares, params, { rows: stretches, chunkRows: 1, args: [address, partials] });
    const { floats } = runtime.heap;
    const lanes = floats.subarray(partials / 4, partials / 4 + stretches * 4);
    floats[result.address / 4] = lanes.reduce((sum, lane) => sum + lane, 0);
  });
  return result.info;
}

export const optimiserKernels: Record<string, KernelImplementation> = {
  SgdUpdate: sgdUpdate,
  AdamWUpdate: adamWUpdate,
  SumOfSquares: squaresSum,
};
