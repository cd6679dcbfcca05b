import { z } from 'zod';
import type { Rng } from '../../data/rng.ts';
import { drawCell, relativeWeights } from '../temporal-weights/score-table.ts';
import { movingAverage, type SamplingMethod } from './search-method.ts';
import { drawUniformPath } from './spos.ts';

/** `scores` [c] start at 1, which no accuracy exceeds, so that what was not tried looks best. */
const stateSchema = z.strictObject({
  scores: z.array(z.number()),
  visits: z.array(z.number().int()),
  temperature: z.number(),
});
export type BoltzmannState = z.infer<typeof stateSchema>;

/** `training`: whether weights are trained on the drawn configurations too, or on uniform ones. */
export type BoltzmannOptions = {
  configurations: number;
  maxTemperature: number;
  decay: number;
  training: 'drawn' | 'uniform';
};

/**
 * Boltzmann exploration on one supernet (SBE of algorithms.md 2.4): configurations are drawn from softmax(T s), s the
 * running accuracy and T rising linearly from 1. `uniform` trains the weights on all configurations alike and
 * draws by score only what is measured.
 */
export function boltzmann(options: BoltzmannOptions): SamplingMethod<BoltzmannState> {
  const { configurations, maxTemperature, decay, training } = options;
  const drawByScore = ({ scores, temperature }: BoltzmannState, rng: Rng) => ({
    configuration: drawCell(relativeWeights(Float64Array.from(scores), temperature), rng),
    supernet: 0,
  });
  return {
    kind: 'sampling',
    supernets: 1,
    ranksBy: 'own-scores',
    initial: () => ({
      scores: Array.from({ length: configurations }, () => 1),
      visits: Array.from({ length: configurations }, () => 0),
      temperature: 1,
    }),
    startEpoch: (state, { epoch, epochs }) => ({
      ...state,
      temperature: 1 + ((maxTemperature - 1) * epoch) / epochs,
    }),
    draw: (state, rng) => {
      const scored = drawByScore(state, rng);
      return { scored, trained: training === 'drawn' ? scored : drawUniformPath(configurations, rng).trained };
    },
    update: (state, { configuration: c }, accuracy) => {
      state.scores[c] = movingAverage(state.scores[c]!, accuracy, decay);
      state.visits[c]! += 1;
      return state;
    },
    scores: ({ scores, visits }) => scores.map((score, c) => withoutStart(score, decay ** visits[c]!)),
    finalPaths: () => [],
    restore: (stored) => stateSchema.parse(stored),
  };
}

/** A running average without what is left in it of its start at 1, so that few visits are no advantage. */
function withoutStart(score: number, left: number): number {
  return left === 1 ? -Infinity : (score - left) / (1 - left);
}
