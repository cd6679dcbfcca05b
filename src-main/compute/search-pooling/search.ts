/**
 * A pooling search from data to a trained network (algorithms.md 2.4 to 2.6): shared weights, full validation of their
 * paths, the best k and the default trained alone, the best of these on validation as a run that `predict` takes.
 */
import path from 'node:path';
import type { TrainSummary } from '../../contract/api.ts';
import type { PoolingSearchSummary } from '../../contract/pooling-search.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { EngineInfo } from '../../contract/records.ts';
import { openEngine } from '../../engine/select.ts';
import { openProject, ownFolders } from '../../store/project.ts';
import type { Project } from '../../store/project.ts';
import { searchMethod } from '../../train/pooling-search/methods.ts';
import { byFallingScore } from '../../train/pooling-search/search-quality.ts';
import { searchSpace } from '../../train/pooling-search/search-space.ts';
import { requireVideos } from '../../train/training-loop.ts';
import { trainAlone } from './alone.ts';
import { searchConfigs, type SearchConfigs } from './configs.ts';
import { imageData, projectData, type SearchData } from './data.ts';
import {
  findSearchFolder,
  publishWinner,
  readSummary,
  recordingState,
  startSearchFolder,
  writeJson,
} from './folder.ts';
import { searchShared, type SharedSearch } from './shared.ts';
import { summaryOf, trainSummaryOf } from './summary.ts';
import { writeTable } from './table.ts';
import type { Search, SearchOptions } from './setting.ts';

type Place = {
  dir: string;
  runsDir: string;
  dataOf: (configs: SearchConfigs, engine: EngineInfo) => Promise<SearchData>;
  /** Lists the winner among the runs of the project. */
  record: (winner: TrainSummary) => void;
};

/**
 * Searches where a network should pool on the videos of a project, or continues such a search.
 * @throws AppError as `train` does, `bad-config` for a network whose pools have fixed places, `aborted` with the state
 *   saved
 */
export function searchProjectJob(
  project: Project,
  options: SearchOptions,
  job: JobContext = {},
): Promise<PoolingSearchSummary> {
  const { run, versions } = options;
  const dataOf: Place['dataOf'] = ({ alone }, engine) => projectData(project, alone, { run, engine, versions });
  const record: Place['record'] = (summary) => project.recordRun(summary.run, 'trained', summary);
  return runSearch({ dir: project.dir, runsDir: project.runsDir, dataOf, record }, options, job);
}

/** {@link searchProjectJob} on labelled pictures; its runs go to the project folder `out`. */
export function searchImagesJob(options: SearchOptions, job: JobContext = {}): Promise<PoolingSearchSummary> {
  const { runs: runsDir } = ownFolders(options.out);
  const dataOf: Place['dataOf'] = ({ alone }) => imageData(options, alone, job);
  const record: Place['record'] = (summary) => {
    using project = openProject(options.out);
    project.recordRun(summary.run, 'trained', summary);
  };
  return runSearch({ dir: options.out, runsDir, dataOf, record }, options, job);
}

async function runSearch(place: Place, options: SearchOptions, job: JobContext): Promise<PoolingSearchSummary> {
  const configs = searchConfigs(options);
  const asked = askedFor(options, configs);
  const where = {
    dir: path.join(ownFolders(place.dir).searches, options.run),
    name: options.run,
    runsDir: place.runsDir,
  };
  const folder = await findSearchFolder(where, asked, options.resume);
  const finished = await readSummary(folder);
  if (finished !== null) return finished;
  const { threads, precision } = configs.alone;
  const engine = await openEngine({ engine: options.engine, threads, precision });
  try {
    const data = await place.dataOf(configs, engine.info);
    requireVideos({ config: configs.alone, classes: data.classes, trainVideos: data.train, valVideos: data.val });
    await startSearchFolder(folder, asked);
    const space = searchSpace(configs.card.pooling);
    const method = searchMethod(options.method, space, options.supernets);
    const search = { options, configs, data, space, method, folder, engine: engine.info };
    return await recordingState(folder, () => takeSearch(search, place.record, job));
  } finally {
    await engine.close();
  }
}

async function takeSearch(search: Search, record: Place['record'], job: JobContext): Promise<PoolingSearchSummary> {
  const shared = await searchShared(search, job);
  const alone = await trainAlone(search, finalistsOf(search, shared), job);
  await writeTable(search, shared, alone);
  const run = await publishWinner(search.folder, alone.winner.result);
  record(trainSummaryOf(search, alone, run));
  const summary = summaryOf(search, shared, alone, run);
  await writeJson(search.folder, 'summary.json', summary);
  return summary;
}

/**
 * The configurations to train alone, by their index: the first k of the search, then the default, with which a finding has
 * to be compared on equal terms.
 */
function finalistsOf({ method, space, options }: Search, { scores }: SharedSearch): number[] {
  if (method.kind !== 'direct')
    return [...new Set([...byFallingScore(scores!).slice(0, options.topK), space.defaultIndex])];
  return method.finalists === 'all' ? [...space.configurations.keys()] : [space.defaultIndex];
}

/** What decides the numbers; a search is resumed with the same only. */
function askedFor({ method, supernets, topK, images }: SearchOptions, { alone, shared }: SearchConfigs) {
  return { version: 1, method, supernets, topK, images, alone, shared };
}
