/**
 * Bayesian data augmentation (Tran et al. 2017) in its minimal form (algorithms.md 3.6): a class-conditional generator of
 * features, fitted to those of an epoch, gives the last layer as many synthetic samples in the next as there are real
 * ones. Expectation: samples from the generator; maximisation: the step of the network with both, and the next fit.
 */
import { concat, eye, keep, mean, tensor2d, tidy, valueAndGrads, zeros } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { dense } from '../../../models/layers.ts';
import type { NamedTensors } from '../../../models/types.ts';
import { AppError } from '../../contract/errors.ts';
import { clipTensor } from '../../data/batches.ts';
import type { ModelInstance } from '../../data/network-passes.ts';
import { Rng } from '../../data/rng.ts';
import type { DrawnClips, InnerStep, TemporalWeights } from '../bilevel-problem.ts';
import { crossEntropy } from '../losses.ts';
import { augmentedPooling } from './augmented-pooling.ts';
import {
  classSumsSchema,
  drawFrom,
  fitted,
  noSums,
  withSample,
  type ClassSums,
  type Gaussian,
} from './class-gaussians.ts';
import { drawClipChanges } from './clip-changes.ts';
import { changedBatch } from './policy-augmentation.ts';

const HEAD = 'logits';
const [KERNEL, BIAS] = [`${HEAD}.kernel`, `${HEAD}.bias`];

const storedSchema = z.strictObject({
  pooling: z.unknown(),
  /** The epoch that `now` counts; 0 before the first. */
  epoch: z.number().int(),
  /** By class: of the epoch before, and of the epoch in progress. */
  before: z.array(classSumsSchema),
  now: z.array(classSumsSchema),
});
export type GeneratorOuter = z.infer<typeof storedSchema>;

/**
 * A pooling method whose network learns from generated features too. `flip`: mirror half of the clips.
 * @throws AppError `bad-config` for methods that train on whole videos, and at the first step of a network whose last
 *   layer is not one dense layer `logits`
 */
export function featureGenerator(
  pooling: TemporalWeights,
  { flip }: { flip: boolean },
): TemporalWeights<GeneratorOuter> {
  return augmentedPooling<GeneratorOuter>(pooling, {
    initial: (inner) => ({ pooling: inner, epoch: 0, before: [], now: [] }),
    serialize: ({ epoch, before, now }) => ({ epoch, before, now }),
    restore: (stored) => storedSchema.parse(stored),
    augmentation: {
      draw: (clips, rng) => drawClipChanges({ clips, noise: 0, flip }, rng),
      clips: (_, drawn) => mirroredClips(drawn),
      improve: (outer, step) => improve(outer, step),
      tensors: () => ({}),
      adopt: () => undefined,
      dispose: () => undefined,
    },
  });
}

function mirroredClips({ batch, learned }: Pick<DrawnClips, 'batch' | 'learned'>) {
  return clipTensor(
    changedBatch(batch, learned!, (clip) => clip),
    null,
  );
}

/** Adds the gradient of synthetic samples to that of the step, and their real counterparts to what the next fit sees. */
async function improve(outer: GeneratorOuter, step: InnerStep): Promise<void> {
  const { instance, parts } = step;
  const width = headWidth(instance);
  const { classes } = instance.model.options;
  const { epoch } = parts[0]!.choice;
  if (outer.epoch !== epoch) Object.assign(outer, { epoch, before: outer.now, now: noClasses(classes, width) });
  for (const part of parts) {
    addSyntheticGradient(outer.before, part, step);
    const labels = labelsOf(part);
    const rows = await featuresOf(instance, part);
    rows.forEach((row, i) => (outer.now[labels[i]!] = withSample(outer.now[labels[i]!]!, row)));
  }
}

function noClasses(classes: number, width: number): ClassSums[] {
  return Array.from({ length: classes }, () => noSums(width));
}

/** Class of each clip. */
function labelsOf({ choice }: DrawnClips): number[] {
  return choice.draws.flatMap(({ video, cells }) => cells.map(() => video.label));
}

function headWidth({ variables: { params } }: ModelInstance): number {
  const [inputs] = params[KERNEL]?.shape ?? [];
  if (inputs !== undefined && params[BIAS] !== undefined) return inputs;
  throw new AppError('bad-config', `bayesian: the network has no dense layer '${HEAD}' at its end.`, {
    hint: 'Choose another network, or another method.',
  });
}

/**
 * What the last layer sees of each clip, [n][c], in the mean over its frames: the output of the same network with the
 * identity for a last layer.
 */
async function featuresOf({ card, model, variables }: ModelInstance, drawn: DrawnClips): Promise<number[][]> {
  const width = variables.params[KERNEL]!.shape[0]!;
  const bare = card.create({ ...model.options, classes: width });
  const features = tidy(() => {
    const head = { [KERNEL]: eye(width), [BIAS]: zeros([width]) };
    const own = { ...variables, params: { ...variables.params, ...head } };
    return mean<Tensor2D>(bare.apply(own, mirroredClips(drawn), { training: false }), 1);
  });
  try {
    return await features.array();
  } finally {
    features.dispose();
  }
}

/** For each video of the batch one feature vector of its class, with the factor of its loss. */
function addSyntheticGradient(before: readonly ClassSums[], part: DrawnClips, { grads, instance }: InnerStep): void {
  const rng = new Rng(part.learned!.seed).fork('features');
  const samples = part.choice.draws.flatMap(({ video: { label } }, i) => {
    const gaussian: Gaussian | null = before[label] === undefined ? null : fitted(before[label]);
    return gaussian === null ? [] : [{ features: drawFrom(gaussian, rng), label, scale: part.scales[i]! }];
  });
  if (samples.length === 0) return;
  const extra = tidy(() => headGradients(instance.variables.params, samples));
  for (const [name, gradient] of Object.entries(extra)) {
    const own = grads[name]!;
    grads[name] = tidy(() => own.add(gradient));
    own.dispose();
    gradient.dispose();
  }
}

type Sample = { features: number[]; label: number; scale: number };

/** Gradients of the scaled sum of losses with respect to the last layer; kept, for the caller to dispose of. */
function headGradients(params: NamedTensors, samples: readonly Sample[]): NamedTensors {
  const [kernel, bias] = [params[KERNEL]!, params[BIAS]!];
  const features = concat(samples.map((sample) => tensor2d([sample.features])));
  const scales = tensor2d([samples.map(({ scale }) => scale)]).reshape([samples.length]);
  const labels = samples.map(({ label }) => label);
  const loss = (k: Tensor, b: Tensor) =>
    crossEntropy(dense(features as Tensor2D, { [KERNEL]: k, [BIAS]: b }, HEAD), labels)
      .mul(scales)
      .sum() as Scalar;
  const { grads } = valueAndGrads(loss as (...args: Tensor[]) => Tensor)([kernel, bias]);
  return { [KERNEL]: keep(grads[0]!), [BIAS]: keep(grads[1]!) };
}
