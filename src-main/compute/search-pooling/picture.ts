/** A pooling search as it stands, made from what lies in its folder: running, cut off, failed and finished ones alike. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EpochMetrics, StepMetrics } from '../../contract/records.ts';
import type { SearchDetail, SearchPicture, SearchTrust, SpaceView } from '../../contract/window/pooling-search.ts';
import type { Project } from '../../store/project.ts';
import { parseJsonLines } from '../../store/json-lines.ts';
import { kendallTau } from '../../train/pooling-search/search-quality.ts';
import { folderPictures } from '../folder-pictures.ts';
import { readEvaluation, readSearchState, readSummary } from './folder.ts';
import { ownAlone, knownAlone, type TrainedAlone } from './alone-view.ts';
import { methodView, type MethodView } from './method-view.ts';
import { spaceView } from './space-view.ts';
import { searchableCardOf } from './configs.ts';
import { storedSearch, type StoredSearch } from './stored.ts';
import { classesOf } from '../train.ts';

/** Share of the past in a running accuracy. */
const RUNNING_DECAY = 0.9;

/** @throws AppError `not-found` */
export async function searchDetail(project: Project, run: string): Promise<SearchDetail> {
  const { name, createdAt, asked } = await storedSearch(project, run);
  const { method, supernets, topK, alone, shared } = asked;
  const space = spaceView(searchableCardOf(alone.model), alone, classesOf(project).length);
  return { name, createdAt, asked: { method, supernets, topK, epochs: shared.epochs, alone }, space };
}

/** Pictures of a search, at first and whenever something in its folder has changed. */
export async function* followSearch(project: Project, run: string, signal: AbortSignal): AsyncGenerator<SearchPicture> {
  const stored = await storedSearch(project, run);
  const { space } = await searchDetail(project, run);
  const known = await knownAlone(project, stored);
  yield* folderPictures(stored.dir, () => pictureOf(stored, space, known), signal);
}

async function pictureOf(
  stored: StoredSearch,
  space: SpaceView,
  known: readonly TrainedAlone[],
): Promise<SearchPicture> {
  const summary = await readSummary(stored);
  const state = summary === null ? await readSearchState(stored) : { status: 'finished' as const, error: null };
  const records = await sharedRecords(stored.dir);
  const evaluation = await readEvaluation(stored);
  const method = await methodView(stored, space);
  const alone = await ownAlone(stored, space);
  const all = [...alone, ...known];
  const evaluated = table(space, method.supernets, (c, m) => evaluation.accuracies[`${c}/${m}`] ?? null);
  const epochs = records.filter((record) => record.kind === 'epoch');
  const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0);
  const spent = {
    passes: method.passes + evaluation.passes + sum(alone.map(({ passes }) => passes)),
    seconds: sum(epochs.map(({ seconds }) => seconds)) + evaluation.seconds + sum(alone.map(({ seconds }) => seconds)),
  };
  return {
    ...state,
    epochs,
    ...stepTables(
      space,
      method.supernets,
      records.filter((record) => record.kind === 'step'),
    ),
    ...{ assignment: method.assignment, scores: method.scores, scoresAre: method.scoresAre },
    ...{ temperature: method.temperature, evaluated, summary },
    alone: all.map(({ passes: _passes, seconds: _seconds, ...network }) => network),
    trust: trustOf(evaluated, method, all),
    cost: spent,
    bruteForce: bruteForceOf(space, alone),
  };
}

async function sharedRecords(dir: string): Promise<(StepMetrics | EpochMetrics)[]> {
  const file = path.join(dir, 'shared', 'metrics.jsonl');
  if (!existsSync(file)) return [];
  const text = await readFile(file, 'utf8');
  return parseJsonLines(text.slice(0, text.lastIndexOf('\n') + 1), file) as (StepMetrics | EpochMetrics)[];
}

function table<T>({ configurations }: SpaceView, supernets: number, of: (c: number, m: number) => T): T[][] {
  return configurations.map((_, c) => Array.from({ length: supernets }, (_unused, m) => of(c, m)));
}

function stepTables(
  space: SpaceView,
  supernets: number,
  steps: readonly StepMetrics[],
): Pick<SearchPicture, 'counts' | 'running'> {
  const counts = table(space, supernets, () => 0);
  const running = table<number | null>(space, supernets, () => null);
  for (const { search } of steps) {
    if (search === undefined) continue;
    const [[c, m], [scoredC, scoredM], accuracy] = [search.trained, search.scored, search.accuracy];
    const trained = counts[c];
    const scored = running[scoredC];
    // A mixture of all configurations is none of them.
    if (trained !== undefined) trained[m]! += 1;
    if (scored === undefined) continue;
    const old = scored[scoredM] ?? accuracy;
    scored[scoredM] = RUNNING_DECAY * old + (1 - RUNNING_DECAY) * accuracy;
  }
  return { counts, running };
}

/** Of each network the best accuracy on shared weights, or the method's own score where it validates none. */
function trustOf(
  evaluated: SearchPicture['evaluated'],
  { scores }: MethodView,
  alone: readonly TrainedAlone[],
): SearchTrust {
  const points = alone.flatMap(({ configuration, validation, done }) => {
    const known = evaluated[configuration]!.filter((accuracy) => accuracy !== null);
    const shared = known.length > 0 ? Math.max(...known) : (scores?.[configuration] ?? null);
    return done && shared !== null && validation !== null ? [{ configuration, shared, alone: validation }] : [];
  });
  const tau = kendallTau(
    points.map(({ shared }) => shared),
    points.map((point) => point.alone),
  );
  return { points, tau, chance: chanceTau(points.length) };
}

/** Kendall (1938): under independence tau has the variance 2 (2n + 5) / (9 n (n - 1)); 1.96 deviations. */
function chanceTau(n: number): number | null {
  return n < 2 ? null : Math.min(1, 1.96 * Math.sqrt((2 * (2 * n + 5)) / (9 * n * (n - 1))));
}

/** All configurations trained alone, by the work that those that were have taken. */
function bruteForceOf({ configurations }: SpaceView, alone: readonly TrainedAlone[]): SearchPicture['bruteForce'] {
  const done = alone.filter((one) => one.done);
  if (done.length === 0) return null;
  const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0);
  const work = sum(done.map(({ configuration }) => configurations[configuration]!.gflops));
  const secondsPerWork = sum(done.map(({ seconds }) => seconds)) / work;
  return {
    passes: Math.round((sum(done.map(({ passes }) => passes)) / done.length) * configurations.length),
    seconds: secondsPerWork * sum(configurations.map(({ gflops }) => gflops)),
  };
}
