/**
 * Trainings that do not know of each other: the configurations of a brute-force search, the finalists of any other, seeds,
 * folds. A task is data, so that another executor may send it to another machine; this one works through them here.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { modelCard } from '../../models/index.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import type { JobContext } from '../contract/progress.ts';
import type { EngineInfo, EpochMetrics, RunManifest } from '../contract/records.ts';
import type { ClipSource, ClipVideo } from '../data/clip-source.ts';
import { copyRun } from '../store/copy-run.ts';
import { createRunFolder, openRunFolder, runExists, type RunFolder } from '../store/run-folder.ts';
import { withRecipe, type Recipe } from '../train/augmentation/recipe.ts';
import type { TemporalWeights } from '../train/bilevel-problem.ts';
import { trainRun } from '../train/training-loop.ts';
import { networkOf } from './config-network.ts';
import { plannedPasses } from './planned-passes.ts';
import { refuseOtherData } from './same-data.ts';

/**
 * `name` is that of the run's folder. `recipe`: an augmentation in place of that of the config. `continues`: name of a
 * finished task whose training goes on in this one. `untilEpoch`: where to stop, short of the end of the schedule.
 */
export type TrainingTask = {
  name: string;
  config: ResolvedConfig;
  recipe?: Recipe;
  continues?: string;
  untilEpoch?: number;
};

export const resultSchema = z.strictObject({
  name: z.string(),
  valLoss: z.number(),
  valWar: z.number(),
  valUar: z.number(),
  epochs: z.number(),
  bestEpoch: z.number(),
  stopped: z.enum(['finished', 'early']),
  steps: z.number(),
  passes: z.number(),
  seconds: z.number(),
  /** Videos of a pass at most, where memory held less than a batch. */
  passVideos: z.number().nullable().default(null),
});
export type TrainingResult = z.infer<typeof resultSchema>;

/** Trains all tasks, in any order and anywhere. @returns results in the order of the tasks */
export interface TrainingExecutor {
  train(tasks: readonly TrainingTask[], job: JobContext): Promise<TrainingResult[]>;
}

/** What all tasks have in common. */
export type TrainingPlace = {
  /** Folder of the runs. */
  dir: string;
  classes: readonly string[];
  clips: ClipSource;
  trainVideos: readonly ClipVideo[];
  valVideos: readonly ClipVideo[];
  /** Videos that outer losses are measured on; absent: those of validation. */
  outerVideos?: readonly ClipVideo[];
  /** The bilevel problem of a task; none: the pooling method of its config. */
  problem?: (task: TrainingTask) => TemporalWeights | undefined;
  recordsSampling: boolean;
  /** The open engine, whose memory trainings are fitted to. */
  engine: EngineInfo;
  manifest: (name: string) => RunManifest;
};

/** File of a training's result in its folder. */
export const RESULT = 'result.json';

/**
 * One after another on the open engine. Those that were finished before are read, those begun go on, both only on the data
 * that they began with.
 */
export function queueOnThisMachine(place: TrainingPlace): TrainingExecutor {
  return {
    train: async (tasks, job) => {
      const results: TrainingResult[] = [];
      for (const [i, task] of tasks.entries())
        results.push(await trainOne(place, task, named(job, `train ${task.name} (${i + 1} of ${tasks.length})`)));
      return results;
    },
  };
}

/** Progress under another name of the stage. */
export function named({ signal, onProgress }: JobContext, stage: string): JobContext {
  return {
    ...(signal && { signal }),
    ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, stage }) }),
  };
}

async function trainOne(place: TrainingPlace, task: TrainingTask, job: JobContext): Promise<TrainingResult> {
  const { name, untilEpoch } = task;
  const { config, problem } = solvedAs(place, task);
  await refuseOtherData(place.dir, place.manifest(name));
  const file = path.join(place.dir, name, RESULT);
  if (existsSync(file)) return resultSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  await mkdir(place.dir, { recursive: true });
  const folder = await folderOf(place, task, config);
  try {
    const resumeFrom = await folder.readCheckpoint('last');
    const { classes, clips, trainVideos, valVideos, outerVideos = valVideos, recordsSampling } = place;
    const videos = { trainVideos, valVideos, outerVideos };
    const shared = { config, classes, clips, ...videos, recordsSampling, ...fittedTo(place, config) };
    const run = { ...shared, ...(problem && { problem }), ...(untilEpoch && { untilEpoch }) };
    const trained = await trainRun({ ...run, sink: folder, ...(resumeFrom && { resumeFrom }) }, job);
    const { best, epochs, stopped, passVideos } = trained;
    const { epoch: bestEpoch, ...score } = best;
    const cost = await costOf(folder, valVideos.length);
    const result = { name, ...score, epochs, bestEpoch, stopped, ...cost, passVideos };
    await folder.writeFile(RESULT, `${JSON.stringify(result, null, 2)}\n`);
    return result;
  } finally {
    await folder.close();
  }
}

/** The network of a task, and passes through it that the engine holds. */
function fittedTo({ classes, engine }: TrainingPlace, config: ResolvedConfig) {
  const card = modelCard(config.model);
  return { card, ...plannedPasses(config, networkOf(config, card, classes), engine) };
}

/** Settings of a task with its recipe, and its bilevel problem. */
function solvedAs(place: TrainingPlace, task: TrainingTask): ReturnType<typeof withRecipe> {
  if (task.recipe !== undefined) return withRecipe(task.config, task.recipe);
  const problem = place.problem?.(task);
  return { config: task.config, ...(problem && { problem }) };
}

/** The run of a task: as it was left, grown from another, or new. */
async function folderOf({ dir, manifest }: TrainingPlace, { name, continues }: TrainingTask, config: ResolvedConfig) {
  if (runExists(dir, name)) return openRunFolder(dir, name);
  if (continues === undefined) return createRunFolder(dir, name, { config, manifest: manifest(name) });
  await copyRun({ runsDir: dir, name: continues }, { runsDir: dir, name }, [RESULT]);
  return openRunFolder(dir, name);
}

/** Steps are a forward and a backward pass each; validation is a forward pass for each video. */
async function costOf(
  folder: RunFolder,
  valVideos: number,
): Promise<Pick<TrainingResult, 'steps' | 'passes' | 'seconds'>> {
  const records = await folder.readMetrics();
  const epochs = records.filter((record): record is EpochMetrics => record.kind === 'epoch');
  const steps = records.filter(({ kind }) => kind === 'step').length;
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return { steps, passes: 2 * steps + valVideos * epochs.length, seconds };
}
