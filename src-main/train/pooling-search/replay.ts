/**
 * A search on a table instead of on data (algorithms.md 2.7). Methods that evaluate all configurations in the end are
 * ranked by the column of their supernets. Those that rank by what they saw on the way run their steps, with the
 * accuracy of a batch drawn around the column of one supernet.
 */
import type { PoolingSearchMethod, ReplayOptions, ReplaySummary } from '../../contract/pooling-search.ts';
import { AppError } from '../../contract/errors.ts';
import { Rng } from '../../data/rng.ts';
import type { AccuracyTable } from './accuracy-table.ts';
import { searchMethod } from './methods.ts';
import type { SamplingMethod } from './search-method.ts';
import { bestOf, byFallingScore, kendallTau, rankOf, regretOf } from './search-quality.ts';
import { configurationJson } from './search-space.ts';

/** Steps of a simulated search: those of CIFAR-10 halved into batches of 128, over 100 epochs [BMS]. */
const EPOCHS = 100;
const STEPS = 195;
/** Images in a simulated validation batch [BMS]. */
const BATCH = 128;

/** `scores` [c] rank the configurations; null where the method trains no supernet. */
type Ranking = { order: number[]; scores: number[] | null; scoresFrom: string };

/**
 * @throws AppError `usage` for a method that needs gradients, `bad-input` where the table lacks its supernets
 */
export function replay(table: AccuracyTable, options: Omit<ReplayOptions, 'table'>): ReplaySummary {
  const { space, standAlone } = table;
  const { order, scores, scoresFrom } = rankingOf(table, options);
  const finalists = order.slice(0, options.topK);
  const [first] = order as [number];
  const winner = bestOf(finalists, standAlone);
  const json = (c: number) => configurationJson(space, space.configurations[c]!);
  return {
    method: options.method,
    kendallTau: scores === null ? null : kendallTau(scores, standAlone),
    best: { configuration: json(first), accuracy: standAlone[first]! },
    bestOfTopK: standAlone[winner]!,
    topK: finalists.map((c) => ({
      configuration: json(c),
      supernet: scores === null ? null : scores[c]!,
      standAlone: standAlone[c]!,
    })),
    rankOfDefault: rankOf(space.defaultIndex, standAlone),
    configurations: space.configurations.length,
    regret: regretOf(first, standAlone),
    regretOfTopK: regretOf(winner, standAlone),
    scoresFrom,
  };
}

function rankingOf(table: AccuracyTable, { method: name, supernets, seed }: Omit<ReplayOptions, 'table'>): Ranking {
  const method = searchMethod(name, table.space, supernets);
  if (method.kind === 'relaxed') throw needsGradients(name);
  if (method.kind === 'direct') {
    const order = method.finalists === 'all' ? byFallingScore(table.standAlone) : [table.space.defaultIndex];
    return { order, scores: null, scoresFrom: 'standalone_mean' };
  }
  const column = supernetColumn(table, method.supernets);
  const evaluated = method.ranksBy === 'evaluation';
  const scores = evaluated ? column.scores : simulate(method, column.scores, new Rng(seed).fork('replay'));
  return { order: byFallingScore(scores), scores, scoresFrom: column.name };
}

/** Runs the steps of a search. @param accuracies - of each configuration on shared weights, in percent or 0..1 */
function simulate<State>(method: SamplingMethod<State>, accuracies: readonly number[], rng: Rng): number[] {
  const scale = Math.max(...accuracies) > 1 ? 100 : 1;
  let state = method.initial();
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    state = method.startEpoch(state, { epoch, epochs: EPOCHS });
    for (let step = 0; step < STEPS; step++) {
      const { scored } = method.draw(state, rng);
      const p = accuracies[scored.configuration]! / scale;
      const noise = rng.normal() * Math.sqrt(Math.max(0, p * (1 - p)) / BATCH);
      state = method.update(state, scored, Math.min(1, Math.max(0, p + noise)));
    }
  }
  return method.scores(state, []).map((score) => scale * score);
}

/** A table without any supernet, as a brute-force run leaves it, replays weights that are as good as trained alone. */
function supernetColumn(
  { supernet, standAlone }: AccuracyTable,
  supernets: number,
): { name: string; scores: number[] } {
  if (supernet.size === 0) return { name: 'standalone_mean', scores: standAlone };
  const name = `supernet_m${supernets}`;
  const scores = supernet.get(supernets);
  if (scores !== undefined) return { name, scores };
  const there = Array.from(supernet.keys(), (m) => `supernet_m${m}`).join(', ');
  throw new AppError('bad-input', `The table has no column ${name}; of supernets it has: ${there}.`, {
    hint: 'Choose another --supernets, or replay --method brute-force or default, which need none.',
  });
}

function needsGradients(method: PoolingSearchMethod): AppError {
  return new AppError('usage', `${method} follows gradients, which a table does not have.`, {
    hint: 'Run it on data, with --project or --images.',
  });
}
