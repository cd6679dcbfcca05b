/**
 * How much memory a training step takes, told before it starts, and how large a pass may be. An estimate from shapes: the
 * outputs of all layers are kept for the backward pass, TensorFlow.js keeps the gradients of them all until the pass is
 * over, the optimiser keeps its moments, and convolutions need room to work in. Precision changes nothing: tensors are
 * f32 in memory in `mixed` too, and the two copies in f16 that a convolution of `webgpu` works on are counted always.
 */
import { countParameters, type LayerTrace, type Network } from '../../models/network.ts';
import { sizeOf } from '../../models/shape.ts';
import { AppError } from '../contract/errors.ts';
import type { EngineInfo } from '../contract/records.ts';

const F32_BYTES = 4;
/**
 * Tensors of a layer's size that live until the backward pass is over. Plain ops write convolution, bias and ReLU each,
 * and going back the pool's gradient, the ReLU's step and product, and two more for the layer below; a fused block
 * writes its result and three gradients. Measured with the stock backend and with `wasm`, taken over for `webgpu`.
 */
const COPIES = { plain: { forward: 3, backward: 5 }, fused: { forward: 1, backward: 3 } };

type EngineName = EngineInfo['name'];

const FUSED: readonly EngineName[] = ['wasm', 'webgpu'];

const F16_BYTES = 2;

/**
 * What a convolution works in: copies of its filter (transformed by Winograd for `wasm`, as they are for the others), and
 * partial sums of its gradient. `wasm` also copies the input, with a border; `webgpu` input and output in f16.
 */
type Workspace = { copies: 'padded input' | 'halves' | null; filterCopies: number; partialBytes: number };

const WORKSPACE: Record<EngineName, Workspace> = {
  wasm: { copies: 'padded input', filterCopies: (2 * 64) / 27, partialBytes: 32e6 },
  webgpu: { copies: 'halves', filterCopies: 2, partialBytes: 256e6 },
  cuda: { copies: null, filterCopies: 2, partialBytes: 256e6 },
  cpu: { copies: null, filterCopies: 0, partialBytes: 0 },
};

export type TrainingSetting = {
  model: string;
  network: Network;
  /** Videos of a pass. */
  batch: number;
  /** Clips of each; 1 unless given. */
  clipsPerVideo?: number;
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
  workspace: number;
  total: number;
  largestTensor: number;
};

/** Estimates the peak of a training step on an engine. */
export function planTrainingStep(setting: Omit<TrainingSetting, 'model'>, engine: EngineName): MemoryPlan {
  const { network, batch, clipsPerVideo = 1, clipFrames, cropSize, optimizer } = setting;
  const copies = COPIES[FUSED.includes(engine) ? 'fused' : 'plain'];
  const parameters = countParameters(network) * F32_BYTES;
  const n = batch * clipsPerVideo;
  const clips = n * clipFrames * cropSize * cropSize * 3 * F32_BYTES;
  const layers = network.trace(n, clipFrames);
  const outputs = layers.map(bytesOf);
  const computed = sum(layers.filter(({ multiplyAdds }) => multiplyAdds > 0).map(bytesOf));
  const activations = clips + computed * copies.forward + sum(outputs) - computed;
  const optimiser = parameters * (optimizer === 'adamw' ? 2 : 1);
  const gradients = parameters + computed * copies.backward;
  const workspace = Math.max(0, ...layers.map((layer) => workspaceOf(layer, engine)));
  return {
    parameters,
    optimiser,
    activations,
    gradients,
    workspace,
    total: parameters + optimiser + activations + gradients + workspace,
    largestTensor: Math.max(clips, ...outputs, ...Object.values(network.specs.params).map(specBytes)),
  };
}

