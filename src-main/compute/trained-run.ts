import { modelCard } from '../../models/index.ts';
import type { EngineChoice } from '../contract/api.ts';
import type { ResolvedConfig } from '../contract/config.ts';
import { AppError } from '../contract/errors.ts';
import type { EngineInfo, RunManifest, VideoPrediction } from '../contract/records.ts';
import type { ClipSource, ClipVideo } from '../data/clip-source.ts';
import { modelOptions } from '../data/model-options.ts';
import { scoreVideos } from '../data/score-video.ts';
import type { ModelInstance } from '../data/network-passes.ts';
import { variablesFromValues } from '../data/stored-variables.ts';
import { openEngine, type EngineOptions } from '../engine/select.ts';
import { predictVideo } from '../infer/predict-video.ts';
import type { Project } from '../store/project.ts';
import { openRunFolder } from '../store/run-folder.ts';
import type { RunFolder } from '../store/run-folder.ts';
import { withBestNetwork } from './best-network.ts';
import type { JobContext } from '../contract/progress.ts';
import { throwIfAborted } from '../contract/errors.ts';

/** A run with its best network on an engine. */
export type TrainedRun = {
  folder: RunFolder;
  config: ResolvedConfig;
  manifest: RunManifest;
  engine: EngineInfo;
  instance: ModelInstance;
};

/** A run to use; `threads` and `wide` as in the engine's options, the run's own threads unless given. */
type RunChoice = { run: string; engine: EngineChoice } & Pick<EngineOptions, 'threads' | 'wide'>;

/**
 * Opens a run, puts its best network on an engine, and closes both after `use`.
 * @throws AppError `not-found` for an unknown run, `bad-input` for one without a finished epoch, `corrupt`
 */
export async function withTrainedRun<T>(
  project: Project,
  { run, engine: choice, threads, wide = true }: RunChoice,
  use: (trained: TrainedRun) => Promise<T>,
): Promise<T> {
  const folder = await openRunFolder(project.runsDir, run);
  const { config, manifest } = folder;
  const best = await folder.readCheckpoint('best');
  if (best === null)
    throw new AppError('bad-input', `The run ${run} has not finished an epoch, so there is no network to use.`, {
      hint: `Continue it: apexscope train --project '${project.dir}' --run '${run}' --resume`,
    });
  const engine = await openEngine({ engine: choice, threads: threads ?? config.threads, wide });
  try {
    const card = modelCard(config.model);
    const model = card.create(modelOptions(config, manifest.classes.length));
    const variables = variablesFromValues(model, best.tensors, `checkpoint-best of the run ${run}`);
    return await use({ folder, config, manifest, engine: engine.info, instance: { card, model, variables } });
  } finally {
    await engine.close();
    await folder.close();
  }
}

/** {@link withTrainedRun} for a run that has a best network, on an engine that is open already. */
export async function withTrainedRunOn<T>(
  project: Project,
  { run, engine }: { run: string; engine: EngineInfo },
  use: (trained: TrainedRun) => Promise<T>,
): Promise<T> {
  const folder = await openRunFolder(project.runsDir, run);
  const { manifest } = folder;
  try {
    return await withBestNetwork(run, { dir: project.runsDir, classes: manifest.classes }, (instance, config) =>
      use({ folder, config, manifest, engine, instance }),
    );
  } finally {
    await folder.close();
  }
}

/** Predictions in the order of the videos. */
export async function predictVideos(
  { instance, config, manifest }: TrainedRun,
  videos: readonly ClipVideo[],
  clips: ClipSource,
  job: JobContext,
): Promise<VideoPrediction[]> {
  const rule = { ...config, classes: manifest.classes };
  const predictions: VideoPrediction[] = [];
  for await (const { video, scored } of scoreVideos(instance, videos, clips, config)) {
    throwIfAborted(job.signal);
    predictions.push(predictVideo(video, scored, rule));
    job.onProgress?.({ stage: 'predict', done: predictions.length, total: videos.length, detail: video.path });
  }
  return predictions;
}
