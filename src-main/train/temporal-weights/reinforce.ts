/**
 * REINFORCE (algorithms.md 1.7): minimises J = E of the loss over clips drawn from y = softmax(gamma f), y being a
 * function of the network too. The gradient of one draw s,
 *
 *   grad loss_s + gamma (loss_s - b) grad f_s,   f_s the logit of the true class,
 *
 * is unbiased without the gradient of the log-partition when the baseline b is J itself, so only the drawn clips are
 * back-propagated. b is estimated from stored losses. Without the second term it is stochastic softmax.
 *
 * Clips are drawn under scores q stored an epoch ago. Where the score has fallen since, the network of now would draw
 * the clip more rarely, so the second term is weighted by min(1, exp(gamma (f_s - q_s))): importance weights, truncated
 * (Espeholt et al. 2018, without their normaliser). Without them a clip once worse than its video's baseline is pushed down,
 * loses more, is pushed down harder, and the run diverges.
 */
import {
  add,
  exp,
  minimum,
  mul,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { TrainConfig } from '../../contract/config.ts';
import type { ClipChoice, InnerLoss, Seen, TemporalWeights, VideoRef } from '../bilevel-problem.ts';
import { labelMask, stopGradient } from '../losses.ts';
import {
  forEachDrawn,
  reach,
  restoreClipScores,
  serializeClipScores,
  storedClipScoresSchema,
  updateClipScores,
  videoWeights,
  type ClipScores,
  type ClipScoresConfig,
} from './clip-scores.ts';
import { drawnClipsLoss, labelsOf } from './drawn-clips.ts';
import { phaseOf } from './phases.ts';
import { ScoreTable, storedScoresSchema } from './score-table.ts';
import { stochasticSoftmax } from './stochastic-softmax.ts';

export type ReinforceConfig = ClipScoresConfig & Pick<TrainConfig, 'reinforce'>;

/** Sum and number of the losses of a video so far. */
type LossHistory = { sum: number; count: number };

/** `losses` holds the last known loss of each position, `history` all losses of each video. */
export type ReinforceState = ClipScores & { losses: ScoreTable; history: Map<string, LossHistory> };

const storedStateSchema = storedClipScoresSchema.extend({
  losses: storedScoresSchema,
  history: z.record(z.string(), z.strictObject({ sum: z.number(), count: z.number() })),
});

export function reinforce(config: ReinforceConfig): TemporalWeights<ReinforceState> {
  const sampler = stochasticSoftmax(config);
  const cellsOf = ({ id, positions }: VideoRef) => [id, positions.starts.length] as const;
  return {
    ...sampler,
    initial: (videos) => ({
      ...sampler.initial(videos),
      losses: new ScoreTable(videos.map(cellsOf)),
      history: new Map(),
    }),
    innerLoss: (forward, outer, choice) => {
      if (phaseOf(choice.epoch, config) !== 'softmax') return drawnClipsLoss(forward, choice);
      const baselines = choice.draws.map(({ video }) => baselineOf(outer, video, config));
      const drawnScores = choice.draws.map(({ video, cells }) => {
        const scores = outer.table.scores(video.id);
        return cells.map((cell) => scores[cell]!);
      });
      return scoreFunctionLoss(forward, choice, { gamma: config.gamma, baselines, drawnScores });
    },
    updateOuter: (outer, seen) => {
      updateClipScores(outer, seen, config);
      updateLosses(outer, seen, config);
      return outer;
    },
    serialize: (outer) => ({
      ...serializeClipScores(outer),
      losses: outer.losses.serialize(),
      history: Object.fromEntries(outer.history),
    }),
    restore: (stored) => {
      const { scores, visited, losses, history } = storedStateSchema.parse(stored);
      return {
        ...restoreClipScores({ scores, visited }),
        losses: ScoreTable.restore(losses),
        history: new Map(Object.entries(history)),
      };
    },
  };
}

/** `drawnScores` [n][K]: the scores by which the clips were drawn. */
export type ScoreFunctionTerms = {
  gamma: number;
  /** b of each video; null where no loss is known yet, which leaves the second term out. */
  baselines: readonly (number | null)[];
  drawnScores: readonly (readonly number[])[];
};

/**
 * Loss whose gradient is that of REINFORCE: loss + [gamma (loss - b)] sum over drawn clips of [w] f, [ ] held constant, w the
 * truncated importance weight.
 */
export function scoreFunctionLoss(
  forward: () => Tensor3D,
  choice: ClipChoice,
  { gamma, baselines, drawnScores }: ScoreFunctionTerms,
): InnerLoss {
  const clipLogits = forward();
  const { loss } = drawnClipsLoss(() => clipLogits, choice);
  const objective = tidy(() => {
    const known = tensor1d(baselines.map((b) => (b === null ? 0 : gamma)));
    const advantage = mul(known, sub(loss, tensor1d(baselines.map((b) => b ?? 0))));
    const trueClass = labelMask(labelsOf(choice), clipLogits.shape[2]).expandDims(1);
    const trueLogits = sum<Tensor2D>(mul(clipLogits, trueClass), 2);
    const risen = sub(trueLogits, tensor2d(drawnScores.map((scores) => [...scores])));
    const importance = exp(mul(gamma, minimum(risen, 0)));
    const weighted = sum<Tensor1D>(mul(stopGradient(importance), trueLogits), 1);
    return add<Tensor1D>(loss, mul(stopGradient(advantage), weighted));
  });
  return { objective, loss };
}

/** Estimate of J for a video: sum of weight times last known loss, or the mean of its losses so far. */
function baselineOf(outer: ReinforceState, video: VideoRef, { gamma, reinforce }: ReinforceConfig): number | null {
  const past = outer.history.get(video.id);
  if (past === undefined) return null;
  if (reinforce.baseline === 'running-mean') return past.sum / past.count;
  const losses = outer.losses.scores(video.id);
  const weighted = videoWeights(outer, video, gamma).map((weight, cell) => weight * losses[cell]!);
  return weighted.reduce((total, value) => total + value, 0) / weighted.length;
}

/** Stores the losses of the drawn clips where their scores go. */
function updateLosses({ losses, history }: ReinforceState, seen: Seen<ClipChoice>, config: ReinforceConfig): void {
  const phase = phaseOf(seen.choice.epoch, config);
  if (phase === 'warm-up') return;
  forEachDrawn(seen, ({ video }, cell, { loss }) => {
    losses.write(video.id, loss, reach(video, cell, phase === 'exploration' ? config : null));
    const past = history.get(video.id) ?? { sum: 0, count: 0 };
    history.set(video.id, { sum: past.sum + loss, count: past.count + 1 });
  });
}
