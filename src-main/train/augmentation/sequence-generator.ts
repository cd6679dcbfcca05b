/**
 * TANDA (Ratner et al. 2017) with the mean-field generator (algorithms.md 3.6): sequences of transformations, each place
 * an independent choice, learned against a network that tells changed clips from those of the data. No label is used.
 * Cast as a bilevel problem of the one training loop: the inner one trains that network on every video twice, as it is
 * (class 0) and changed (class 1); the outer one moves the choices by policy gradient on what each place adds to the
 * network's loss on changed clips, and on their distance from the original, without which no change would be best.
 */
import { tidy } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { clipTensor, type ClipBatch } from '../../data/batches.ts';
import { clipLogits, type ModelInstance } from '../../data/network-passes.ts';
import { Rng } from '../../data/rng.ts';
import type { DrawnClips, InnerStep, TemporalWeights } from '../bilevel-problem.ts';
import { crossEntropy } from '../losses.ts';
import { applyAll, type Operation } from './policy.ts';
import { augmentedPooling } from './augmented-pooling.ts';
import { drawClipChanges } from './clip-changes.ts';
import type { PixelClip } from './pixel-clip.ts';
import { batchOf, clipsOf } from './policy-augmentation.ts';
import { drawnChoice, reinforced, softmaxOf, uniformLogits } from './choice-logits.ts';
import { TRANSFORMATION_NAMES } from './transformations.ts';

export const SEQUENCE_CLASSES = ['data', 'changed'];
const CHANGED = 1;
/** Places of a sequence. [TANDA: 10; fewer, because each costs a pass of the network in every step.] */
const LENGTH = 4;
const LEVELS = [0.3, 0.6];
/** Of later gains [TANDA]. */
const DISCOUNT = 0.5;
/** Weight of 1 / (mean square distance from the original, on the scale 0..1), and its least distance. */
const DIVERSITY = 1e-3;
const LEAST_DISTANCE = 1e-3;
const RATE = 0.1;
const MEMORY = 0.9;

/** What may stand at each place. */
export const SEQUENCE_OPERATIONS: readonly Operation[] = TRANSFORMATION_NAMES.flatMap((transformation) =>
  LEVELS.map((level) => ({ transformation, probability: 1, level })),
);

const storedSchema = z.strictObject({
  pooling: z.unknown(),
  /** [place][operation] */
  logits: z.array(z.array(z.number())),
  /** Running mean of the gain at each place. */
  baseline: z.array(z.number()),
});
export type SequenceOuter = z.infer<typeof storedSchema>;

/** The state of a generator, from a checkpoint. @throws ZodError */
export const parseSequences = (stored: unknown): SequenceOuter => storedSchema.parse(stored);

/** @throws AppError `bad-config` for methods that train on whole videos */
export function sequenceGenerator(pooling: TemporalWeights): TemporalWeights<SequenceOuter> {
  return augmentedPooling<SequenceOuter>(pooling, {
    initial: (inner) => ({
      ...{ pooling: inner, baseline: new Array<number>(LENGTH).fill(0) },
      logits: Array.from({ length: LENGTH }, () => uniformLogits(SEQUENCE_OPERATIONS.length)),
    }),
    serialize: ({ logits, baseline }) => ({ logits, baseline }),
    restore: (stored) => storedSchema.parse(stored),
    augmentation: {
      draw: (clips, rng) => drawClipChanges({ clips, noise: 0, flip: false }, rng),
      clips: (outer, drawn) => clipTensor(stagesOf(outer, drawn).at(-1)!, null),
      improve: (outer, step) => improve(outer, step),
      tensors: () => ({}),
      adopt: () => undefined,
      dispose: () => undefined,
    },
  });
}

/** How likely each operation is at each place, [place][operation]. */
export function probabilitiesOf({ logits }: SequenceOuter): number[][] {
  return logits.map(softmaxOf);
}

