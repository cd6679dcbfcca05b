import { z } from 'zod';
import { drawCell } from '../temporal-weights/score-table.ts';
import { assignmentRow, balance } from './balanced-assignment.ts';
import { movingAverage, type SamplingMethod } from './search-method.ts';

/**
 * `scores` A [c][m] start at 1, which no accuracy exceeds, so that untried pairs look best and get tried once the
 * temperature grows; at 0 the first assignment would stay for ever.
 */
const stateSchema = z.strictObject({
  scores: z.array(z.array(z.number())),
  temperature: z.number(),
  corrections: z.array(z.array(z.number())),
});
export type MixtureState = z.infer<typeof stateSchema>;

/** `decay` of the running average of A; the temperature rises from 1 to `maxTemperature`. */
export type MixtureOptions = { configurations: number; supernets: number; maxTemperature: number; decay: number };

/**
 * Balanced mixture of supernets (Javan, Toews, Pedersoli 2023; algorithms.md 2.5): a configuration is drawn uniformly and
 * trained by the supernet that is best at it, kept even over the supernets by balancing.
 */
export function balancedMixture(options: MixtureOptions): SamplingMethod<MixtureState> {
  const { configurations, supernets, maxTemperature, decay } = options;
  return {
    kind: 'sampling',
    supernets,
    ranksBy: 'evaluation',
    initial: () => ({
      scores: Array.from({ length: configurations }, () => Array.from({ length: supernets }, () => 1)),
      temperature: 1,
      corrections: [],
    }),
    startEpoch: ({ scores }, { epoch, epochs }) => {
      const temperature = 1 + ((maxTemperature - 1) * epoch) / epochs;
      return { scores, temperature, corrections: balance(scores, temperature).corrections };
    },
    draw: ({ scores, temperature, corrections }, rng) => {
      const configuration = rng.integer(configurations);
      const row = () => assignmentRow(scores[configuration]!, temperature, corrections);
      const supernet = supernets === 1 ? 0 : drawCell(Float64Array.from(row()), rng);
      const path = { configuration, supernet };
      return { trained: path, scored: path };
    },
    update: (state, { configuration, supernet }, accuracy) => {
      const row = state.scores[configuration]!;
      row[supernet] = movingAverage(row[supernet]!, accuracy, decay);
      return state;
    },
    scores: (_, evaluated) => evaluated.map((row) => Math.max(...row)),
    restore: (stored) => stateSchema.parse(stored),
  };
}
