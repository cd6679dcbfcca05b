import { existsSync } from 'node:fs';
import path from 'node:path';
import { modelCard } from '../../models/index.ts';
import type { TrainOptions, TrainSummary } from '../contract/api.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { EngineInfo, EpochMetrics, RunManifest } from '../contract/records.ts';
import type { SupervisionSets } from '../contract/supervision.ts';
import { parseConfig, resolveConfig } from '../data/config-resolution.ts';
import { dataFingerprint } from '../data/manifest.ts';
import { makeSplit } from '../data/splits.ts';
import type { Split } from '../data/splits.ts';
import { asKnown, divideSupervision, withRejections } from '../data/supervision.ts';
import { shortVideoNotes } from '../data/short-videos.ts';
import { withUnlabelled } from '../data/unlabelled-videos.ts';
import { openEngine } from '../engine/select.ts';
import { withFolderLock } from '../store/folder-lock.ts';
import type { Project, ProjectVideo } from '../store/project.ts';
import { createRunFolder, openRunFolder, runExists } from '../store/run-folder.ts';
import type { RunFolder, RunSetup } from '../store/run-folder.ts';
import { withRecipe } from '../train/augmentation/recipe.ts';
import { requireVideos, trainRun } from '../train/training-loop.ts';
import type { TrainResult } from '../train/training-loop.ts';
import type { TrainingRun } from '../train/training-state.ts';
import { networkOf } from './config-network.ts';
import { readInitialWeights } from './initial-weights.ts';
import { rejectedSegments } from './labels/rejected-guesses.ts';
import { readRecipe } from './learn-augmentation/recipe.ts';
import { memoryNotes, plannedPasses } from './planned-passes.ts';
import { requirePoolAt } from './pool-at.ts';
import { packPathOf } from './prepare-video.ts';
import { howToPrepare, preparedVideos, projectClips } from './prepared-videos.ts';
import { recordFailure } from './runs/failed-run.ts';
import { refuseOtherSettings } from './same-settings.ts';
import type { AppVersions } from './versions.ts';

/**
 * Trains a run of a project, or continues one.
 * @throws AppError `bad-config`, `bad-input` (no labelled, prepared videos; a run of that name; another process trains
 *   it), `aborted` with the state saved, and whatever the engine refuses
 */
export async function trainJob(
  project: Project,
  options: TrainOptions & { versions: AppVersions },
  job: JobContext = {},
): Promise<TrainSummary> {
  const existing = options.resume && runExists(project.runsDir, options.run);
  const stored = existing ? await openRunFolder(project.runsDir, options.run) : null;
  if (stored) refuseOtherGiven(stored, options);
  else refuseTakenName(project, options.run);
  const config = stored?.config ?? configOf(options);
  const augmented = await augmentedAs(config);
  const place = { folder: path.join(project.runsDir, options.run), name: `The run ${options.run}` };
  return withFolderLock(place, () => trainOnEngine(project, options, { stored, config, augmented }, job));
}

type Found = { stored: RunFolder | null; config: ResolvedConfig; augmented: ReturnType<typeof withRecipe> };

async function trainOnEngine(
  project: Project,
  options: TrainOptions & { versions: AppVersions },
  { stored, config, augmented }: Found,
  job: JobContext,
): Promise<TrainSummary> {
  const engine = await openEngine({ engine: options.engine, threads: config.threads, precision: config.precision });
  try {
    const facts = { ...options, engine: engine.info };
    const setup: RunSetup = stored ?? { config, manifest: manifestOf(project, config, facts) };
    const training = await checkedTraining(project, setup, { stored, augmented, engine: engine.info });
    const folder = stored ?? (await createRunFolder(project.runsDir, options.run, setup));
    const isNew = stored === null;
    return await trainInFolder(project, folder, { training, engine: engine.info, isNew }, job);
  } finally {
    await engine.close();
  }
}

/** Before an engine is opened, so that the answer is quick. */
function refuseTakenName(project: Project, run: string): void {
  if (!runExists(project.runsDir, run)) return;
  throw new AppError('bad-input', `There is a run ${run} already.`, {
    hint: 'Go on with it by --resume, or choose another name with --run.',
  });
}

