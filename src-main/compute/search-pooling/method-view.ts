/** What the method of a search has learned so far, from the checkpoint of its shared weights. */
import { z } from 'zod';
import { unitScales } from '../../../models/searchable-network.ts';
import type { SearchPicture, SpaceView } from '../../contract/window/pooling-search.ts';
import { readRunFile } from '../../store/run-folder.ts';
import { parseLastState } from '../../train/checkpoint.ts';
import { assignmentRow } from '../../train/pooling-search/balanced-assignment.ts';
import type { MixtureState } from '../../train/pooling-search/balanced-mixture.ts';
import { logProbabilities } from '../../train/pooling-search/darts.ts';
import { searchMethod } from '../../train/pooling-search/methods.ts';
import type { RelaxedMethod, SamplingMethod } from '../../train/pooling-search/search-method.ts';
import { parseSearchState } from '../../train/pooling-search/search-problem.ts';
import { searchSpace, type SearchSpace } from '../../train/pooling-search/search-space.ts';
import { searchableCardOf } from './configs.ts';
import type { StoredSearch } from './stored.ts';

export type MethodView = Pick<SearchPicture, 'assignment' | 'scores' | 'scoresAre' | 'temperature'> & {
  supernets: number;
  passes: number;
};

const NOTHING = { assignment: null, scores: null, scoresAre: null, temperature: null, passes: 0 } as const;
const withTemperature = z.object({ temperature: z.number() });
const envelope = z.object({ state: z.unknown() });

export async function methodView({ dir, asked }: StoredSearch, { configurations }: SpaceView): Promise<MethodView> {
  const space = searchSpace(searchableCardOf(asked.alone.model).pooling);
  const method = searchMethod(asked.method, space, asked.supernets);
  const supernets = method.kind === 'sampling' ? method.supernets : 1;
  const stored = await readRunFile(dir, 'shared', 'checkpoint-last.json');
  if (method.kind === 'direct' || stored === null || configurations.length !== space.configurations.length)
    return { ...NOTHING, supernets };
  const { passes, method: state } = parseSearchState(parseLastState(envelope.parse(stored).state).outer);
  const temperature = withTemperature.safeParse(state).data?.temperature ?? null;
  const seen = method.kind === 'relaxed' ? ofMixture(space, method, state) : ofSampling(method, state);
  return { ...NOTHING, ...seen, supernets, temperature, passes };
}

type Seen = Partial<Pick<MethodView, 'assignment' | 'scores' | 'scoresAre'>>;

function ofSampling(method: SamplingMethod, stored: unknown): Seen {
  const state = method.restore(stored);
  if (method.ranksBy === 'evaluation') return method.supernets > 1 ? { assignment: assignmentOf(state) } : {};
  const scores = method.scores(state, []).map((score) => (Number.isFinite(score) ? score : null));
  return { scores, scoresAre: 'accuracy' };
}

/** Of the balanced mixture, which alone has several supernets. */
function assignmentOf(state: unknown): number[][] {
  const { scores, temperature, corrections } = state as MixtureState;
  return scores.map((row) => assignmentRow(row, temperature, corrections));
}

/** Probabilities of all configurations, which sum to 1. */
function ofMixture(space: SearchSpace, method: RelaxedMethod, stored: unknown): Seen {
  const scales = space.configurations.map((one) => unitScales(space.choices, one));
  const mixture = method.mixture(method.restore(stored));
  const logs = logProbabilities(space, mixture, (c, unit) => scales[c]![unit]!);
  const peak = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - peak));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { scores: weights.map((weight) => weight / total), scoresAre: 'probability' };
}
