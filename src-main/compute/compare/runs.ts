/** One run of a comparison: trained and evaluated as any run of the project, unless that was done before. */
import path from 'node:path';
import type { TrainSummary } from '../../contract/api.ts';
import type { ComparedRun } from '../../contract/compare.ts';
import type { ResolvedConfig } from '../../contract/config.ts';
import { throwIfAborted } from '../../contract/errors.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { EngineInfo, EvaluationReport } from '../../contract/records.ts';
import { unfinishedRun } from '../../contract/unfinished-run.ts';
import { shortVideoNotes } from '../../data/short-videos.ts';
import { withFolderLock } from '../../store/folder-lock.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder, readRunFile, runExists } from '../../store/run-folder.ts';
import type { ComparedTask } from './grid.ts';
import { evaluateTrained } from '../evaluate.ts';
import { projectClips } from '../prepared-videos.ts';
import { memoryNotes } from '../planned-passes.ts';
import { recordFailure } from '../runs/failed-run.ts';
import { refuseOtherSettings } from '../same-settings.ts';
import { manifestOf, videosOfSet } from '../train.ts';
import { withTrainedRunOn } from '../trained-run.ts';
import { queueOnThisMachine, type TrainingPlace, type TrainingResult } from '../training-executor.ts';
import type { AppVersions } from '../versions.ts';

export type RunSetting = {
  project: Project;
  place: TrainingPlace;
  split: 'val' | 'test';
  engine: EngineInfo;
  versions: AppVersions;
};

/** What the runs of one seed have in common: the videos and how they are divided. */
export async function placeOfSeed(
  project: Project,
  config: ResolvedConfig,
  facts: { engine: EngineInfo; versions: AppVersions; run: string },
): Promise<TrainingPlace> {
  const manifest = manifestOf(project, config, facts);
  return {
    dir: project.runsDir,
    classes: manifest.classes,
    clips: projectClips(project),
    trainVideos: await videosOfSet(project, manifest, 'train'),
    valVideos: await videosOfSet(project, manifest, 'val'),
    recordsSampling: true,
    engine: facts.engine,
    manifest: (name) => ({ ...manifest, name, createdAt: new Date().toISOString() }),
  };
}

/** @throws AppError `bad-config` where a run of the name of a task has other settings */
export async function refuseOtherRun(dir: string, { name, config }: ComparedTask): Promise<void> {
  const folder = await openRunFolder(dir, name);
  await folder.close();
  const hint = 'Repeat the settings of the comparison, or start a new one under another name with --run.';
  refuseOtherSettings(folder, config, hint);
}

/**
 * @throws AppError `aborted` with the state saved, `bad-input` while another process trains the run, `bad-config` where
 *   somebody made one of its name with other settings meanwhile, and what training and evaluation refuse
 */
export async function comparedRun(task: ComparedTask, setting: RunSetting, job: JobContext): Promise<ComparedRun> {
  throwIfAborted(job.signal);
  const place = { folder: path.join(setting.place.dir, task.name), name: `The run ${task.name}` };
  const result = await withFolderLock(place, () => trained(task, setting, job));
  const { war, uar, localisation } = await evaluated(task, setting, job);
  const { epochs, bestEpoch, seconds } = result;
  const figures = localisation && {
    pointing: localisation.pointing,
    mass: localisation.mass,
    uniform: localisation.uniform,
  };
  const reached = { war, uar, bestEpoch, epochs, seconds, localisation: figures ?? null };
  return { ...task.system, run: task.name, seed: task.seed, ...reached };
}

async function trained(
  task: ComparedTask,
  { project, place, engine }: RunSetting,
  job: JobContext,
): Promise<TrainingResult> {
  const { name } = task;
  const isNew = !runExists(place.dir, name);
  if (!isNew) await refuseOtherRun(place.dir, task);
  try {
    project.recordRun(name, 'training', null);
    const [result] = await queueOnThisMachine(place).train([task], job);
    project.recordRun(name, 'trained', summaryOf(task, result!, { place, engine }));
    return result!;
  } catch (error) {
    await recordFailure(project, name, { error, isNew });
    throw error;
  }
}

function summaryOf(
  { config }: ComparedTask,
  { name, passVideos, ...result }: TrainingResult,
  { place, engine }: Pick<RunSetting, 'place' | 'engine'>,
): TrainSummary {
  const { valLoss, valWar, valUar, epochs, bestEpoch, stopped, seconds } = result;
  const short = shortVideoNotes(place.trainVideos, { ...config, set: 'training' });
  const notes = [...place.manifest(name).notes, ...short, ...memoryNotes(config, { passVideos })];
  const figures = { valLoss, valWar, valUar, epochs, bestEpoch, stopped, seconds };
  return { run: name, folder: path.join(place.dir, name), engine, ...figures, resumedFromEpoch: null, notes };
}

async function evaluated(
  { name }: ComparedTask,
  { project, split, engine }: RunSetting,
  job: JobContext,
): Promise<Pick<EvaluationReport, 'war' | 'uar' | 'localisation'>> {
  const done = (await readRunFile(project.runsDir, name, `evaluation-${split}.json`)) as EvaluationReport | null;
  if (done !== null && unfinishedRun(done.protocol) === null) return done;
  return withTrainedRunOn(project, { run: name, engine }, (run) => evaluateTrained(project, run, split, job));
}
