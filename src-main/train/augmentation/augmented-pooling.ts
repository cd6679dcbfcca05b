import { AppError } from '../../contract/errors.ts';
import type { LearnedAugmentation, TemporalWeights } from '../bilevel-problem.ts';

/** What an augmentation keeps beside the outer state of the pooling method. */
export type AugmentationParts<Outer extends { pooling: unknown }> = {
  initial(pooling: unknown): Outer;
  /** As JSON, without `pooling`. */
  serialize(outer: Outer): object;
  /** Reads the whole state, in which `pooling` is still JSON. @throws ZodError */
  restore(stored: unknown): Outer;
  augmentation: LearnedAugmentation<Outer>;
};

/**
 * A pooling method whose clips are changed on their way into the network.
 * @throws AppError `bad-config` for methods that train on whole videos
 */
export function augmentedPooling<Outer extends { pooling: unknown }>(
  pooling: TemporalWeights,
  parts: AugmentationParts<Outer>,
): TemporalWeights<Outer> {
  if (pooling.reads !== 'clips' || pooling.search !== undefined)
    throw new AppError('bad-config', 'Learned augmentation needs a pooling method that trains on drawn clips.', {
      hint: 'Set pooling=average or pooling=stochastic-softmax.',
    });
  return {
    reads: 'clips',
    initial: (videos) => parts.initial(pooling.initial(videos)),
    phase: (epoch) => pooling.phase(epoch),
    draw: (outer, request, rng) => pooling.draw(outer.pooling, request, rng),
    innerLoss: (forward, outer, choice) => pooling.innerLoss(forward, outer.pooling, choice),
    updateOuter: async (outer, seen, nextValBatch) =>
      Object.assign(outer, { pooling: await pooling.updateOuter(outer.pooling, seen, nextValBatch) }),
    snapshot: (outer, video) => pooling.snapshot(outer.pooling, video),
    serialize: (outer) => ({ ...parts.serialize(outer), pooling: pooling.serialize(outer.pooling) }),
    restore: (stored) => {
      const outer = parts.restore(stored);
      return { ...outer, pooling: pooling.restore(outer.pooling) };
    },
    poolVideo: (logits) => pooling.poolVideo(logits),
    augmentation: parts.augmentation,
  };
}
