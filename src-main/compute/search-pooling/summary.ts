import path from 'node:path';
import type { TrainSummary } from '../../contract/api.ts';
import type { PoolingSearchSummary } from '../../contract/pooling-search.ts';
import { kendallTau } from '../../train/pooling-search/search-quality.ts';
import { configurationJson, notationOf } from '../../train/pooling-search/search-space.ts';
import type { AloneTrainings, Finalist } from './alone.ts';
import { memoryNotes } from '../planned-passes.ts';
import { nameNotes } from './folder.ts';
import { gflopsOf, poolAtOf } from './networks.ts';
import type { Search } from './setting.ts';
import type { SharedSearch } from './shared.ts';

/**
 * What a search found, and what it cost.
 * @param run - that the winner was published as
 */
export function summaryOf(
  search: Search,
  shared: SharedSearch,
  alone: AloneTrainings,
  run: string,
): PoolingSearchSummary {
  const { options, configs, space, folder } = search;
  const { configuration, result } = alone.winner;
  return {
    method: options.method,
    model: configs.alone.model,
    space: { size: space.configurations.length, notation: notationOf(space) },
    best: { ...described(search, configuration), validation: result.valWar, test: alone.test.winner },
    topK: firstOf(search, alone).map((one) => ({
      ...described(search, one.configuration),
      supernet: shared.accuracies[one.configuration] ?? null,
      standAlone: one.result.valWar,
    })),
    default: defaultOf(search, alone),
    kendallTau: agreement(shared, alone.finalists),
    cost: costOf(search, shared, alone.finalists),
    run,
    folder: folder.dir,
    notes: notesOf(search, alone, run),
  };
}

/** The first k of the search, or of all where all were trained, by falling accuracy. */
function firstOf({ method, options }: Search, { finalists }: AloneTrainings): Finalist[] {
  const ranked = (some: readonly Finalist[]) => [...some].sort((a, b) => b.result.valWar - a.result.valWar);
  return method.kind === 'direct' ? ranked(finalists).slice(0, options.topK) : ranked(finalists.slice(0, options.topK));
}

function defaultOf(search: Search, { initial, test }: AloneTrainings): PoolingSearchSummary['default'] {
  return { ...described(search, initial.configuration), standAlone: initial.result.valWar, test: test.initial };
}

function described(search: Search, configuration: number) {
  return {
    configuration: configurationJson(search.space, search.space.configurations[configuration]!),
    poolAt: poolAtOf(search, configuration),
    gflops: gflopsOf(search, configuration),
  };
}

function agreement({ scores }: SharedSearch, finalists: readonly Finalist[]): number | null {
  if (scores === null) return null;
  return kendallTau(
    finalists.map(({ configuration }) => scores[configuration]!),
    finalists.map(({ result }) => result.valWar),
  );
}

function costOf({ engine }: Search, { cost }: SharedSearch, finalists: readonly Finalist[]) {
  const sum = (key: 'passes' | 'seconds' | 'steps') =>
    finalists.reduce((total, { result }) => total + result[key], cost[key]);
  const seconds = sum('seconds');
  return { passes: sum('passes'), steps: sum('steps'), seconds, gpuSeconds: engine.name === 'webgpu' ? seconds : 0 };
}

/** The winner as a run of its own, as `train` would tell of it. */
export function trainSummaryOf(search: Search, alone: AloneTrainings, run: string): TrainSummary {
  const { folder, engine } = search;
  const { valLoss, valWar, valUar, epochs, bestEpoch, stopped, seconds } = alone.winner.result;
  return {
    ...{ run, folder: path.join(folder.runsDir, run), engine },
    ...{ epochs, bestEpoch, valLoss, valWar, valUar, stopped, seconds },
    ...{ resumedFromEpoch: null, notes: notesOf(search, alone, run) },
  };
}

function notesOf({ data, configs, folder }: Search, { winner }: AloneTrainings, run: string): string[] {
  return [...data.notes, ...memoryNotes(configs.alone, winner.result), ...nameNotes(folder, run)];
}
