/** A thread that changes clips by a recipe, through the code and the kernels of training, for `clips.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Tensor5D } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import type { ResolvedConfig } from '../../contract/config.ts';
import { CHANNELS, PIXEL_SCALE, type ClipBatch } from '../../data/batches.ts';
import { Rng } from '../../data/rng.ts';
import { openEngine } from '../../engine/select.ts';
import { recipeRenderer } from '../../train/augmentation/recipe-render.ts';
import type { Recipe } from '../../train/augmentation/recipe.ts';

/** `clips` are one batch each; `purpose` names the stream of random numbers of its draws. */
export type ClipsTask = {
  config: ResolvedConfig;
  recipe: Recipe;
  epoch: number;
  seed: number;
  draws: number;
  clips: { purpose: string; batch: ClipBatch }[];
};
/** JPEGs with the frames of a clip side by side. */
export type ClipPictures = { original: Uint8Array; augmented: Uint8Array[] };

const JPEG_QUALITY = 85;

async function drawAll({ config, recipe, epoch, seed, draws, clips }: ClipsTask): Promise<void> {
  const engine = await openEngine({ engine: 'wasm', threads: 1 });
  const { render, dispose } = recipeRenderer(config, recipe, epoch);
  try {
    for (const { purpose, batch } of clips) {
      const rng = new Rng(seed).fork(purpose);
      const augmented: Uint8Array[] = [];
      for (let draw = 0; draw < draws; draw++)
        augmented.push(await strip(await bytesOf(render(batch, rng.fork(String(draw)))), batch.shape));
      const pictures: ClipPictures = { original: await strip(batch.bytes, batch.shape), augmented };
      parentPort?.postMessage(pictures);
    }
  } finally {
    dispose();
    await engine.close();
  }
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

await drawAll(workerData as ClipsTask);