/** Convolutions work one after another, so the largest need counts. */
function workspaceOf({ output, conv }: LayerTrace, engine: EngineName): number {
  if (conv === undefined) return 0;
  const { copies, filterCopies, partialBytes } = WORKSPACE[engine];
  const [n, t, h, w, c] = conv.input as [number, number, number, number, number];
  const [kt, kh, kw] = conv.taps;
  const padded = copies === 'padded input' ? n * (t + kt - 1) * (h + kh - 1) * (w + kw - 1) * c : 0;
  const halves = copies === 'halves' ? sizeOf(conv.input) + sizeOf(output) : 0;
  const filter = kt * kh * kw * c * output.at(-1)!;
  return (padded + filterCopies * filter) * F32_BYTES + halves * F16_BYTES + partialBytes;
}

/** `accumulate`: passes that make up what `batch` videos were to be. */
export type Passes = { batch: number; accumulate: number };

/**
 * The largest pass that fits, the batch halved as often as needed.
 * @throws AppError `out-of-memory` with the figures where one video does not fit
 */
export function fittingPasses(setting: TrainingSetting, engine: EngineInfo): Passes {
  for (let batch = setting.batch; batch > 1; batch = Math.ceil(batch / 2))
    if (exceeded(planTrainingStep({ ...setting, batch }, engine.name), engine) === null)
      return { batch, accumulate: Math.ceil(setting.batch / batch) };
  requireMemory({ ...setting, batch: 1 }, engine);
  return { batch: 1, accumulate: setting.batch };
}

/**
 * Refuses a training run that does not fit, with the figures. Limits that the engine does not tell are not checked.
 * @throws AppError `out-of-memory` naming the need, the limit and the largest batch that fits
 */
export function requireMemory(setting: TrainingSetting, engine: EngineInfo): void {
  const plan = planTrainingStep(setting, engine.name);
  const tooLarge = exceeded(plan, engine);
  if (tooLarge === null) return;
  const { model, batch, clipsPerVideo = 1, clipFrames, cropSize } = setting;
  const clips = clipsPerVideo === 1 ? '' : `${clipsPerVideo} clips of each video, `;
  const what = `${model} with batch ${batch}, ${clips}${clipFrames} frames of ${cropSize} x ${cropSize} pixels`;
  throw new AppError(
    'out-of-memory',
    `${what}: ${tooLarge.need}, the engine ${engine.name} (${engine.device}) has ${gigabytes(tooLarge.limit)}`,
    { hint: whatToLower(setting, engine) },
  );
}

function exceeded(plan: MemoryPlan, { features }: EngineInfo): { need: string; limit: number } | null {
  const { memoryLimitBytes = Infinity, maxTensorBytes = Infinity } = features;
  if (plan.total > Number(memoryLimitBytes)) {
    const parts = `parameters ${gigabytes(plan.parameters)}, optimiser ${gigabytes(plan.optimiser)}, activations ${gigabytes(plan.activations)}, gradients ${gigabytes(plan.gradients)}, workspace ${gigabytes(plan.workspace)}`;
    return { need: `a training step needs about ${gigabytes(plan.total)} (${parts})`, limit: Number(memoryLimitBytes) };
  }
  if (plan.largestTensor > Number(maxTensorBytes))
    return { need: `its largest tensor has ${gigabytes(plan.largestTensor)}`, limit: Number(maxTensorBytes) };
  return null;
}

function whatToLower(setting: TrainingSetting, engine: EngineInfo): string {
  const fits = (smaller: Partial<TrainingSetting>) =>
    exceeded(planTrainingStep({ ...setting, ...smaller }, engine.name), engine) === null;
  for (let batch = setting.batch - 1; batch > 0; batch--)
    if (fits({ batch }))
      return `Lower batch to ${batch} and raise accumulate to keep the same step, or lower cropSize or clipFrames.`;
  for (let clips = (setting.clipsPerVideo ?? 1) >> 1; clips > 0; clips >>= 1)
    if (fits({ batch: 1, clipsPerVideo: clips })) return `No batch fits: lower clipsPerVideo to ${clips}.`;
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
