/** Gradients that move an augmenter: through validation data behind a step, or through the training loss itself. */
import { add, keep, mean, mul, square, sub, sum, tensor5d, tidy, valueAndGrads } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core';
import type { Augmenter } from '../../../models/augmenter.ts';
import type { NamedTensors } from '../../../models/types.ts';
import { clipTensor, type ClipBatch } from '../../data/batches.ts';
import { clipLogits } from '../../data/network-passes.ts';
import type { DrawnClips, InnerStep, ValBatch } from '../bilevel-problem.ts';
import { disposeNamed, drawnClipsObjective } from '../gradients.ts';
import { crossEntropy } from '../losses.ts';
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
  return gradientsOf(theta, () => trainingLoss(net, theta, step, weights));
}

/** The clips of each part of a step as the network sees them, by the index of the part; the caller owns them. */
export function shownClips(net: Augmenter, theta: NamedTensors, { parts }: InnerStep): NamedTensors {
  return Object.fromEntries(parts.map((drawn, i) => [String(i), augmentedClips(net, theta, drawn)]));
}

/** Gradient of the training loss of a step with respect to its shown clips, at `weights`. */
export function clipsGradient(step: InnerStep, shown: NamedTensors, weights: NamedTensors): NamedTensors {
  return gradientsOf(shown, () => lossOfClips(step, weights, (_, i) => shown[i] as Tensor5D));
}

/** What a gradient with respect to the shown clips is with respect to theta: one way back for any number of losses. */
export function pulledBack(
  net: Augmenter,
  theta: NamedTensors,
  { parts }: InnerStep,
  ofClips: NamedTensors,
): NamedTensors {
  return gradientsOf(theta, () => {
    const products = parts.map((drawn, i) => sum<Scalar>(mul(augmentedClips(net, theta, drawn), ofClips[i]!)));
    return products.reduce((one, other) => add<Scalar>(one, other));
  });
}

/** The training loss is raised, the changes are kept near the identity: gradient reversal (algorithms.md 3.6 DAN). */
export function adversarialGradient(net: Augmenter, theta: NamedTensors, step: InnerStep): NamedTensors {
  return gradientsOf(theta, () => {
    const { parts, instance } = step;
    const sizes = parts.map((drawn) => mean(square(changesOf(net, theta, drawn))));
    const size = sizes.reduce((one, other) => add(one, other));
    return sub<Scalar>(mul(size, NEAR_IDENTITY), trainingLoss(net, theta, step, instance.variables.params));
  });
}

/** v: gradient of the validation loss with respect to the weights, in training mode and without augmentation. */
export function validationSlope(val: ValBatch, weights: NamedTensors, seed: number): NamedTensors {
  const mode = { training: true as const, seed, bufferUpdates: {} as NamedTensors };
  const { model, card, variables } = val.instance;
  const instance = { model, card, variables: { ...variables, params: weights } };
  const slope = gradientsOf(weights, () => {
    const logits = clipLogits(instance, clipTensor(val.batch, null), val.realFrames, mode);
    return mean<Scalar>(crossEntropy(logits, val.labels));
  });
  disposeNamed(mode.bufferUpdates);
  return slope;
}

function trainingLoss(net: Augmenter, theta: NamedTensors, step: InnerStep, weights: NamedTensors): Scalar {
  return lossOfClips(step, weights, (drawn) => augmentedClips(net, theta, drawn));
}

function lossOfClips(
  { parts, instance, lossOf }: InnerStep,
  weights: NamedTensors,
  clipsOf: (drawn: DrawnClips, part: number) => Tensor5D,
): Scalar {
  const moved = { ...instance, variables: { ...instance.variables, params: weights } };
  const losses = parts.map((drawn, i) =>
    drawnClipsObjective(moved, drawn, clipsOf(drawn, i), (forward) => lossOf(forward, drawn.choice)),
  );
  return losses.reduce((one, other) => add<Scalar>(one, other));
}

/** Gradients of a scalar with respect to named tensors, without its value. */
function gradientsOf(variables: NamedTensors, f: () => Scalar): NamedTensors {
  const names = Object.keys(variables);
  return tidy(() => {
    const { grads } = valueAndGrads(f as () => Tensor)(names.map((name) => variables[name]!));
    return Object.fromEntries(names.map((name, i) => [name, keep(grads[i]!)]));
  });
}

function bytesOf({ bytes, shape }: ClipBatch): Tensor5D {
  return tensor5d(new Int32Array(bytes), shape, 'int32');
}
