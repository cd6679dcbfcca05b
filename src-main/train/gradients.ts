/**
 * Gradients of the losses of videos with respect to the parameters of a network, for clips drawn from many videos or
 * for all clips of one.
 */
import {
  add,
  concat,
  dispose,
  keep,
  mean,
  mul,
  reshape,
  slice,
  sum,
  tensor1d,
  tidy,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor5D } from '@tensorflow/tfjs-core';
import type { ApplyMode, NamedTensors, Variables } from '../../models/types.ts';
import type { ClipAugmentation } from '../data/augment.ts';
import { clipTensor, type ClipBatch } from '../data/batches.ts';
import { clipLogits, passRows, videoClipLogits, type ModelInstance, type NetworkPass } from '../data/network-passes.ts';
import { readAhead } from '../data/read-ahead.ts';
import type { ClipChoice, DrawnClips, InnerLoss, Seen } from './bilevel-problem.ts';
import { freedOnFailure } from './failed-gradient.ts';
import { addGradients, disposeNamed } from './named-tensors.ts';

/** Gradients by parameter, which the caller owns, of the scaled sum of losses; and what the forward pass told. */
export type BatchGradient = { grads: NamedTensors; seen: Seen<ClipChoice> };

/** The inner loss of a choice, given its clip logits [n,p,k]. */
export type LossOf = (forward: () => Tensor3D) => InnerLoss;

/**
 * One pass over the drawn clips of several videos.
 * @param render - the clips as the network sees them; absent: with the augmentations that were drawn
 */
export async function drawnClipsGradient(
  instance: ModelInstance,
  drawn: DrawnClips,
  lossOf: LossOf,
  render: () => Tensor5D = () => clipTensor(drawn.batch, drawn.augmentations),
): Promise<BatchGradient> {
  const record = new ForwardRecord();
  const mode = trainingMode(drawn.dropoutSeed);
  const objective = () => {
    const logits = drawnClipLogits(instance, render(), drawn.choice, mode);
    const inner = penalised(
      lossOf(() => logits),
      mode.penalties,
    );
    return record.objective(inner, logits, drawn.scales);
  };
  let grads: NamedTensors = {};
  try {
    grads = parameterGradients(instance.variables.params, objective).grads;
    const seen = await record.read(drawn.choice);
    replaceBuffers(instance.variables, mode.bufferUpdates);
    return { grads, seen };
  } catch (error) {
    // Memory can run out here, and the run goes on with less of it.
    record.dispose();
    discard(mode);
    disposeNamed(grads);
    throw error;
  }
}

/**
 * What {@link drawnClipsGradient} differentiates, for clips that depend on what is differentiated; running statistics
 * stay as they are.
 * @param clips - [n·K,t,h,w,c], normalised
 */
export function drawnClipsObjective(
  instance: ModelInstance,
  drawn: Pick<DrawnClips, 'choice' | 'dropoutSeed' | 'scales'>,
  clips: Tensor5D,
  lossOf: LossOf,
): Scalar {
  const mode = trainingMode(drawn.dropoutSeed);
  try {
    const logits = drawnClipLogits(instance, clips, drawn.choice, mode);
    const { objective } = penalised(
      lossOf(() => logits),
      mode.penalties,
    );
    return sum(mul(objective, tensor1d([...drawn.scales])));
  } finally {
    discard(mode);
  }
}

/** All clips of one video; `read` fetches the pictures of a pass. The augmentation is the same for the whole video. */
export type WholeVideo = {
  choice: ClipChoice;
  passes: readonly NetworkPass[];
  read: (pass: NetworkPass) => Promise<ClipBatch>;
  augmentation: ClipAugmentation | null;
  dropoutSeed: number;
  scale: number;
};

/**
 * All clips of one video, exactly. A video of several passes goes through the network twice: first for its logits, from
 * which the gradient of the loss with respect to them follows, then pass by pass with that gradient, so that memory is
 * bounded by a pass. Dropout masks are the same both times.
 */
