import type { EvaluateOptions, EvaluateSummary } from '../contract/api.ts';
import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { VideoPrediction } from '../contract/records.ts';
import { Rng } from '../data/rng.ts';
import { shortVideoNotes } from '../data/short-videos.ts';
import { evaluate } from '../infer/evaluate.ts';
import type { Project, ProjectVideo } from '../store/project.ts';
import { judgedData } from './judged-data.ts';
import { howToPrepare, preparedVideos, projectClips } from './prepared-videos.ts';
import { writeReport } from './run-report.ts';
import { trainedEpochs } from './trained-epochs.ts';
import { predictVideos, withTrainedRun } from './trained-run.ts';
import type { TrainedRun } from './trained-run.ts';

/**
 * Scores a run on its validation or test videos; writes `predictions-<split>.json`, `evaluation-<split>.json` and
 * `report.html` into its folder.
 * @throws AppError `bad-input` where the split is empty or its videos have gone
 */
export async function evaluateJob(
  project: Project,
  options: EvaluateOptions,
  job: JobContext = {},
): Promise<EvaluateSummary> {
  return withTrainedRun(project, options, (trained) => evaluateTrained(project, trained, options.split, job));
}

/** {@link evaluateJob} of a run whose network is on an engine. */
export async function evaluateTrained(
  project: Project,
  trained: TrainedRun,
  split: EvaluateOptions['split'],
  job: JobContext,
): Promise<EvaluateSummary> {
  const videos = videosOfSplit(project, trained, split);
  const { videos: prepared } = await preparedVideos(project, videos, trained.manifest.classes);
  requirePacks(prepared, videos, project);
  const predictions = await predictVideos(trained, prepared, projectClips(project), job);
  const { fingerprint, notes } = judgedData(project, trained.manifest, split);
  const figures = evaluate(judgedVideos(predictions, videos), {
    classes: trained.manifest.classes,
    protocol: { ...(await protocolOf(trained, split)), dataFingerprint: fingerprint },
    rng: new Rng(trained.manifest.seed).fork('bootstrap'),
  });
  const short = shortVideoNotes(prepared, { ...trained.config, set: split });
  const evaluation = { ...figures, notes: [...notes, ...short] };
  await trained.folder.writeFile(`predictions-${split}.json`, JSON.stringify(predictions));
  await trained.folder.writeFile(`evaluation-${split}.json`, JSON.stringify(evaluation, null, 2));
  const report = await writeReport(project, trained, { evaluation, predictions, videos });
  return { ...evaluation, report };
}

function videosOfSplit(project: Project, { manifest }: TrainedRun, split: 'val' | 'test'): ProjectVideo[] {
  const ids = new Set(manifest.splits[split]);
  const videos = project.listVideos().filter(({ id, label }) => ids.has(id) && label !== null);
  if (videos.length > 0) return videos;
  throw new AppError('bad-input', `The run ${manifest.name} has no videos in its ${split} split.`, {
    hint: 'Choose the other split, or train with a larger testFraction.',
  });
}

function requirePacks(prepared: readonly unknown[], videos: readonly ProjectVideo[], project: Project): void {
  if (prepared.length === videos.length) return;
  throw new AppError('bad-input', `${videos.length - prepared.length} of ${videos.length} videos are not prepared.`, {
    hint: howToPrepare(project),
  });
}

function judgedVideos(predictions: readonly VideoPrediction[], videos: readonly ProjectVideo[]) {
  return predictions.map((prediction, i) => {
    const { label, subject, moment } = videos[i]!;
    return { prediction, truth: label!, subject, moment };
  });
}

async function protocolOf({ folder, manifest, engine }: TrainedRun, split: 'val' | 'test') {
  const { subjectDisjoint, seed } = manifest;
  const epochs = await trainedEpochs(folder);
  return { split, subjectDisjoint, selectedOn: 'val' as const, epochs, seed, engine: engine.name };
}
