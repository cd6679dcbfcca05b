/**
 * Learning as two nested problems (algorithms.md 5): the inner one improves the network for a choice, the outer one
 * improves how choices are made. The training loop knows only this interface; average pooling is the problem whose outer
 * state is empty.
 */
import type { Tensor1D, Tensor2D, Tensor3D, Tensor5D } from '@tensorflow/tfjs-core';
import type { AugmenterDraw } from '../../models/change-network.ts';
import type { NamedTensors } from '../../models/types.ts';
import type { ClipAugmentation } from '../data/augment.ts';
import type { ClipBatch } from '../data/batches.ts';
import type { ClipPositions } from '../data/clip-positions.ts';
import type { ModelInstance } from '../data/network-passes.ts';
import type { StepMetrics } from '../contract/records.ts';
import type { Supervision } from '../contract/supervision.ts';
import type { Rng } from '../data/rng.ts';
import type { NamedValues } from '../data/stored-variables.ts';
import type { EpochScore } from './schedules.ts';

/**
 * A training video as the outer problem sees it. `label` is a class index. Only problems that learn from few labels are
 * told what is known of it, and given videos without a label, which may be of any of the `candidates`.
 */
export type VideoRef = {
  id: string;
  label: number | null;
  positions: ClipPositions;
  supervision?: Supervision;
  candidates?: readonly number[];
  /** By class, indices of positions that somebody said do not show it. */
  rejected?: ReadonlyMap<number, ReadonlySet<number>>;
};

/** A video with the class that it is trained as. */
export type LabelledRef = VideoRef & { label: number };

/** The videos of one batch. Epochs count from 1. */
export type DrawRequest = { epoch: number; videos: readonly VideoRef[] };

/**
 * The clips chosen of one video: indices into its positions, and the factor on each one's logits before their mean is
 * taken. `share` is the factor of its loss where a video is drawn in parts, each with a loss of its own; 1 unless given.
 */
export type VideoDraw = {
  video: LabelledRef;
  cells: readonly number[];
  logitWeights: readonly number[];
  share?: number;
};

/** One of several networks that share weights: a configuration, by its index, of one set of weights. */
export type Path = { configuration: number; supernet: number };

/** `trained` takes the optimiser step, `scored` is measured on validation data; mostly the same. */
export type PathDraw = { trained: Path; scored: Path };

/** `paths`: of a search over networks. */
export type ClipChoice = { epoch: number; draws: readonly VideoDraw[]; paths?: PathDraw };

/** Clips that go through the network together. `scales` [n] are the factors of the videos' losses. */
export type DrawnClips = {
  choice: ClipChoice;
  batch: ClipBatch;
  augmentations: readonly ClipAugmentation[] | null;
  /** In place of augmentations where they are learned. */
  learned?: AugmenterDraw;
  dropoutSeed: number;
  scales: readonly number[];
};

/** `objective` [n] is what is differentiated, `loss` [n] what is reported: the cross-entropy of each video. */
export type InnerLoss = { objective: Tensor1D; loss: Tensor1D };

/** What the forward pass told about a choice. `clipLogits` is [n][p][k] in training mode, p the chosen clips. */
export type Seen<Choice> = { choice: Choice; losses: readonly number[]; clipLogits: number[][][] };

/**
 * Clips of validation videos, drawn at random, for outer losses, and the network as it is. `labels` [n] are class
 * indices, `realFrames` [n] the frames of each clip that are not black. `passClips`: clips that may go through the network
 * at once; null for all.
 */
export type ValBatch = {
  batch: ClipBatch;
  labels: readonly number[];
  realFrames: readonly number[];
  instance: ModelInstance;
  passClips: number | null;
};

export interface BilevelProblem<Outer, Choice> {
  initial(videos: readonly VideoRef[]): Outer;
  /** Name of what the outer problem does in an epoch. */
  phase(epoch: number): string;
  /** Makes the choice for a batch. Takes the same count of random numbers whatever the outer state. */
  draw(outer: Outer, request: DrawRequest, rng: Rng): Choice;
  /** Loss of each video. Differentiable in what `forward` returns: clip logits [n,p,k] of the choice. */
  innerLoss(forward: () => Tensor3D, outer: Outer, choice: Choice): InnerLoss;
  /** The outer state after a step, which may be the same object. Only problems whose outer loss needs validation data call `nextValBatch`. */
  updateOuter(outer: Outer, seen: Seen<Choice>, nextValBatch: () => Promise<ValBatch>): Outer | Promise<Outer>;
  /** Current scores of a video's positions, for the record; empty where the problem keeps none. */
  snapshot(outer: Outer, video: VideoRef): number[];
  /** The outer state as JSON. */
  serialize(outer: Outer): unknown;
  /** @throws ZodError when the JSON is not a state of this problem */
  restore(stored: unknown): Outer;
}

/** A temporal pooling method: how clips are chosen in training and pooled at inference. */
export interface TemporalWeights<Outer = unknown> extends BilevelProblem<Outer, ClipChoice> {
  /** `clips`: the drawn clips of all videos go through the network together; `whole-videos`: one video at a time. */
  readonly reads: 'clips' | 'whole-videos';
  /** Inference: clip logits [n,p,k] of whole videos to video logits [n,k]. */
  poolVideo(clipLogits: Tensor3D): Tensor2D;
  /** Present where the choice is a network too; every draw then waits for the step before. */
  readonly search?: NetworkSearch<Outer>;
  /** Present where the pictures of drawn clips are what the outer problem shapes. */
  readonly augmentation?: LearnedAugmentation<Outer>;
}

/**
 * A step that is about to be taken: the gradients of its loss at the weights as they are, which are what it will follow,
 * and what they came from.
 */
export type InnerStep = {
  instance: ModelInstance;
  parts: readonly DrawnClips[];
  lossOf: (forward: () => Tensor3D, choice: ClipChoice) => InnerLoss;
  grads: NamedTensors;
  learningRate: number;
  momentum: number;
};

/** What learning to augment adds: pictures that depend on the outer state, which holds tensors. */
export interface LearnedAugmentation<Outer> {
  /** Everything random about the clips of a batch. Takes the same count of random numbers whatever the outer state. */
  draw(clips: number, rng: Rng): AugmenterDraw;
  /** The clips of a batch as the network sees them, [n,t,h,w,c] f32; the caller owns them. */
  clips(outer: Outer, drawn: Pick<DrawnClips, 'batch' | 'learned' | 'choice'>): Tensor5D;
  /** The outer step. The weights of the network stay as they are; gradients of the step may be replaced by others. */
  improve(outer: Outer, step: InnerStep, nextValBatch: () => Promise<ValBatch>): Promise<void>;
  /** Tensors of the outer state for a checkpoint, which the state owns. */
  tensors(outer: Outer): NamedTensors;
  /** Puts stored {@link tensors} into a state that `restore` made. */
  adopt(outer: Outer, values: NamedValues): void;
  dispose(outer: Outer): void;
}

/** What a search over networks adds: which part of the variables a step trains, and what it says of itself. */
export interface NetworkSearch<Outer> {
  /** The network of a choice, over some of the variables of `whole` under the same names. */
  networkOf(outer: Outer, whole: ModelInstance, choice: ClipChoice): ModelInstance;
  /** The validation of an epoch, from the batches of its steps. */
  validation(outer: Outer): Omit<EpochScore, 'epoch'>;
  /** What a step chose and saw, for the record. */
  record(outer: Outer, choice: ClipChoice): NonNullable<StepMetrics['search']>;
}