/** The operation at each place for each clip; for clips that stay as they are too, so that draws do not move. */
function choicesOf({ logits }: SequenceOuter, { learned, choice }: Pick<DrawnClips, 'learned' | 'choice'>): number[][] {
  const rng = new Rng(learned!.seed).fork('choices');
  return choice.draws.flatMap(({ cells }) => cells.map(() => logits.map((row) => drawnChoice(row, rng))));
}

/** The batch as it is, and behind each place of the sequences. */
function stagesOf(outer: SequenceOuter, drawn: Pick<DrawnClips, 'batch' | 'learned' | 'choice'>): ClipBatch[] {
  const choices = choicesOf(outer, drawn);
  const isChanged = labelsOf(drawn).map((label) => label === CHANGED);
  const stages: PixelClip[][] = [clipsOf(drawn.batch)];
  for (let place = 0; place < LENGTH; place++) {
    const rng = new Rng(drawn.learned!.seed).fork(`place ${place}`);
    const changed = stages[place]!.map((clip, i) => {
      const own = rng.fork(String(i));
      return isChanged[i]! ? applyAll(clip, [SEQUENCE_OPERATIONS[choices[i]![place]!]!], own) : clip;
    });
    stages.push(changed);
  }
  return stages.map((clips) => batchOf(clips, drawn.batch.shape));
}

function labelsOf({ choice }: Pick<DrawnClips, 'choice'>): number[] {
  return choice.draws.flatMap(({ video, cells }) => cells.map(() => video.label));
}

async function improve(outer: SequenceOuter, { instance, parts }: InnerStep): Promise<void> {
  for (const drawn of parts) {
    const stages = stagesOf(outer, drawn);
    const choices = choicesOf(outer, drawn);
    const losses: number[][] = [];
    for (const stage of stages) losses.push(await lossesAsChanged(instance, drawn, stage));
    for (const [i, label] of labelsOf(drawn).entries()) {
      if (label !== CHANGED) continue;
      const end = distance(stages[0]!, stages.at(-1)!, i);
      const gains = gainsOf(
        losses.map((row) => row[i]!),
        -DIVERSITY / Math.max(end, LEAST_DISTANCE),
      );
      learn(outer, choices[i]!, gains);
    }
  }
}

/** Loss of each clip as one of class "changed": the larger, the more it looks like data. */
async function lossesAsChanged(instance: ModelInstance, { choice }: DrawnClips, batch: ClipBatch): Promise<number[]> {
  const realFrames = choice.draws.flatMap(({ video, cells }) => cells.map(() => video.positions.realFrames));
  const labels = realFrames.map(() => CHANGED);
  const losses = tidy(() =>
    crossEntropy(clipLogits(instance, clipTensor(batch, null), realFrames, { training: false }), labels),
  );
  try {
    return Array.from(await losses.data());
  } finally {
    losses.dispose();
  }
}

/** What each place gains, later gains discounted. @param losses - before the first place and behind each */
export function gainsOf(losses: readonly number[], atTheEnd: number): number[] {
  let later = atTheEnd;
  const gains = losses.slice(1).map((loss, place) => loss - losses[place]!);
  return gains
    .reverse()
    .map((gain) => {
      const total = gain + later;
      later = DISCOUNT * total;
      return total;
    })
    .reverse();
}

function learn(outer: SequenceOuter, choices: readonly number[], gains: readonly number[]): void {
  outer.logits = outer.logits.map((row, place) =>
    reinforced(row, { choice: choices[place]!, advantage: gains[place]! - outer.baseline[place]!, rate: RATE }),
  );
  outer.baseline = outer.baseline.map((mean, place) => MEMORY * mean + (1 - MEMORY) * gains[place]!);
}

/** Mean square distance of clip `i` in two batches, on the scale 0..1. */
function distance(one: ClipBatch, other: ClipBatch, i: number): number {
  const size = one.bytes.length / one.shape[0];
  let sum = 0;
  for (let at = i * size; at < (i + 1) * size; at++) sum += ((one.bytes[at]! - other.bytes[at]!) / 255) ** 2;
  return sum / size;
}
