/** Clips of training videos beside themselves as a recipe changes them. */
import { Worker } from 'node:worker_threads';
import type { ResolvedConfig } from '../../contract/config.ts';
import { AppError } from '../../contract/errors.ts';
import type { AugmentedClip } from '../../contract/window/augmentation.ts';
import { readClips, type ClipBatch } from '../../data/batches.ts';
import { clipPositions } from '../../data/clip-positions.ts';
import type { ClipVideo } from '../../data/clip-source.ts';
import type { Project } from '../../store/project.ts';
import { preparedVideos, projectClips } from '../prepared-videos.ts';
import { classesOf, splitOf } from '../train.ts';
import type { ClipPictures, ClipsTask } from './clips-worker.ts';
import { recipeAtEpoch } from './recipe-at-epoch.ts';
import { recipeOfStored } from './picture.ts';
import { storedAugmentation } from './stored.ts';

export type ClipsRequest = { run: string; epoch: number | null; seed: number; videos: number; draws: number };

/**
 * @param request - `draws` changes of each of `videos` clips; the same seed draws the same whatever the epoch
 * @throws AppError `not-found` before there is a recipe, `aborted`
 */
export async function augmentedClips(
  project: Project,
  { run, epoch, seed, videos: most, draws }: ClipsRequest,
  signal: AbortSignal,
): Promise<AugmentedClip[]> {
  const stored = await storedAugmentation(project, run);
  const recipe = await recipeOfStored(stored);
  if (recipe === null)
    throw new AppError('not-found', `${run} has no recipe yet.`, { hint: 'It comes when the training has ended.' });
  const { config } = stored;
  const videos = await differentVideos(project, config, most);
  const batches = await Promise.all(videos.map((video) => middleClip(project, video, config)));
  const shown = epoch === null ? recipe : recipeAtEpoch(recipe, epoch);
  const clips = videos.map(({ id }, i) => ({ purpose: id, batch: batches[i]! }));
  const task = { config, recipe: shown, epoch: epoch ?? config.epochs, seed, draws, clips };
  const pictures = await drawnInThread(task, signal);
  const classes = classesOf(project);
  return videos.map((video, i) => ({ ...factsOf(video, batches[i]!, classes), ...pictures[i]! }));
}

/** Training videos of other classes and people each as far as there are, the same every time. */
async function differentVideos(project: Project, config: ResolvedConfig, most: number): Promise<ClipVideo[]> {
  const all = project.listVideos();
  const learned = new Set(splitOf(project, all, config).train);
  const own = all.filter(({ id, label }) => learned.has(id) && label !== null);
  const wanted: typeof own = [];
  for (const isNew of [
    (video: (typeof own)[number]) => !wanted.some((one) => one.label === video.label || one.subject === video.subject),
    (video: (typeof own)[number]) => !wanted.some((one) => one.label === video.label),
    (video: (typeof own)[number]) => !wanted.includes(video),
  ])
    for (const video of own) if (wanted.length < most && isNew(video)) wanted.push(video);
  return (await preparedVideos(project, wanted, classesOf(project))).videos;
}

function middleClip(
  project: Project,
  video: ClipVideo,
  { clipFrames: frames, cropSize: size }: ResolvedConfig,
): Promise<ClipBatch> {
  const { starts, realFrames } = clipPositions(video, frames);
  const start = starts[Math.floor(starts.length / 2)]!;
  return readClips(projectClips(project), [{ videoId: video.id, start, realFrames }], { frames, size });
}

function factsOf({ id, label, timesSec, durationSec }: ClipVideo, { shape }: ClipBatch, classes: readonly string[]) {
  const fps = durationSec > 0 ? timesSec.length / durationSec : 25;
  return { videoId: id, label: classes[label ?? -1] ?? null, frames: shape[1], side: shape[2], fps };
}

/** Why a thread: the process that is asked answers all other questions of the window too. */
async function drawnInThread(task: ClipsTask, signal: AbortSignal): Promise<ClipPictures[]> {
  await using worker = new Worker(new URL('./clips-worker.ts', import.meta.url), { workerData: task });
  return await new Promise<ClipPictures[]>((resolve, reject) => {
    const pictures: ClipPictures[] = [];
    worker.on('message', (one: ClipPictures) => pictures.push(one));
    worker.on('error', reject);
    worker.on('exit', () => {
      if (pictures.length === task.clips.length) resolve(pictures);
      else reject(new AppError('aborted', 'Stopped.'));
    });
    signal.addEventListener('abort', () => reject(new AppError('aborted', 'Stopped.')), { once: true });
  });
}
