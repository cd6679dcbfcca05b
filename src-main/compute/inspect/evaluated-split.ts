import type { EvaluationReport, VideoPrediction } from '../../contract/records.ts';
import { CONFIRMED_NOTE } from '../../contract/window/inspect.ts';
import type { EvaluatedSplit, InspectedRun, LabelNow } from '../../contract/window/inspect.ts';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Project, ProjectVideo } from '../../store/project.ts';
import { openRunFolder, readRunFile, runNames } from '../../store/run-folder.ts';

export type SplitOfRun = { run: string; split: 'val' | 'test' };

/** Runs with a network, in the order in which they were made. */
export async function inspectedRuns(project: Project): Promise<InspectedRun[]> {
  const made = new Map(project.listRuns().map(({ name }, i) => [name, i]));
  const names = (await runNames(project.runsDir)).filter((name) => has(project, name, 'checkpoint-best.json'));
  const runs = await Promise.all(names.map((name) => inspectedRun(project, name)));
  return runs.sort((a, b) => (made.get(a.name) ?? Infinity) - (made.get(b.name) ?? Infinity));
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

export async function readEvaluation(project: Project, { run, split }: SplitOfRun): Promise<EvaluationReport | null> {
  return (await readRunFile(project.runsDir, run, `evaluation-${split}.json`)) as EvaluationReport | null;
}

export async function readPredictions(project: Project, { run, split }: SplitOfRun): Promise<VideoPrediction[] | null> {
  return (await readRunFile(project.runsDir, run, `predictions-${split}.json`)) as VideoPrediction[] | null;
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
  const videos = await videosOfSplit(project, which);
  const confirmed = new Set(
    project.labels.holding().flatMap(({ videoId, note }) => (note === CONFIRMED_NOTE ? [videoId] : [])),
  );
  return videos.map(({ video: { id, label, subject, moment } }) => {
    return { id, label, subject, moment, confirmed: confirmed.has(id) };
  });
}
