import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { JobContext } from '../contract/progress.ts';
import type { SampleClip } from './plan-sample.ts';
import { SAMPLE_FPS } from './plan-sample.ts';
import type { RenderOptions } from './render-clip.ts';
import { renderClip, SAMPLE_SIZE } from './render-clip.ts';

/** Writes rgb24 frames to a video file; `encodeVideo` of src-main/media is one. */
export type EncodeFrames = (
  file: string,
  options: { width: number; height: number; fps: number; codec: 'h264' },
  frames: Iterable<Uint8Array>,
  job: JobContext,
) => Promise<void>;

export type WriteOptions = RenderOptions & {
  /** Folder of `labels.csv`; made if missing, with the folders of the video. */
  folder: string;
  encode: EncodeFrames;
};

/** Draws a video and writes it to its place under `folder`. */
export async function writeClip(clip: SampleClip, options: WriteOptions, job: JobContext = {}): Promise<void> {
  const { folder, encode, size = SAMPLE_SIZE } = options;
  const file = path.join(folder, clip.path);
  await mkdir(path.dirname(file), { recursive: true });
  const video = { width: size, height: size, fps: SAMPLE_FPS, codec: 'h264' } as const;
  await encode(file, video, renderClip(clip, options), job);
}
