/** Gradients that move an augmenter: through validation data behind a step, or through the training loss itself. */
import { mean, mul, square, sub, sum, tensor5d, tidy, valueAndGrads } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core';
import type { Augmenter } from '../../../models/augmenter.ts';
import type { NamedTensors } from '../../../models/types.ts';
import { clipTensor, type ClipBatch } from '../../data/batches.ts';
import { clipLogits } from '../../data/network-passes.ts';
import type { DrawnClips, InnerStep, ValBatch } from '../bilevel-problem.ts';
import { freedOnFailure } from '../failed-gradient.ts';
import { drawnClipsObjective } from '../gradients.ts';
import { addGradients, disposeNamed, tensorsFor } from '../named-tensors.ts';
import { crossEntropy } from '../losses.ts';
import { valPasses, type ValPass } from '../val-passes.ts';
import { AUGMENTED_SCALE } from './augmented-scale.ts';

/** Weight of the mean square of the changes against the loss that an adversary raises. */
const NEAR_IDENTITY = 1;

type Changed = Pick<DrawnClips, 'batch' | 'learned'>;

/** The clips of a batch with the changes of its draw, normalised. Differentiable in theta. */
export function augmentedClips(net: Augmenter, theta: NamedTensors, { batch, learned }: Changed): Tensor5D {
  return tidy(() => {
    const clips = bytesOf(batch);
    return net.transform(clips, net.changes(theta, learned!, clips), learned!, AUGMENTED_SCALE);
  });
}

/** What the augmenter does to the clips of a batch, [n,parameters]. Differentiable in theta. */
export function changesOf(net: Augmenter, theta: NamedTensors, { batch, learned }: Changed): Tensor2D {
  return tidy(() => net.changes(theta, learned!, bytesOf(batch)));
}

/** Gradient of the training loss of a step with respect to theta, at `weights`. */
export function trainingGradient(
  net: Augmenter,
  theta: NamedTensors,
  step: InnerStep,
  weights: NamedTensors,
): NamedTensors {
  return sumOverParts(step, (drawn) => gradientsOf(theta, () => trainingLoss(net, theta, { step, drawn }, weights)));
}

/** The clips of each part of a step as the network sees them, by the index of the part; the caller owns them. */
export function shownClips(net: Augmenter, theta: NamedTensors, { parts }: InnerStep): NamedTensors {
  return tensorsFor(Object.keys(parts), (part) => augmentedClips(net, theta, parts[Number(part)]!));
}

/** Gradient of the training loss of a step with respect to its shown clips, at `weights`. */
export function clipsGradient(step: InnerStep, shown: NamedTensors, weights: NamedTensors): NamedTensors {
  return tensorsFor(Object.keys(step.parts), (part) => {
    const drawn = step.parts[Number(part)]!;
    const loss = () => lossOfClips({ step, drawn }, shown[part] as Tensor5D, weights);
    return gradientsOf({ clips: shown[part]! }, loss)['clips']!;
  });
}

/** What a gradient with respect to the shown clips is with respect to theta: one way back for any number of losses. */
export function pulledBack(net: Augmenter, theta: NamedTensors, step: InnerStep, ofClips: NamedTensors): NamedTensors {
  return sumOverParts(step, (drawn, i) =>
    gradientsOf(theta, () => sum<Scalar>(mul(augmentedClips(net, theta, drawn), ofClips[i]!))),
  );
}

/** The training loss is raised, the changes are kept near the identity: gradient reversal (algorithms.md 3.6 DAN). */
export function adversarialGradient(net: Augmenter, theta: NamedTensors, step: InnerStep): NamedTensors {
  const weights = step.instance.variables.params;
  const clips = step.parts.reduce((sum, { batch }) => sum + batch.shape[0], 0);
  return sumOverParts(step, (drawn) =>
    gradientsOf(theta, () => {
      const share = drawn.batch.shape[0] / clips;
      const size = mean(square(changesOf(net, theta, drawn)));
      return sub<Scalar>(mul(size, NEAR_IDENTITY * share), trainingLoss(net, theta, { step, drawn }, weights));
    }),
  );
}

/** v: gradient of the validation loss with respect to the weights, in training mode and without augmentation. */
export function validationSlope(val: ValBatch, weights: NamedTensors, seed: number): NamedTensors {
  const { model, card, variables } = val.instance;
  const instance = { model, card, variables: { ...variables, params: weights } };
  return sumOf(valPasses(val).map((pass) => () => passSlope({ ...pass, instance }, weights, seed)));
}

function passSlope({ instance, batch, realFrames, labels, share }: ValPass, weights: NamedTensors, seed: number) {
  const mode = { training: true as const, seed, bufferUpdates: {} as NamedTensors };
  try {
    return gradientsOf(weights, () => {
      const logits = clipLogits(instance, clipTensor(batch, null), realFrames, mode);
      return mul<Scalar>(mean<Scalar>(crossEntropy(logits, labels)), share);
    });
  } finally {
    disposeNamed(mode.bufferUpdates);
  }
}

/** A part of a step. */
type StepPart = { step: InnerStep; drawn: DrawnClips };

function trainingLoss(net: Augmenter, theta: NamedTensors, part: StepPart, weights: NamedTensors): Scalar {
  return lossOfClips(part, augmentedClips(net, theta, part.drawn), weights);
}

/** @param clips - of the part, [n·K,t,h,w,c] */
function lossOfClips({ step: { instance, lossOf }, drawn }: StepPart, clips: Tensor5D, weights: NamedTensors): Scalar {
  const moved = { ...instance, variables: { ...instance.variables, params: weights } };
  return drawnClipsObjective(moved, drawn, clips, (forward) => lossOf(forward, drawn.choice));
}

/** Part after part, so that memory holds what one takes to compute. */
function sumOverParts({ parts }: InnerStep, gradient: (drawn: DrawnClips, part: number) => NamedTensors): NamedTensors {
  return sumOf(parts.map((drawn, part) => () => gradient(drawn, part)));
}

function sumOf(gradients: readonly (() => NamedTensors)[]): NamedTensors {
  let total: NamedTensors = {};
  try {
    for (const gradient of gradients) total = addGradients(total, gradient());
    return total;
  } catch (error) {
    disposeNamed(total);
    throw error;
  }
}

/** Gradients of a scalar with respect to named tensors, without its value. */
function gradientsOf(variables: NamedTensors, f: () => Scalar): NamedTensors {
  const names = Object.keys(variables);
  const values = names.map((name) => variables[name]!);
  const grads = freedOnFailure(() => tidy(() => valueAndGrads(f as () => Tensor)(values).grads));
  return Object.fromEntries(names.map((name, i) => [name, grads[i]!]));
}

function bytesOf({ bytes, shape }: ClipBatch): Tensor5D {
  return tensor5d(new Int32Array(bytes), shape, 'int32');
}
