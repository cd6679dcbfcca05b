import type { JobContext } from '../contract/progress.ts';
import type { MediaInfo } from '../contract/records.ts';
import { decodeFrames } from './decode.ts';
import { encodeVideo } from './encode.ts';
import type { IndexedSource } from './media-source.ts';

/** Longest side of a proxy: it is for looking, never for training. */
const MAX_SIDE = 960;
const QUALITY = 20;

const CODECS = ['h264', 'vp8', 'vp9', 'av1'];
const CONTAINERS = /\.(mp4|m4v|mov|mkv|webm)$/i;

/** Whether Chromium plays a file of this kind. A browser can still refuse one; then it needs a proxy all the same. */
export function playsInChromium(path: string, { kind, codec }: Pick<MediaInfo, 'kind' | 'codec'>): boolean {
  return kind === 'file' && CODECS.includes(codec) && CONTAINERS.test(path);
}

/** Rate of a proxy: frame i of the video lies at i / rate, whatever its time in the original. */
export function proxyRate({ averageFps }: Pick<MediaInfo, 'averageFps'>): number {
  return averageFps;
}

/**
 * Writes a copy that every player plays: h264, upright, square pixels, no sound, and the same frames one by one, because
 * it is made of those that the frame index counts. It appears under its name only when it is complete.
 * @throws AppError `decode-failed`, `aborted`
 */
export async function writeProxy(source: IndexedSource, file: string, job: JobContext = {}): Promise<void> {
  const { width, height } = evenSize(source.media);
  const frames = decodeFrames(source, { width, height, ...(job.signal && { signal: job.signal }) });
  const fps = proxyRate(source.media);
  await encodeVideo(file, { width, height, fps, codec: 'h264', crf: QUALITY }, picturesOf(frames), job);
}

async function* picturesOf(frames: AsyncIterable<{ rgb: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { rgb } of frames) yield rgb;
}

/** h264 halves its colours, so both sides are even. */
function evenSize({ width, height }: Pick<MediaInfo, 'width' | 'height'>): { width: number; height: number } {
  const factor = Math.min(1, MAX_SIDE / Math.max(width, height));
  const even = (side: number) => Math.max(2, 2 * Math.round((side * factor) / 2));
  return { width: even(width), height: even(height) };
}