export async function wholeVideoGradient(
  instance: ModelInstance,
  video: WholeVideo,
  lossOf: LossOf,
): Promise<BatchGradient> {
  const record = new ForwardRecord();
  const { positions } = video.choice.draws[0]!.video;
  const objective: RowsObjective = (rows, mode) => {
    const logits = videoClipLogits(instance, positions, rows, mode);
    const inner = penalised(
      lossOf(() => logits),
      mode.penalties,
    );
    return record.objective(inner, logits, [video.scale]);
  };
  let grads: NamedTensors = {};
  try {
    const gradient = video.passes.length === 1 ? singlePassGradient : twoPassGradient;
    grads = await gradient(instance, video, objective);
    return { grads, seen: await record.read(video.choice) };
  } catch (error) {
    record.dispose();
    disposeNamed(grads);
    throw error;
  }
}

type TrainingMode = ReturnType<typeof trainingMode>;

/** The scaled loss of a video, from the rows of all its passes; with the penalties of a single pass. */
type RowsObjective = (rows: Tensor2D, mode: TrainingMode) => Scalar;

async function singlePassGradient(
  instance: ModelInstance,
  video: WholeVideo,
  objective: RowsObjective,
): Promise<NamedTensors> {
  const pass = video.passes[0]!;
  const batch = await video.read(pass);
  const mode = trainingMode(video.dropoutSeed);
  try {
    const { grads } = parameterGradients(instance.variables.params, () =>
      objective(passRows(instance, pass, passTensor(video, batch), mode), mode),
    );
    replaceBuffers(instance.variables, mode.bufferUpdates);
    return grads;
  } catch (error) {
    discard(mode);
    throw error;
  }
}

/** What reads all clips in order has its gradient from the first time, the rest of the network from the second. */
async function twoPassGradient(
  instance: ModelInstance,
  video: WholeVideo,
  objective: RowsObjective,
): Promise<NamedTensors> {
  const rows = await forwardRows(instance, video);
  const names = instance.model.sequence?.params ?? [];
  const mode = trainingMode(video.dropoutSeed);
  const inputs = { rows, ...only(instance.variables.params, names) };
  const { rows: upstream, ...head } = gradientsOfRows(inputs, () => objective(rows, mode));
  try {
    return { ...(await backwardRows(instance, video, upstream as Tensor2D)), ...head };
  } catch (error) {
    disposeNamed(head);
    throw error;
  } finally {
    upstream?.dispose();
  }
}

/** Gradients with respect to rows and to what reads them; disposes of the rows. */
function gradientsOfRows(inputs: NamedTensors & { rows: Tensor2D }, objective: () => Scalar): NamedTensors {
  try {
    return parameterGradients(inputs, objective).grads;
  } finally {
    inputs.rows.dispose();
  }
}

async function forwardRows(instance: ModelInstance, video: WholeVideo): Promise<Tensor2D> {
  const parts: Tensor2D[] = [];
  try {
    for await (const { pass, index, batch } of readPasses(video)) {
      const mode = trainingMode(video.dropoutSeed + index);
      try {
        parts.push(tidy(() => passRows(instance, pass, passTensor(video, batch), mode)));
      } finally {
        discard(mode);
      }
    }
    return concat(parts, 0);
  } finally {
    dispose(parts);
  }
}

async function backwardRows(instance: ModelInstance, video: WholeVideo, upstream: Tensor2D): Promise<NamedTensors> {
  let total: NamedTensors = {};
  let from = 0;
  try {
    for await (const read of readPasses(video)) {
      const rows = read.pass.keep.rows;
      const dy = slice(upstream, [from, 0], [rows, upstream.shape[1]]);
      try {
        total = addGradients(total, backwardPass(instance, video, read, dy));
      } finally {
        dy.dispose();
      }
      from += rows;
    }
    return total;
  } catch (error) {
    disposeNamed(total);
    throw error;
  }
}

type ReadPass = { pass: NetworkPass; index: number; batch: ClipBatch };

/** @param dy - gradient of the loss with respect to the rows of this pass */
function backwardPass(instance: ModelInstance, video: WholeVideo, { pass, index, batch }: ReadPass, dy: Tensor2D) {
  const mode = trainingMode(video.dropoutSeed + index);
  const allRows = video.passes.reduce((total, { keep: { rows } }) => total + rows, 0);
  const penaltyScale = (video.scale * pass.keep.rows) / allRows;
  const objective = () => {
    const rows = passRows(instance, pass, passTensor(video, batch), mode);
    const penalties = mode.penalties.map((penalty) => mul<Scalar>(mean(penalty), penaltyScale));
    dispose(mode.penalties);
    return penalties.reduce((total, penalty) => add(total, penalty), sum<Scalar>(mul(rows, dy)));
  };
  const { params } = instance.variables;
  const sequence = instance.model.sequence?.params ?? [];
  const names = Object.keys(params).filter((name) => !sequence.includes(name));
  try {
    const { grads } = parameterGradients(only(params, names), objective);
    replaceBuffers(instance.variables, mode.bufferUpdates);
    return grads;
  } catch (error) {
    discard(mode);
    throw error;
  }
}