/** Settings given with --resume must be those of the run. @throws AppError `bad-config` naming the first that is not */
function refuseOtherGiven(stored: RunFolder, options: TrainOptions): void {
  if (options.set.length === 0 && Object.keys(options.config ?? {}).length === 0) return;
  const hint = 'Leave the settings out to continue the run, or start a new run under another name.';
  refuseOtherSettings(stored, configOf(options), hint);
}

/** Settings of a run as they are used. @throws AppError `bad-config` */
export function configOf({ config, set }: Pick<TrainOptions, 'config' | 'set'>): ResolvedConfig {
  const parsed = parseConfig(config, set);
  requirePoolAt(parsed);
  return resolveConfig(parsed, modelCard(parsed.model));
}

/** Names of the classes in alphabetical order. @throws AppError `bad-input` where there are not two */
export function classesOf(project: Project): string[] {
  const classes = [...new Set(project.listVideos().flatMap(({ label }) => label ?? []))].sort();
  if (classes.length >= 2) return classes;
  throw new AppError('bad-input', `Training needs videos of two classes, the project has ${classes.length}.`, {
    hint: 'Label videos in the Label tab, or import videos with labels.',
  });
}

type RunFacts = { run: string; engine: EngineInfo; versions: AppVersions };

/** What makes a run of a project: its videos, how they are divided, and the versions. */
export function manifestOf(project: Project, config: ResolvedConfig, facts: RunFacts): RunManifest {
  const videos = project.listVideos();
  const split = splitOf(project, videos, config);
  const { train, val, test } = split;
  const supervision = supervisionIn(videos, split, config);
  const rejectedGuesses = supervision ? rejectedSegments(project, [...supervision.label, ...supervision.none]) : [];
  return {
    name: facts.run,
    createdAt: new Date().toISOString(),
    apexscopeVersion: facts.versions.apexscope,
    nodeVersion: facts.versions.node,
    engine: facts.engine,
    seed: config.seed,
    classes: classesOf(project),
    dataFingerprint: dataFingerprint(videos, split),
    subjectDisjoint: split.subjectDisjoint,
    notes: [...split.notes, ...supervisionNotes(videos, split, { config, supervision })],
    splits: { train, val, test },
    ...(supervision && { supervision }),
    ...(rejectedGuesses.length > 0 && { rejectedGuesses }),
  };
}

function supervisionIn(
  videos: readonly ProjectVideo[],
  { train }: Split,
  config: ResolvedConfig,
): SupervisionSets | undefined {
  if (config.labels !== 'semi-weak') return undefined;
  const ids = new Set(train);
  const trained = videos.filter(({ id }) => ids.has(id));
  return divideSupervision(trained, config.semiWeak, config.seed);
}

function supervisionNotes(
  videos: readonly ProjectVideo[],
  { train }: Split,
  { config, supervision }: { config: ResolvedConfig; supervision: SupervisionSets | undefined },
): string[] {
  if (supervision) {
    const { moment, label, none } = supervision;
    return [
      `Of the training videos ${moment.length} have a moment to learn from, ${label.length} a label only, ${none.length} nothing.`,
    ];
  }
  if (config.labels !== 'moments') return [];
  const ids = new Set(train);
  const known = videos.filter(({ id, moment }) => ids.has(id) && moment !== null).length;
  return [`Of the training videos ${known} have a moment to learn from, ${train.length - known} a label only.`];
}

/** Divides the prepared videos. @throws AppError `bad-input` where none is prepared, `bad-config` where none validates */
export function splitOf(project: Project, videos: readonly ProjectVideo[], config: ResolvedConfig): Split {
  const ready = videos.filter(({ id }) => existsSync(packPathOf(project.cropsDir, id)));
  if (ready.length === 0)
    throw new AppError('bad-input', `None of the ${videos.length} videos of the project is prepared.`, {
      hint: howToPrepare(project),
    });
  const split = config.labels === 'semi-weak' ? splitWithUnlabelled(project, ready, config) : makeSplit(ready, config);
  if (split.val.length === 0)
    throw new AppError('bad-config', `valFraction: no video is left for validation, found ${config.valFraction}.`, {
      hint: 'Set valFraction to 0.2 or so: validation chooses the epoch whose network is kept.',
    });
  const unprepared = videos.length - ready.length;
  const note = `${unprepared} videos without a crop pack were left out`;
  return unprepared > 0 ? { ...split, notes: [...split.notes, note] } : split;
}

