/**
 * How much memory a training step takes, told before it starts. An estimate from shapes: the outputs of all layers are
 * kept for the backward pass, TensorFlow.js keeps the gradients of them all until the pass is over, and the optimiser
 * keeps its moments.
 */
import { hasFusedKernel } from '../../models/ops/fused-kernel.ts';
import { countParameters, type LayerTrace, type Network } from '../../models/network.ts';
import { sizeOf } from '../../models/shape.ts';
import { AppError } from '../contract/errors.ts';
import type { EngineInfo } from '../contract/records.ts';

const F32_BYTES = 4;
/**
 * Tensors of a layer's size that live until the backward pass is over. Plain ops write convolution, bias and ReLU each,
 * and going back the pool's gradient, the ReLU's step and product, and two more for the layer below; a fused block
 * writes its result and three gradients. Measured with the stock backend and with `wasm`.
 */
const COPIES = { plain: { forward: 3, backward: 5 }, fused: { forward: 1, backward: 3 } };

export type TrainingSetting = {
  model: string;
  network: Network;
  batch: number;
  clipFrames: number;
  cropSize: number;
  optimizer: 'sgd' | 'adamw';
};

/** Bytes by purpose. `largestTensor` is one of them, not an addition. */
export type MemoryPlan = {
  parameters: number;
  optimiser: number;
  activations: number;
  gradients: number;
  total: number;
  largestTensor: number;
};

/**
 * Estimates the peak of a training step.
 * @param fused - whether blocks run as one kernel; that of the current backend unless given
 */
export function planTrainingStep(
  setting: Omit<TrainingSetting, 'model'>,
  fused = hasFusedKernel('FusedConvBlock3D'),
): MemoryPlan {
  const { network, batch, clipFrames, cropSize, optimizer } = setting;
  const copies = COPIES[fused ? 'fused' : 'plain'];
  const parameters = countParameters(network) * F32_BYTES;
  const clips = batch * clipFrames * cropSize * cropSize * 3 * F32_BYTES;
  const layers = network.trace(batch, clipFrames);
  const outputs = layers.map(bytesOf);
  const computed = sum(layers.filter(({ multiplyAdds }) => multiplyAdds > 0).map(bytesOf));
  const activations = clips + computed * copies.forward + sum(outputs) - computed;
  const optimiser = parameters * (optimizer === 'adamw' ? 2 : 1);
  const gradients = parameters + computed * copies.backward;
  return {
    parameters,
    optimiser,
    activations,
    gradients,
    total: parameters + optimiser + activations + gradients,
    largestTensor: Math.max(clips, ...outputs, ...Object.values(network.specs.params).map(specBytes)),
  };
}

/**
 * Refuses a training run that does not fit, with the figures. Limits that the engine does not tell are not checked.
 * @throws AppError `out-of-memory` naming the need, the limit and the largest batch that fits
 */
export function requireMemory(setting: TrainingSetting, engine: EngineInfo): void {
  const plan = planTrainingStep(setting);
  const tooLarge = exceeded(plan, engine);
  if (tooLarge === null) return;
  const { model, batch, clipFrames, cropSize } = setting;
  const what = `${model} with batch ${batch}, ${clipFrames} frames of ${cropSize} x ${cropSize} pixels`;
  throw new AppError(
    'out-of-memory',
    `${what}: ${tooLarge.need}, the engine ${engine.name} (${engine.device}) has ${gigabytes(tooLarge.limit)}`,
    { hint: whatToLower(setting, engine) },
  );
}

function exceeded(plan: MemoryPlan, { features }: EngineInfo): { need: string; limit: number } | null {
  const { memoryLimitBytes = Infinity, maxTensorBytes = Infinity } = features;
  if (plan.total > Number(memoryLimitBytes)) {
    const parts = `parameters ${gigabytes(plan.parameters)}, optimiser ${gigabytes(plan.optimiser)}, activations ${gigabytes(plan.activations)}, gradients ${gigabytes(plan.gradients)}`;
    return { need: `a training step needs about ${gigabytes(plan.total)} (${parts})`, limit: Number(memoryLimitBytes) };
  }
  if (plan.largestTensor > Number(maxTensorBytes))
    return { need: `its largest tensor has ${gigabytes(plan.largestTensor)}`, limit: Number(maxTensorBytes) };
  return null;
}

function whatToLower(setting: TrainingSetting, engine: EngineInfo): string {
  for (let batch = setting.batch - 1; batch > 0; batch--)
    if (exceeded(planTrainingStep({ ...setting, batch }), engine) === null)
      return `Lower batch to ${batch} and raise accumulate to keep the same step, or lower cropSize or clipFrames.`;
  return 'No batch fits: lower cropSize or clipFrames, take a smaller model, or another engine.';
}

function bytesOf({ output }: LayerTrace): number {
  return sizeOf(output) * F32_BYTES;
}

function specBytes({ shape }: { shape: readonly number[] }): number {
  return sizeOf(shape) * F32_BYTES;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function gigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
