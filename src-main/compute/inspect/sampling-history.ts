import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../contract/errors.ts';
import type { SplitName } from '../../contract/records.ts';
import type { SampledVideo, SamplingHistory } from '../../contract/window/inspect.ts';
import type { Project } from '../../store/project.ts';
import { openRunFolder } from '../../store/run-folder.ts';
import { preparedVideos } from '../prepared-videos.ts';
import { areOtherClips, sampledPositions } from '../sampled-positions.ts';

/** Training videos of a run whose draws were recorded. */
export async function sampledVideos(project: Project, run: string): Promise<SampledVideo[]> {
  const { dir, manifest } = await openRunFolder(project.runsDir, run);
  if (!existsSync(path.join(dir, 'sampling.jsonl'))) return [];
  const train = new Set(manifest.splits.train);
  const videos = project.listVideos().filter(({ id }) => train.has(id));
  return videos.map(({ id, path: place, label }) => ({ id, path: place, label }));
}

/**
 * How clips of one training video were drawn.
 * @throws AppError `not-found` where the run did not draw from it, `bad-input` where its clips are others by now
 */
export async function samplingHistory(project: Project, run: string, videoId: string): Promise<SamplingHistory> {
  const folder = await openRunFolder(project.runsDir, run);
  const records = await folder.readSamplingOf([videoId]);
  if (records.length === 0)
    throw new AppError('not-found', `The run ${run} has drawn no clip of this video yet.`, {
      hint: 'Only training videos are drawn from.',
    });
  const video = project.video(videoId);
  const { videos } = await preparedVideos(project, [video], folder.manifest.classes);
  const positions = videos[0] === undefined ? [] : sampledPositions(videos[0], folder);
  if (areOtherClips(records, positions))
    throw new AppError('bad-input', `${video.path} has other clips than when the run ${run} drew from it.`, {
      hint: 'Its faces were prepared anew, or its labelled moment was changed. A new run draws from it as it is.',
    });
  const { path: place, label, moment, media } = video;
  const shown = { id: videoId, path: place, label, moment, durationSec: media.durationSec };
  return { ...shown, positions, records: records.sort((a, b) => a.epoch - b.epoch) };
}

/** Which set of a run a video is in; null for one that it never saw. */
export async function setOfVideo(project: Project, run: string, videoId: string): Promise<SplitName | null> {
  const { splits } = (await openRunFolder(project.runsDir, run)).manifest;
  const names = ['train', 'val', 'test'] as const;
  return names.find((name) => splits[name].includes(videoId)) ?? null;
}
