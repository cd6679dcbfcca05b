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
import type { EpochMetrics, RunManifest } from '../contract/records.ts';
import type { ClipSource, ClipVideo } from '../data/clip-source.ts';
import { createRunFolder, openRunFolder, runExists, type RunFolder } from '../store/run-folder.ts';
import type { TemporalWeights } from '../train/bilevel-problem.ts';
import { trainRun } from '../train/training-loop.ts';

/** `name` is that of the run's folder. */
export type TrainingTask = { name: string; config: ResolvedConfig };

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
  manifest: (name: string) => RunManifest;
};

/** File of a training's result in its folder. */
export const RESULT = 'result.json';

/** One after another on the open engine. Those that were finished before are read, those begun go on. */
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

async function trainOne(
  place: TrainingPlace,
  { name, config }: TrainingTask,
  job: JobContext,
): Promise<TrainingResult> {
  const file = path.join(place.dir, name, RESULT);
  if (existsSync(file)) return resultSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  await mkdir(place.dir, { recursive: true });
  const folder = runExists(place.dir, name)
    ? await openRunFolder(place.dir, name)
    : await createRunFolder(place.dir, name, { config, manifest: place.manifest(name) });
  try {
    const resumeFrom = await folder.readCheckpoint('last');
    const { classes, clips, trainVideos, valVideos, outerVideos = valVideos, recordsSampling } = place;
    const videos = { trainVideos, valVideos, outerVideos };
    const problem = place.problem?.({ name, config });
    const shared = { config, classes, clips, ...videos, recordsSampling, card: modelCard(config.model) };
    const run = { ...shared, ...(problem && { problem }) };
    const { best, epochs, stopped } = await trainRun({ ...run, sink: folder, ...(resumeFrom && { resumeFrom }) }, job);
    const { epoch: bestEpoch, ...score } = best;
    const result = { name, ...score, epochs, bestEpoch, stopped, ...(await costOf(folder, valVideos.length)) };
    await folder.writeFile(RESULT, `${JSON.stringify(result, null, 2)}\n`);
    return result;
  } finally {
    await folder.close();
  }
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
