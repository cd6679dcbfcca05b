/**
 * Learning to augment as a bilevel problem of the training loop (algorithms.md 3.3): the inner one trains the network on
 * clips that an augmenter changes, as any pooling method draws them; the outer one moves the augmenter so that the next
 * step lowers the loss on validation clips, which are left as they are.
 */
import { dispose, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { augmenter, type Augmenter, type AugmenterName } from '../../../models/augmenter.ts';
import { sgdUpdate } from '../../../models/ops/optimiser-update.ts';
import type { NamedTensors } from '../../../models/types.ts';
import { AppError } from '../../contract/errors.ts';
import { Rng } from '../../data/rng.ts';
import { tensorsOf, type NamedValues } from '../../data/stored-variables.ts';
import type { InnerStep, LearnedAugmentation, TemporalWeights, ValBatch } from '../bilevel-problem.ts';
import { disposeNamed } from '../named-tensors.ts';
import { augmentedPooling } from './augmented-pooling.ts';
import { addChanges, changeRecordSchema, emptyRecord, type ChangeRecord } from './change-record.ts';
import { drawClipChanges } from './clip-changes.ts';
import { hyperGradient, lengthOf, lookAhead } from './hyper-gradient.ts';
import {
  adversarialGradient,
  augmentedClips,
  changesOf,
  clipsGradient,
  pulledBack,
  shownClips,
  trainingGradient,
  validationSlope,
} from './outer-gradients.ts';

/**
 * What moves the augmenter: the loss on validation data behind the step; the training loss, lowered (as the networks of
 * spatial transformers do) or raised; or nothing, for a recipe.
 */
export type AugmenterGoal = 'validation' | 'training' | 'adversarial' | 'fixed';

export type LearnedSetting = {
  network: AugmenterName;
  goal: AugmenterGoal;
  /** Mirror half of the clips; no part of what is learned. */
  flip: boolean;
  /** Of the first weights. */
  seed: number;
  /** Step of the augmenter, constant [DABO: 0.2, momentum 0.9, weight decay 0.01]. */
  learningRate: number;
  momentum: number;
  weightDecay: number;
  /** Weights to start from; absent: fresh ones, which are the identity. */
  weights?: NamedValues;
};

/** `ahead`: momentum of the look-ahead step, which each epoch starts anew. */
export type LearnedOuter = {
  pooling: unknown;
  theta: NamedTensors;
  velocity: NamedTensors;
  ahead: NamedTensors;
  changes: ChangeRecord;
};

const storedSchema = z.strictObject({ pooling: z.unknown(), changes: changeRecordSchema });
export const parseStoredOuter = (stored: unknown) => storedSchema.parse(stored);

/**
 * Longest gradient that the augmenter follows. Why, where the paper has none: on a network that hardly knows anything
 * yet, a few gradients of any length take the changes to their limits, where they have no slope and stay.
 */
const LONGEST_GRADIENT = 0.01;
/**
 * The layer whose zeros are the identity; only it decays. Why not all, as in the paper's code: with a bound on the gradient
 * and none on the decay, the layers before it lost their weights within a few hundred steps, and with them all variety.
 */
const LAST_LAYER = 'dense3.';
const GROUPS = ['theta', 'velocity', 'ahead'] as const;

/**
 * A pooling method whose clips an augmenter changes.
 * @throws AppError `bad-config` for methods that train on whole videos
 */
export function learnedAugmentation(pooling: TemporalWeights, setting: LearnedSetting): TemporalWeights<LearnedOuter> {
  const net = augmenter(setting.network);
  return augmentedPooling<LearnedOuter>(pooling, {
    initial: (inner) => ({ ...emptyOuter(net, inner), ...freshWeights(net, setting) }),
    serialize: ({ changes }) => ({ changes }),
    restore: (stored) => {
      const { pooling: inner, changes } = storedSchema.parse(stored);
      return { ...emptyOuter(net, inner), changes };
    },
    augmentation: augmentationOf(net, setting),
  });
}

function emptyOuter(net: Augmenter, pooling: unknown): LearnedOuter {
  return { pooling, theta: {}, velocity: {}, ahead: {}, changes: emptyRecord(net.parameters.length) };
}

function freshWeights(net: Augmenter, { weights, seed }: LearnedSetting): Pick<LearnedOuter, 'theta' | 'velocity'> {
  const rng = new Rng(seed).fork('augmenter');
  const theta = weights === undefined ? net.init(() => rng.next()) : tensorsOf(weights);
  const velocity = Object.fromEntries(Object.entries(theta).map(([name, value]) => [name, zerosLike(value)]));
  return { theta, velocity };
}

function augmentationOf(net: Augmenter, setting: LearnedSetting): LearnedAugmentation<LearnedOuter> {
  return {
    draw: (clips, rng) => drawClipChanges({ clips, noise: net.noise, flip: setting.flip }, rng),
    clips: ({ theta }, drawn) => augmentedClips(net, theta, drawn),
    improve: (outer, step, nextValBatch) => improve({ net, setting, outer }, step, nextValBatch),
    tensors: (outer) => Object.assign({}, ...GROUPS.map((group) => named(group, outer[group]))) as NamedTensors,
    adopt: (outer, values) => {
      for (const group of GROUPS) outer[group] = tensorsOf(ungrouped(group, values));
    },
    dispose: (outer) => GROUPS.forEach((group) => disposeNamed(outer[group])),
  };
}

type Learner = { net: Augmenter; setting: LearnedSetting; outer: LearnedOuter };

/** Between the gradient of the step and the step itself. */
async function improve(learner: Learner, step: InnerStep, nextValBatch: () => Promise<ValBatch>): Promise<void> {
  const { net, setting, outer } = learner;
  const epoch = step.parts[0]!.choice.epoch;
  if (outer.changes.epoch !== epoch) {
    disposeNamed(outer.ahead);
    outer.ahead = {};
  }
  for (const drawn of step.parts) {
    const changes = changesOf(net, outer.theta, drawn);
    const read = await changes.array().finally(() => changes.dispose());
    outer.changes = addChanges(outer.changes, epoch, read);
  }
  if (setting.goal === 'fixed') return;
  const grads = await outerGradient(learner, step, nextValBatch);
  try {
    const length = await lengthOf(grads);
    if (!Number.isFinite(length))
      throw new AppError('diverged', `The augmenter diverged in epoch ${epoch}: gradient norm ${length}.`, {
        hint: 'Start again with a smaller learning rate of the augmenter.',
      });
    stepWeights(outer, grads, { ...setting, gradScale: LONGEST_GRADIENT / Math.max(length, LONGEST_GRADIENT) });
  } finally {
    disposeNamed(grads);
  }
}

/**
 * Why through the clips: both ends of the difference show the same ones, so that one way back through the augmenter is
 * enough, and the difference is taken before it is rounded there.
 */
async function outerGradient(
  { net, setting, outer }: Learner,
  step: InnerStep,
  nextValBatch: () => Promise<ValBatch>,
): Promise<NamedTensors> {
  const weights = step.instance.variables.params;
  if (setting.goal === 'training') return trainingGradient(net, outer.theta, step, weights);
  if (setting.goal === 'adversarial') return adversarialGradient(net, outer.theta, step);
  const next = lookAhead(weights, step.grads, outer.ahead, step);
  disposeNamed(outer.ahead);
  outer.ahead = next.velocity;
  const slope = await nextValBatch()
    .then((val) => validationSlope(val, next.weights, step.parts[0]!.dropoutSeed))
    .finally(() => disposeNamed(next.weights));
  let shown: NamedTensors = {};
  let ofClips: NamedTensors = {};
  try {
    shown = shownClips(net, outer.theta, step);
    const gradientAt = (moved: NamedTensors) => clipsGradient(step, shown, moved);
    ofClips = await hyperGradient(gradientAt, { weights, slope, learningRate: step.learningRate });
    return pulledBack(net, outer.theta, step, ofClips);
  } finally {
    [slope, shown, ofClips].forEach(disposeNamed);
  }
}

function stepWeights(
  outer: LearnedOuter,
  grads: NamedTensors,
  { learningRate: lr, momentum, weightDecay, gradScale }: LearnedSetting & { gradScale: number },
): void {
  for (const [name, grad] of Object.entries(grads)) {
    const [param, velocity] = [outer.theta[name]!, outer.velocity[name]!];
    const pull = name.startsWith(LAST_LAYER) ? weightDecay : 0;
    const hyper = { lr, momentum, weightDecay: pull, nesterov: false, gradScale };
    const moved = tidy(() => sgdUpdate({ param, velocity }, grad, hyper));
    dispose([param, velocity]);
    outer.theta[name] = moved.param;
    outer.velocity[name] = moved.velocity;
  }
}

function named(group: string, tensors: NamedTensors): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, value]) => [`${group}.${name}`, value]));
}

function ungrouped(group: string, values: NamedValues): NamedValues {
  const own = Object.entries(values).filter(([name]) => name.startsWith(`${group}.`));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(group.length + 1), value]));
}
