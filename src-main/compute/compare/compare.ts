/**
 * Networks and pooling methods beside each other on the videos of a project: each pair trained with several seeds as an
 * ordinary run of the project and evaluated, and what they reached as one table. Everything finished is kept, so that a
 * comparison goes on where it was stopped or killed, and can be widened by more networks, methods or seeds.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { modelCard } from '../../../models/index.ts';
import type { EngineChoice } from '../../contract/api.ts';
import type { CompareOptions, ComparedRun, CompareSummary, Model } from '../../contract/compare.ts';
import { AppError } from '../../contract/errors.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { EngineInfo } from '../../contract/records.ts';
import { openEngine } from '../../engine/select.ts';
import { renderComparison } from '../../report/compare-page.ts';
import { writeFileAtomic } from '../../store/atomic-write.ts';
import { ownFolders } from '../../store/project.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder, runExists } from '../../store/run-folder.ts';
import { requireVideos } from '../../train/training-loop.ts';
import { comparisonGrid, type ComparisonGrid } from './grid.ts';
import { GridProgress } from './progress.ts';
import { comparedRun, placeOfSeed, refuseOtherRun, type RunSetting } from './runs.ts';
import { sizeSettings } from './sizes.ts';
import { comparedSystems, csvTable, markdownTable } from './table.ts';
import { networkOf } from '../config-network.ts';
import { plannedPasses } from '../planned-passes.ts';
import { refuseOtherData } from '../same-data.ts';
import { classesOf } from '../train.ts';
import type { TrainingPlace } from '../training-executor.ts';
import type { AppVersions } from '../versions.ts';

type Options = CompareOptions & { engine: EngineChoice; versions: AppVersions };

/** Where the table lies; the runs are among those of the project. */
type Comparison = { project: Project; options: Options; grid: ComparisonGrid; engine: EngineInfo; dir: string };

/**
 * Compares, or goes on with it.
 * @throws AppError `bad-config` for settings that do not exist, of other values than those of a run that goes on, or where no
 *   pair can be trained; `bad-input` for names that are taken, for data that changed since, and without prepared videos;
 *   `out-of-memory`; `aborted` with the state saved
 */
export async function compareJob(project: Project, options: Options, job: JobContext = {}): Promise<CompareSummary> {
  const grid = comparisonGrid(options);
  const dir = path.join(ownFolders(project.dir).comparisons, options.run);
  await refuseTaken(project, grid, { dir, resume: options.resume });
  const { threads, precision } = grid.tasks[0]!.config;
  const engine = await openEngine({ engine: options.engine, threads, precision });
  try {
    const comparison = { project, options, grid, engine: engine.info, dir };
    requireMemoryForAll(comparison);
    return await compareAll(comparison, job);
  } finally {
    await engine.close();
  }
}

async function compareAll(comparison: Comparison, job: JobContext): Promise<CompareSummary> {
  const { project, options, grid, engine, dir } = comparison;
  const { split, versions } = options;
  const places = await placesOf(comparison);
  for (const { name, seed, config } of grid.tasks) {
    const place = places.get(seed)!;
    await refuseOtherData(project.runsDir, place.manifest(name));
    requireVideos({ ...place, config });
  }
  await mkdir(dir, { recursive: true });
  const progress = new GridProgress(grid.tasks, job);
  const runs: ComparedRun[] = [];
  let summary: CompareSummary | null = null;
  for (const task of grid.tasks) {
    const setting: RunSetting = { project, place: places.get(task.seed)!, split, engine, versions };
    runs.push(await comparedRun(task, setting, progress.of(task)));
    progress.finish(task);
    summary = await writeComparison(comparison, runs);
  }
  return summary!;
}

/** Each seed may divide the videos in its own way. */
async function placesOf({ project, grid, options, engine }: Comparison): Promise<Map<number, TrainingPlace>> {
  const places = new Map<number, TrainingPlace>();
  for (const { seed, config } of grid.tasks)
    if (!places.has(seed)) places.set(seed, await placeOfSeed(project, config, { ...options, engine }));
  return places;
}

async function writeComparison(comparison: Comparison, runs: readonly ComparedRun[]): Promise<CompareSummary> {
  const { project, options, grid, engine, dir } = comparison;
  const { manifest } = await openRunFolder(project.runsDir, runs[0]!.run);
  const labels = labelsOf(project, manifest.splits[options.split]);
  const files = { markdown: 'table.md', csv: 'table.csv', report: 'report.html' };
  const at = (file: string) => path.join(dir, file);
  const summary: CompareSummary = {
    run: options.run,
    split: options.split,
    videos: labels.length,
    largestClass:
      Math.max(...[...Map.groupBy(labels, (label) => label).values()].map(({ length }) => length)) / labels.length,
    systems: comparedSystems(grid.systems, runs, new Set(options.seeds).size),
    refused: grid.refused,
    settings: settingsOf(grid, options),
    engine,
    folder: dir,
    files: { markdown: at(files.markdown), csv: at(files.csv), report: at(files.report) },
    notes: manifest.notes,
  };
  const page = { project: path.basename(project.dir), classes: manifest.classes, summary };
  await writeFileAtomic(at(files.markdown), markdownTable(summary));
  await writeFileAtomic(at(files.csv), csvTable(summary));
  await writeFileAtomic(at(files.report), renderComparison(page));
  await writeFileAtomic(at('summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

function labelsOf(project: Project, ids: readonly string[]): string[] {
  const wanted = new Set(ids);
  return project.listVideos().flatMap(({ id, label }) => (wanted.has(id) && label !== null ? [label] : []));
}

function settingsOf({ systems }: ComparisonGrid, { size, set }: Options): CompareSummary['settings'] {
  const models = [...new Set(systems.map(({ model }) => model))];
  return models.map((model: Model) => ({ model, set: [...sizeSettings(model, size), ...set] }));
}

/** Before anything trains. @throws AppError `out-of-memory` where one video does not fit */
function requireMemoryForAll({ project, grid, engine }: Comparison): void {
  const classes = classesOf(project);
  for (const { config } of grid.tasks)
    plannedPasses(config, networkOf(config, modelCard(config.model), classes), engine);
}

async function refuseTaken(
  project: Project,
  { tasks }: ComparisonGrid,
  { dir, resume }: { dir: string; resume: boolean },
): Promise<void> {
  const begun = tasks.filter(({ name }) => runExists(project.runsDir, name));
  if (!resume && (existsSync(dir) || begun.length > 0))
    throw new AppError('bad-input', `There is a comparison ${path.basename(dir)} already.`, {
      hint: 'Go on with it by --resume, or choose another name with --run.',
    });
  for (const task of begun) await refuseOtherRun(project.runsDir, task);
}
