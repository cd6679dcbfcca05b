/** Where a network with attention looks in every frame of a video (algorithms.md 1.9). */
import { tidy } from '@tensorflow/tfjs-core';
import type { AttentionMaps, AttentionOptions } from '../../contract/api.ts';
import { AppError, throwIfAborted } from '../../contract/errors.ts';
import type { JobContext } from '../../contract/progress.ts';
import { clipTensor } from '../../data/batches.ts';
import { clipPositions } from '../../data/clip-positions.ts';
import type { ClipVideo } from '../../data/clip-source.ts';
import { networkPasses } from '../../data/network-passes.ts';
import { readPass } from '../../data/score-video.ts';
import type { Project } from '../../store/project.ts';
import { howToPrepare, preparedVideos, projectClips } from '../prepared-videos.ts';
import { withTrainedRun, type TrainedRun } from '../trained-run.ts';

/**
 * Applies the best network of a run to all frames with a face.
 * @throws AppError `bad-input` for a run without attention and a video without prepared faces, `not-found`, `aborted`
 */
export function attentionMaps(
  project: Project,
  { run, videoId, engine }: AttentionOptions,
  job: JobContext = {},
): Promise<AttentionMaps> {
  return withTrainedRun(project, { run, engine }, async (trained) => {
    const video = await videoOf(project, trained, videoId);
    const { config, instance } = trained;
    const passes = networkPasses(instance.card, clipPositions(video, 1), config.cropSize);
    const clips = projectClips(project);
    const frames: AttentionMaps['frames'] = Array.from(video.timesSec, () => null);
    let map = { hops: 0, rows: 0, columns: 0 };
    for (const [i, pass] of passes.entries()) {
      throwIfAborted(job.signal);
      const { shape, values } = await mapsOfPass(trained, await readPass(clips, videoId, pass, config.cropSize));
      map = shape;
      const size = shape.hops * shape.rows * shape.columns;
      for (let row = 0; row < pass.keep.rows; row++) {
        const at = (pass.keep.from + row) * size;
        frames[pass.stretch.start + pass.keep.from + row] = values.slice(at, at + size);
      }
      job.onProgress?.({ stage: 'attention', done: i + 1, total: passes.length, detail: video.path });
    }
    return { run, videoId, ...map, frames };
  });
}

type PassMaps = { shape: Pick<AttentionMaps, 'hops' | 'rows' | 'columns'>; values: Float32Array };

async function mapsOfPass(
  { instance: { model, variables } }: TrainedRun,
  batch: Parameters<typeof clipTensor>[0],
): Promise<PassMaps> {
  const maps = tidy(() => model.attentionMaps!(variables, clipTensor(batch, null)));
  try {
    const [, , hops, rows, columns] = maps.shape;
    return { shape: { hops, rows, columns }, values: (await maps.data()) as Float32Array };
  } finally {
    maps.dispose();
  }
}

async function videoOf(
  project: Project,
  { instance, manifest, config }: TrainedRun,
  videoId: string,
): Promise<ClipVideo> {
  if (instance.model.attentionMaps === undefined)
    throw new AppError('bad-input', `The run ${manifest.name} has no attention: ${config.model} weighs no places.`, {
      hint: 'Train a run with --set model=spatial-attention.',
    });
  const wanted = project.listVideos().filter(({ id }) => id === videoId);
  const { videos, unprepared } = await preparedVideos(project, wanted, manifest.classes);
  const video = videos[0];
  if (video !== undefined && video.runs.length > 0) return video;
  if (wanted.length === 0) throw new AppError('not-found', `There is no video ${videoId} in the project.`);
  const [why, hint] =
    unprepared.length > 0
      ? ['is not prepared', howToPrepare(project)]
      : ['shows no face', 'Choose another person of it in the Library, or another video.'];
  throw new AppError('bad-input', `${wanted[0]!.path} ${why}, so there is nothing to look at.`, { hint });
}
