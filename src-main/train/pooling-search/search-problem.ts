/**
 * A pooling search as a bilevel problem of the training loop (algorithms.md 2.4, 2.5). The inner problem trains shared
 * weights on one half of the data, in the configuration that the method draws (or in a mixture of all); the outer one
 * measures a configuration on a batch of the other half and tells the method. Clips of videos are drawn uniformly.
 */
import {
  dispose,
  keep,
  tensor1d,
  tensor2d,
  tidy,
  valueAndGrad,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { scalesOf } from '../../../models/searchable-network.ts';
import type { ResolvedConfig } from '../../contract/config.ts';
import { clipTensor } from '../../data/batches.ts';
import { clipLogits, type ModelInstance } from '../../data/network-passes.ts';
import { logitsOfClips } from '../../data/score-clips.ts';
import type { ClipChoice, Path, TemporalWeights, ValBatch } from '../bilevel-problem.ts';
import { freedOnFailure } from '../failed-gradient.ts';
import { crossEntropy } from '../losses.ts';
import { averagePooling } from '../temporal-weights/average.ts';
import { valPasses } from '../val-passes.ts';
import type { RelaxedMethod, SamplingMethod } from './search-method.ts';
import type { SearchSpace } from './search-space.ts';
import { networkOn, superNetOf } from './supernet-card.ts';

const stateSchema = z.strictObject({
  /** The epoch that the method has started, from 1; 0 before the first. */
  epoch: z.number().int(),
  method: z.unknown(),
  /** Times that each configuration [c] was trained by each supernet [m]. */
  counts: z.array(z.array(z.number().int())),
  /** Forward and backward passes of batches so far. */
  passes: z.number().int(),
  /** Sums over the validation batches of this epoch, and the accuracy of the last. */
  seen: z.strictObject({ batches: z.number().int(), loss: z.number(), accuracy: z.number(), last: z.number() }),
});
export type SearchState = z.infer<typeof stateSchema>;

export type SearchSetting = {
  space: SearchSpace;
  method: SamplingMethod | RelaxedMethod;
  config: Pick<ResolvedConfig, 'epochs' | 'clipsPerVideo'>;
};

/** The path of a mixture of all configurations. */
const MIXTURE: Path = { configuration: -1, supernet: 0 };
/** Of one step: forward and backward to train. */
const TRAINING_PASSES = 2;

/** How a kind of method takes its steps; `Method` is its state. */
type Stepper = {
  initial(): unknown;
  restore(stored: unknown): unknown;
  startEpoch(method: unknown, epoch: number): unknown;
  draw: TemporalWeights<SearchState>['draw'];
  networkOf(method: unknown, whole: ModelInstance, path: Path): ModelInstance;
  /** What the validation batch teaches. */
  learn(method: unknown, path: Path, val: ValBatch): Promise<{ method: unknown; measured: Measured; passes: number }>;
};

type Measured = { loss: number; accuracy: number };

/** The problem that the training loop solves. */
export function searchProblem(setting: SearchSetting): TemporalWeights<SearchState> {
  const clips = averagePooling(setting.config);
  const steps =
    setting.method.kind === 'sampling' ? sampling(setting, setting.method) : relaxed(setting, setting.method);
  const supernets = setting.method.kind === 'sampling' ? setting.method.supernets : 1;
  return {
    reads: 'clips',
    initial: () => ({
      epoch: 0,
      method: steps.initial(),
      counts: setting.space.configurations.map(() => Array.from({ length: supernets }, () => 0)),
      passes: 0,
      seen: { batches: 0, loss: 0, accuracy: 0, last: 0 },
    }),
    phase: () => 'search',
    draw: (state, request, rng) => {
      startEpoch(state, request.epoch, steps);
      const { paths } = steps.draw(state, request, rng);
      return { ...clips.draw(null, request, rng), ...(paths && { paths }) };
    },
    innerLoss: (forward, _, choice) => clips.innerLoss(forward, null, choice),
    updateOuter: async (state, { choice }, nextValBatch) => {
      const { trained, scored } = pathsOf(choice);
      const { method, measured, passes } = await steps.learn(state.method, scored, await nextValBatch());
      const count = state.counts[trained.configuration];
      if (count !== undefined) count[trained.supernet]! += 1;
      const { batches, loss, accuracy } = state.seen;
      state.seen = {
        ...{ batches: batches + 1, last: measured.accuracy },
        ...{ loss: loss + measured.loss, accuracy: accuracy + measured.accuracy },
      };
      return Object.assign(state, { method, passes: state.passes + passes + TRAINING_PASSES });
    },
    snapshot: () => [],
    serialize: (state) => state,
    restore: (stored) => {
      const state = stateSchema.parse(stored);
      return { ...state, method: steps.restore(state.method) };
    },
    poolVideo: clips.poolVideo,
    search: {
      networkOf: ({ method }, whole, choice) => steps.networkOf(method, whole, pathsOf(choice).trained),
      validation: ({ seen }) => {
        const accuracy = seen.accuracy / seen.batches;
        return { valLoss: seen.loss / seen.batches, valWar: accuracy, valUar: accuracy };
      },
      record: ({ seen }, choice) => {
        const { trained, scored } = pathsOf(choice);
        return { trained: pairOf(trained), scored: pairOf(scored), accuracy: seen.last };
      },
    },
  };
}

/** @throws ZodError when it is not the state of a search */
export function parseSearchState(stored: unknown): SearchState {
  return stateSchema.parse(stored);
}

/** Before the first draw of an epoch: the state is that of the end of the epoch before, also after a restart. */
function startEpoch(state: SearchState, epoch: number, steps: Stepper): void {
  if (state.epoch === epoch) return;
  state.method = steps.startEpoch(state.method, epoch);
  state.epoch = epoch;
  state.seen = { batches: 0, loss: 0, accuracy: 0, last: 0 };
}

function sampling<State>({ space, config }: SearchSetting, method: SamplingMethod<State>): Stepper {
  const networkOf = (_: unknown, whole: ModelInstance, { configuration, supernet }: Path) =>
    networkOn(whole, superNetOf(whole).along(space.configurations[configuration]!, supernet), supernet);
  return {
    initial: () => method.initial(),
    restore: (stored) => method.restore(stored),
    startEpoch: (state, epoch) => method.startEpoch(state as State, { epoch: epoch - 1, epochs: config.epochs }),
    draw: (state, { epoch }, rng) => ({ epoch, draws: [], paths: method.draw(state.method as State, rng) }),
    networkOf,
    learn: async (state, path, val) => {
      const measured = await measure(networkOf(state, val.instance, path), val);
      return { method: method.update(state as State, path, measured.accuracy), measured, passes: 1 };
    },
  };
}

function relaxed<State>({ space }: SearchSetting, method: RelaxedMethod<State>): Stepper {
  const mixedOn = (whole: ModelInstance, mixture: () => Tensor2D): ModelInstance => {
    const { options, headParams, init } = whole.model;
    const apply: ModelInstance['model']['apply'] = (variables, clips, mode) =>
      tidy(() => superNetOf(whole).mixed(mixture()).apply(variables, clips, mode));
    return networkOn(whole, { options, headParams, init, apply }, 0);
  };
  return {
    initial: () => method.initial(space.choices.units - 1, scalesOf(space.choices).length),
    restore: (stored) => method.restore(stored),
    startEpoch: (state) => state,
    draw: (_, { epoch }) => ({ epoch, draws: [], paths: { trained: MIXTURE, scored: MIXTURE } }),
    networkOf: (state, whole) => mixedOn(whole, () => tensor2d(method.mixture(state as State))),
    learn: async (state, _, val) => {
      const weights = method.mixture(state as State);
      const measured: Measured = { loss: 0, accuracy: 0 };
      const gradient = weights.map((row) => row.map(() => 0));
      for (const pass of valPasses(val)) {
        const { loss, accuracy, slope } = await mixtureSlope(weights, pass, (mixture) =>
          mixedOn(val.instance, () => mixture),
        );
        measured.loss += pass.share * loss;
        measured.accuracy += pass.share * accuracy;
        slope.forEach((row, i) => row.forEach((one, j) => (gradient[i]![j]! += pass.share * one)));
      }
      return { method: method.update(state as State, gradient), measured, passes: TRAINING_PASSES };
    },
  };
}

/** Loss and accuracy of a mixture of all configurations, and the slope of the loss with respect to its weights. */
async function mixtureSlope(
  weights: number[][],
  val: ValBatch,
  networkOf: (mixture: Tensor2D) => ModelInstance,
): Promise<Measured & { slope: number[][] }> {
  const mixture = tensor2d(weights);
  const seen: Tensor[] = [mixture];
  const lossOf = (mixed: Tensor) => {
    const logits = logitsOf(networkOf(mixed as Tensor2D), val);
    seen.push(keep(accuracyOf(logits, val.labels)));
    return crossEntropy(logits, val.labels).mean();
  };
  try {
    const { value, grad } = freedOnFailure(() => tidy(() => valueAndGrad(lossOf)(mixture)));
    seen.push(value, grad);
    const measured = { loss: (await value.data())[0]!, accuracy: (await seen[1]!.data())[0]! };
    return { ...measured, slope: (await grad.array()) as number[][] };
  } finally {
    dispose(seen);
  }
}

/** Loss and accuracy of a network on a batch, without gradient. */
async function measure(network: ModelInstance, val: ValBatch): Promise<Measured> {
  const measured: Measured = { loss: 0, accuracy: 0 };
  for (const pass of valPasses(val)) {
    const { loss, accuracy } = await measurePass(network, pass);
    measured.loss += pass.share * loss;
    measured.accuracy += pass.share * accuracy;
  }
  return measured;
}

async function measurePass(network: ModelInstance, val: ValBatch): Promise<Measured> {
  const [loss, hits] = tidy(() => {
    const logits = logitsOfClips(network, val);
    return [crossEntropy(logits, val.labels).mean(), accuracyOf(logits, val.labels)];
  });
  try {
    return { loss: (await loss!.data())[0]!, accuracy: (await hits!.data())[0]! };
  } finally {
    dispose([loss!, hits!]);
  }
}

/** Share of rows whose largest logit is that of the label. */
function accuracyOf(logits: Tensor2D, labels: readonly number[]): Tensor {
  return logits
    .argMax(1)
    .equal(tensor1d([...labels], 'int32'))
    .cast('float32')
    .mean();
}

function logitsOf(network: ModelInstance, { batch, realFrames }: ValBatch): Tensor2D {
  return clipLogits(network, clipTensor(batch, null), realFrames, { training: false });
}

function pathsOf({ paths }: ClipChoice) {
  if (paths === undefined) throw new Error('pooling search: a step without a path');
  return paths;
}

function pairOf({ configuration, supernet }: Path): [number, number] {
  return [configuration, supernet];
}