function only(params: NamedTensors, names: readonly string[]): NamedTensors {
  return Object.fromEntries(names.map((name) => [name, params[name]!]));
}

function readPasses(video: WholeVideo): AsyncIterable<ReadPass> {
  return readAhead(video.passes.map((pass, index) => async () => ({ pass, index, batch: await video.read(pass) })));
}

function passTensor({ augmentation }: WholeVideo, batch: ClipBatch): Tensor5D {
  const clips = batch.shape[0];
  return clipTensor(batch, augmentation === null ? null : new Array<ClipAugmentation>(clips).fill(augmentation));
}

/**
 * Logits of drawn clips.
 * @param clips - [n·K,t,h,w,c]
 * @returns [n,K,k]
 */
function drawnClipLogits(instance: ModelInstance, clips: Tensor5D, { draws }: ClipChoice, mode: ApplyMode): Tensor3D {
  const logits = clipLogits(instance, clips, realFramesOf(draws), mode);
  const [rows, k] = logits.shape;
  return logits.reshape([draws.length, rows / draws.length, k]);
}

function realFramesOf(draws: ClipChoice['draws']): number[] {
  return draws.flatMap(({ video, cells }) => cells.map(() => video.positions.realFrames));
}

function trainingMode(seed: number) {
  return { training: true as const, seed, bufferUpdates: {} as NamedTensors, penalties: [] as Tensor1D[] };
}

/** Frees what a pass told beside its logits. */
function discard({ bufferUpdates, penalties }: TrainingMode): void {
  disposeNamed(bufferUpdates);
  dispose(penalties);
}

/**
 * Adds to the objective of each video what the network itself wants small.
 * @param penalties - each [n·K], of the K clips of n videos; disposed of
 */
function penalised({ objective, loss }: InnerLoss, penalties: readonly Tensor1D[]): InnerLoss {
  const ofVideos = (penalty: Tensor1D) => mean<Tensor1D>(reshape(penalty, [objective.shape[0], -1]), 1);
  const total = penalties.reduce((sofar, penalty) => add(sofar, ofVideos(penalty)), objective);
  dispose([...penalties]);
  return { objective: total, loss };
}

/** Gradients of a scalar that is computed from `params`. */
function parameterGradients(params: NamedTensors, f: () => Scalar) {
  const names = Object.keys(params);
  const values = names.map((name) => params[name]!);
  const { value, grads } = freedOnFailure(() => tidy(() => valueAndGrads(f)(values)));
  value.dispose();
  return { grads: Object.fromEntries(names.map((name, i) => [name, grads[i]!])) };
}

/** Running statistics take their new values. */
function replaceBuffers({ buffers }: Variables, updates: NamedTensors): void {
  for (const [name, update] of Object.entries(updates)) {
    buffers[name]?.dispose();
    buffers[name] = update;
  }
}

/** Carries losses and clip logits out of a function that is being differentiated. */
class ForwardRecord {
  #loss: Tensor | null = null;
  #clipLogits: Tensor3D | null = null;

  /** The scalar to differentiate: the sum of scales [n] times objectives [n]. */
  objective({ objective, loss }: InnerLoss, clipLogits: Tensor3D, scales: readonly number[]): Scalar {
    this.#loss = keep(loss.clone());
    this.#clipLogits = keep(clipLogits.clone());
    return sum(mul(objective, tensor1d([...scales])));
  }

  async read(choice: ClipChoice): Promise<Seen<ClipChoice>> {
    const [loss, clipLogits] = [this.#loss!, this.#clipLogits!];
    try {
      return { choice, losses: Array.from(await loss.data()), clipLogits: await clipLogits.array() };
    } finally {
      this.dispose();
    }
  }

  dispose(): void {
    dispose([this.#loss, this.#clipLogits].filter((tensor) => tensor !== null));
    this.#loss = this.#clipLogits = null;
  }
}
