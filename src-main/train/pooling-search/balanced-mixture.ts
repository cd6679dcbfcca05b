import { z } from 'zod';
import { drawCell } from '../temporal-weights/score-table.ts';
import { assignmentRow, balance } from './balanced-assignment.ts';
import type { Path } from '../bilevel-problem.ts';
import { byFallingScore } from './search-quality.ts';
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

/** Spaces up to this are evaluated on all supernets; of larger ones the most promising [BMS: 50]. */
const SMALL_SPACE = 100;
const PROMISING = 50;

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
    finalPaths: ({ scores, temperature, corrections }) =>
      configurations <= SMALL_SPACE
        ? scores.flatMap((row, configuration) => row.map((_, supernet) => ({ configuration, supernet })))
        : promisingPaths(scores, (row) => assignmentRow(row, temperature, corrections)),
    restore: (stored) => stateSchema.parse(stored),
  };
}

/** The configurations of largest score, each on the supernet that it is most likely assigned to. */
function promisingPaths(scores: readonly number[][], assigned: (row: readonly number[]) => number[]): Path[] {
  const best = byFallingScore(scores.map((row) => Math.max(...row))).slice(0, PROMISING);
  return best.map((configuration) => {
    const row = assigned(scores[configuration]!);
    return { configuration, supernet: row.indexOf(Math.max(...row)) };
  });
}