/** Videos that somebody rejected take no part. */
function splitWithUnlabelled(project: Project, ready: readonly ProjectVideo[], config: ResolvedConfig): Split {
  const rejected = new Set(project.labels.holding().flatMap(({ videoId, rejected: is }) => (is ? [videoId] : [])));
  const usable = ready.filter(({ id }) => !rejected.has(id));
  return withUnlabelled(makeSplit(usable, config), usable);
}

/** All of a run but its folder: what can be refused is refused here, before anything is written. */
async function checkedTraining(
  project: Project,
  { config, manifest }: RunSetup,
  { stored, augmented, engine }: Omit<Found, 'config'> & { engine: EngineInfo },
): Promise<Omit<TrainingRun, 'sink'>> {
  const card = modelCard(config.model);
  const network = networkOf(config, card, manifest.classes);
  const passes = plannedPasses(config, network, engine);
  const resumeFrom = (await stored?.readCheckpoint('last')) ?? null;
  const weights =
    config.initialWeights && resumeFrom === null ? await readInitialWeights(config.initialWeights, network) : null;
  const training = {
    ...augmented,
    classes: manifest.classes,
    card,
    trainVideos: await videosOfSet(project, manifest, 'train'),
    valVideos: await videosOfSet(project, manifest, 'val'),
    clips: projectClips(project),
    ...(resumeFrom === null ? {} : { resumeFrom }),
    ...(weights === null ? {} : { initialise: weights.initialise }),
    ...passes,
  };
  requireVideos(training);
  return training;
}

/** `isNew`: the folder was made in this call. */
type Begun = { training: Omit<TrainingRun, 'sink'>; engine: EngineInfo; isNew: boolean };

async function trainInFolder(
  project: Project,
  folder: RunFolder,
  { training, engine, isNew }: Begun,
  job: JobContext,
): Promise<TrainSummary> {
  const startMs = performance.now();
  const { config, manifest } = folder;
  const summaryOf = async (result: TrainResult): Promise<TrainSummary> => ({
    run: manifest.name,
    folder: folder.dir,
    engine,
    epochs: result.epochs,
    bestEpoch: result.best.epoch,
    valLoss: result.best.valLoss,
    valWar: result.best.valWar,
    valUar: result.best.valUar,
    stopped: result.stopped,
    seconds: await secondsOf(folder, (performance.now() - startMs) / 1000),
    resumedFromEpoch: result.resumedFromEpoch,
    notes: [
      ...manifest.notes,
      ...shortVideoNotes(training.trainVideos, { ...config, set: 'training' }),
      ...memoryNotes(config, result),
    ],
  });
  try {
    project.recordRun(manifest.name, 'training', null);
    const result = await trainInto(folder, training, job);
    const summary = await summaryOf(result);
    project.recordRun(manifest.name, 'trained', summary);
    return summary;
  } catch (error) {
    await recordFailure(project, manifest.name, { error, isNew });
    throw error;
  }
}

async function trainInto(folder: RunFolder, training: Omit<TrainingRun, 'sink'>, job: JobContext) {
  try {
    return await trainRun({ ...training, sink: folder }, job);
  } finally {
    await folder.close();
  }
}

/** Settings and problem of a run with the recipe that it names. */
async function augmentedAs(config: ResolvedConfig): Promise<ReturnType<typeof withRecipe>> {
  return config.recipe === undefined ? { config } : withRecipe(config, await readRecipe(config.recipe));
}

/** Prepared videos of a set; those of training with no more than the run may know of them. */
export async function videosOfSet(
  project: Project,
  { splits, classes, supervision, rejectedGuesses = [] }: RunManifest,
  split: 'train' | 'val',
) {
  const ids = new Set(splits[split]);
  const { videos } = await preparedVideos(
    project,
    project.listVideos().filter(({ id }) => ids.has(id)),
    classes,
  );
  if (split !== 'train' || supervision === undefined) return videos;
  return videos.map((video) => withRejections(asKnown(video, supervision), rejectedGuesses, classes));
}

/** Time of all epochs, those before an interruption too. */
async function secondsOf(folder: RunFolder, atLeast: number): Promise<number> {
  const records = await folder.readMetrics();
  const epochs = records.filter((record): record is EpochMetrics => record.kind === 'epoch');
  return Math.max(
    atLeast,
    epochs.reduce((sum, { seconds }) => sum + seconds, 0),
  );
}
