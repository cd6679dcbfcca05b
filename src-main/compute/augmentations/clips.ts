/** Clips of training videos beside themselves as a recipe changes them, through the code that training uses. */
import { setImmediate as pause } from 'node:timers/promises';
import type { Tensor5D } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { AppError, throwIfAborted } from '../../contract/errors.ts';
import type { AugmentedClip } from '../../contract/window/augmentation.ts';
import { CHANNELS, PIXEL_SCALE, readClips, type ClipBatch } from '../../data/batches.ts';
import { clipPositions } from '../../data/clip-positions.ts';
import type { ClipVideo } from '../../data/clip-source.ts';
import { Rng } from '../../data/rng.ts';
import { openReferenceBackend } from '../../engine/reference.ts';
import type { Project } from '../../store/project.ts';
import type { Render } from '../../train/augmentation/frozen-answers.ts';
import { recipeRenderer } from '../../train/augmentation/recipe-render.ts';
import { preparedVideos, projectClips } from '../prepared-videos.ts';
import { classesOf, splitOf } from '../train.ts';
import { recipeAtEpoch } from './recipe-at-epoch.ts';
import { recipeOfStored } from './picture.ts';
import { storedAugmentation } from './stored.ts';

const JPEG_QUALITY = 85;

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
  await openReferenceBackend();
  const shown = epoch === null ? recipe : recipeAtEpoch(recipe, epoch);
  const { render, dispose } = recipeRenderer(config, shown, epoch ?? config.epochs);
  try {
    const clips: AugmentedClip[] = [];
    for (const video of await differentVideos(project, config, most)) {
      throwIfAborted(signal);
      const batch = await middleClip(project, video, config);
      const rng = new Rng(seed).fork(video.id);
      clips.push(await drawnClip(video, batch, { render, rng, draws, classes: classesOf(project) }));
    }
    return clips;
  } finally {
    dispose();
  }
}

type Config = Parameters<typeof splitOf>[2];

/** Training videos of as many classes as there are, the same every time. */
async function differentVideos(project: Project, config: Config, most: number): Promise<ClipVideo[]> {
  const all = project.listVideos();
  const learned = new Set(splitOf(project, all, config).train);
  const own = all.filter(({ id, label }) => learned.has(id) && label !== null);
  const firsts = own.filter(({ label }, i) => own.findIndex((one) => one.label === label) === i);
  const wanted = [...new Set([...firsts, ...own])].slice(0, most);
  return (await preparedVideos(project, wanted, classesOf(project))).videos;
}

function middleClip(project: Project, video: ClipVideo, { clipFrames: frames, cropSize: size }: Config) {
  const { starts, realFrames } = clipPositions(video, frames);
  const start = starts[Math.floor(starts.length / 2)]!;
  return readClips(projectClips(project), [{ videoId: video.id, start, realFrames }], { frames, size });
}

type Drawing = { render: Render; rng: Rng; draws: number; classes: readonly string[] };

async function drawnClip(
  video: ClipVideo,
  batch: ClipBatch,
  { render, rng, draws, classes }: Drawing,
): Promise<AugmentedClip> {
  const [, frames, side] = batch.shape;
  const augmented: Uint8Array[] = [];
  for (let draw = 0; draw < draws; draw++) {
    augmented.push(await strip(await bytesOf(render(batch, rng.fork(String(draw)))), batch.shape));
    // Why: the process that draws answers all other questions of the window too.
    await pause();
  }
  return {
    ...{ videoId: video.id, label: video.label === null ? null : (classes[video.label] ?? null), frames, side },
    ...{ fps: framesPerSecond(video), original: await strip(batch.bytes, batch.shape), augmented },
  };
}

function framesPerSecond({ timesSec, durationSec }: ClipVideo): number {
  return durationSec > 0 ? timesSec.length / durationSec : 25;
}

/** Pixels of what a network sees, brought back to bytes. */
async function bytesOf(clips: Tensor5D): Promise<Uint8Array> {
  try {
    const values = await clips.data();
    const [mean, deviation] = [PIXEL_SCALE.mean[0]!, PIXEL_SCALE.deviation[0]!];
    return Uint8Array.from(values, (v) => Math.min(255, Math.max(0, Math.round(255 * (v * deviation + mean)))));
  } finally {
    clips.dispose();
  }
}

/** Frames [1,t,h,w,c] side by side as a JPEG. */
async function strip(bytes: Uint8Array, [, t, h, w]: ClipBatch['shape']): Promise<Uint8Array> {
  const row = w * CHANNELS;
  const wide = new Uint8Array(bytes.length);
  for (let frame = 0; frame < t; frame++)
    for (let y = 0; y < h; y++) {
      const from = (frame * h + y) * row;
      wide.set(bytes.subarray(from, from + row), (y * t + frame) * row);
    }
  const raw = { width: t * w, height: h, channels: 3 as const };
  return new Uint8Array(await sharp(wide, { raw }).jpeg({ quality: JPEG_QUALITY }).toBuffer());
}
