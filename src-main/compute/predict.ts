import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PredictOptions, PredictSummary } from '../contract/api.ts';
import { toAppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { MediaKind, QuarantineRecord } from '../contract/records.ts';
import { contentHash } from '../media/content-hash.ts';
import { examineVideo } from '../media/examine.ts';
import { openCropPack } from '../store/crop-pack-reader.ts';
import { clipVideoOf, PackClipSource } from '../store/pack-clip-source.ts';
import { videoId } from '../store/project.ts';
import type { Project } from '../store/project.ts';
import { cropSizeOf } from './crop-size.ts';
import { namedVideos } from './named-videos.ts';
import { packPathOf } from './prepare-video.ts';
import { prepareVideos } from './prepare.ts';
import type { PrepareRequest, VideoToPrepare } from './prepare.ts';
import { reasonOf } from './reason-of.ts';
import { predictVideos, withTrainedRun } from './trained-run.ts';

type ExaminedVideo = VideoToPrepare & { timesSec: Float64Array };

/**
 * Labels videos that need not belong to the project, from file to weights: decode, faces, crops, scores. A folder stands
 * for the videos in it. What is not there or cannot be read is listed under `failed` and the rest goes on.
 * @throws AppError `not-found` for a run that is not there, `aborted`
 */
export async function predictJob(
  project: Project,
  options: PredictOptions,
  job: JobContext = {},
): Promise<PredictSummary> {
  const temporary = await mkdtemp(path.join(tmpdir(), 'apexscope-predict-'));
  const folder = options.cropsDir ?? temporary;
  try {
    return await withTrainedRun(project, options, async (trained) => {
      const faces = project.listVideos().some((video) => video.faces === 'auto') ? 'auto' : 'cropped';
      const { videos: named, failed } = await namedVideos(options.videos, job);
      const examined: ExaminedVideo[] = [];
      for (const video of named) {
        const result = await examine(video.path, video.kind, faces, job);
        if ('reason' in result) failed.push(result);
        else {
          options.onExamined?.(result);
          examined.push(result);
        }
      }
      const ready = await prepared(examined, folder, job, { size: await cropSizeOf(project) });
      const clips = new PackClipSource({ packPath: (id) => packPathOf(folder, id) });
      const videos = await predictVideos(trained, ready.videos, clips, job);
      return { videos, failed: [...failed, ...ready.failed] };
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** A video that need not belong to a project, or why it cannot be used. */
export async function examine(
  video: string,
  kind: MediaKind,
  faces: 'auto' | 'cropped',
  job: JobContext,
): Promise<ExaminedVideo | QuarantineRecord> {
  try {
    const { media, index } = await examineVideo({ path: video, kind }, job);
    const hash = await contentHash({ path: video, kind }, job);
    const unknown = {
      label: null,
      subject: null,
      performance: null,
      declaredSplit: null,
      moment: null,
      attributes: {},
    };
    const file = { id: videoId(hash), path: video, kind, sizeBytes: 0, contentHash: hash };
    return { ...unknown, ...file, media, faces, timesSec: index.timesSec };
  } catch (thrown) {
    const failure = toAppError(thrown);
    if (failure.code === 'aborted') throw thrown;
    return { path: video, code: failure.code, reason: reasonOf(failure, video) };
  }
}

/** Writes crop packs into `folder`; the videos that have one, and those that failed. */
export async function prepared(
  videos: readonly ExaminedVideo[],
  folder: string,
  job: JobContext,
  how: Pick<PrepareRequest, 'onDecodeWait' | 'size'> = {},
) {
  const result = await prepareVideos(
    {
      videos: [...new Map(videos.map((video) => [video.id, video])).values()],
      resolvePath: (video) => video.path,
      frameIndex: ({ timesSec }) => ({ timesSec }),
      cropsFolder: folder,
      ...how,
    },
    job,
  );
  const failed = new Map(result.quarantined.map((record) => [record.path, record]));
  const usable = videos.filter(({ path }) => !failed.has(path));
  const opened = usable.map(async (video) => {
    const { index } = await openCropPack(packPathOf(folder, video.id));
    return clipVideoOf(video, index, null);
  });
  return { videos: await Promise.all(opened), failed: result.quarantined };
}
