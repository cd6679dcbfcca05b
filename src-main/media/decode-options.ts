import type { MediaInfo } from '../contract/records.ts';
import type { MediaTool } from './binaries.ts';
import { INPUT_GUARD } from './ffmpeg-process.ts';

/** Both passes over a video, for times and for pictures, decode with these, so that they give the same frames. */
export const INPUT_OPTIONS: readonly string[] = [...INPUT_GUARD, '-noautorotate'];

/** The first video stream that is not a cover picture. */
export const VIDEO_STREAM: readonly string[] = ['-map', '0:V:0'];

/** From libavutil 58 on, which is ffmpeg 6.0. The option was renamed within 57 (ffmpeg 5.1), where both names work. */
const RENAMED = 58_000;

/** Every decoded frame exactly once. */
export function frameTiming({ libavutil }: Pick<MediaTool, 'libavutil'>): readonly string[] {
  return libavutil >= RENAMED ? ['-fps_mode', 'passthrough'] : ['-vsync', '0'];
}

export type Size = { width: number; height: number };
export type SizeLimits = { maxSide?: number | undefined; width?: number | undefined; height?: number | undefined };

/** Size of decoded pictures: the given one, else as shown, shrunk until no side exceeds `maxSide`; never enlarged. */
export function outputSize(shown: Size, { maxSide, width, height }: SizeLimits): Size {
  if (width !== undefined && height !== undefined) return { width, height };
  const factor = Math.min(1, (maxSide ?? Infinity) / Math.max(shown.width, shown.height));
  const scaled = (side: number) => Math.max(1, Math.round(side * factor));
  return { width: scaled(shown.width), height: scaled(shown.height) };
}

export type PixelFormat = 'rgb24' | 'yuv420p';

/** Filters that turn decoded pictures upright, give them square pixels and `size`, and make them of a format. */
export function pictureFilters(
  { rotation }: Pick<MediaInfo, 'rotation'>,
  { width, height }: Size,
  format: PixelFormat = 'rgb24',
): string {
  const [w, h] = rotation % 180 === 90 ? [height, width] : [width, height];
  const turn: Record<number, string[]> = {
    90: ['transpose=clock'],
    180: ['hflip', 'vflip'],
    270: ['transpose=cclock'],
  };
  return [`scale=${w}:${h}`, `format=${format}`, ...(turn[rotation] ?? [])].join(',');
}
