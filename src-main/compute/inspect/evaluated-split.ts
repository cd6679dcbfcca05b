import type { EvaluationReport, VideoPrediction } from '../../contract/records.ts';
import { CONFIRMED_NOTE } from '../../contract/window/inspect.ts';
import type { EvaluatedSplit, InspectedRun, LabelNow } from '../../contract/window/inspect.ts';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Project, ProjectVideo } from '../../store/project.ts';
import { openRunFolder, readRunFile, runNames } from '../../store/run-folder.ts';

export type SplitOfRun = { run: string; split: 'val' | 'test' };

/** Runs with a network, in the order in which they were made; those that cannot be read are left out. */
export async function inspectedRuns(project: Project): Promise<InspectedRun[]> {
  const made = new Map(project.listRuns().map(({ name }, i) => [name, i]));
  const names = (await runNames(project.runsDir)).filter((name) => has(project, name, 'checkpoint-best.json'));
  const runs = await Promise.all(names.map((name) => inspectedRun(project, name).catch(() => null)));
  return runs
    .filter((run) => run !== null)
    .sort((a, b) => (made.get(a.name) ?? Infinity) - (made.get(b.name) ?? Infinity));
}

async function inspectedRun(project: Project, name: string): Promise<InspectedRun> {
  const { config } = await openRunFolder(project.runsDir, name);
  const { model, pooling, gamma } = config;
  const evaluated = (['test', 'val'] as const).filter((split) => has(project, name, `predictions-${split}.json`));
  return { name, model, pooling, gamma, evaluated };
}

function has(project: Project, run: string, file: string): boolean {
  return existsSync(path.join(project.runsDir, run, file));
}

/** Ids of evaluated videos by the file that lists them: large, and read once as long as it stays as it is. */
const orders = new Map<string, { stamp: string; ids: Promise<string[]> }>();

export async function readEvaluation(project: Project, { run, split }: SplitOfRun): Promise<EvaluationReport | null> {
  return (await readRunFile(project.runsDir, run, `evaluation-${split}.json`)) as EvaluationReport | null;
}

export function readPredictions(project: Project, which: SplitOfRun): Promise<VideoPrediction[] | null> {
  const file = predictionsFile(project, which);
  const reading = readRunFile(project.runsDir, which.run, path.basename(file)) as Promise<VideoPrediction[] | null>;
  const ids = reading.then((all) => (all ?? []).map(({ videoId }) => videoId));
  ids.catch(() => orders.delete(file));
  orders.set(file, { stamp: stampOf(file), ids });
  return reading;
}

function predictionsFile(project: Project, { run, split }: SplitOfRun): string {
  return path.join(project.runsDir, run, `predictions-${split}.json`);
}

/** Changes whenever the file is written anew. */
function stampOf(file: string): string {
  const facts = statSync(file, { throwIfNoEntry: false });
  return facts === undefined ? '' : `${facts.mtimeMs} ${facts.size} ${facts.ino}`;
}

/** What an evaluation stored; null before the first. */
export async function evaluatedSplit(project: Project, which: SplitOfRun): Promise<EvaluatedSplit | null> {
  const [evaluation, predictions] = [await readEvaluation(project, which), await readPredictions(project, which)];
  if (evaluation === null || predictions === null) return null;
  const { config, manifest } = await openRunFolder(project.runsDir, which.run);
  return { run: which.run, config, classes: manifest.classes, engine: manifest.engine, evaluation, predictions };
}

/** Evaluated videos that are still in the project, in the order of the evaluation. */
export async function videosOfSplit(
  project: Project,
  which: SplitOfRun,
): Promise<{ prediction: VideoPrediction; video: ProjectVideo }[]> {
  const videos = new Map(project.listVideos().map((video) => [video.id, video]));
  const predictions = (await readPredictions(project, which)) ?? [];
  return predictions.flatMap((prediction) => {
    const video = videos.get(prediction.videoId);
    return video === undefined ? [] : [{ prediction, video }];
  });
}

/** What people say now of the videos of an evaluation. */
export async function labelsNow(project: Project, which: SplitOfRun): Promise<LabelNow[]> {
  const { view } = project.labels;
  const [order] = await Promise.all([videoOrder(project, which), view.catchUp()]);
  const subjects = new Map(project.videoLines().map(({ id, subject }) => [id, subject]));
  return order.flatMap((id) => {
    const subject = subjects.get(id);
    if (subject === undefined) return [];
    const { label = null, moment = null, note } = view.holdingOf(id) ?? {};
    return [{ id, label, subject, moment, confirmed: note === CONFIRMED_NOTE }];
  });
}

async function videoOrder(project: Project, { run, split }: SplitOfRun): Promise<string[]> {
  const file = predictionsFile(project, { run, split });
  const stamp = stampOf(file);
  const known = orders.get(file);
  if (known?.stamp === stamp) return known.ids;
  await readPredictions(project, { run, split });
  return (await orders.get(file)?.ids) ?? [];
}
