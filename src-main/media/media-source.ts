import type { FrameIndex, MediaInfo, MediaKind } from '../contract/records.ts';

/** Frame rate given to folders of numbered frames, which carry no times; that of DFEW and FERV39k clips. */
export const DEFAULT_FRAMES_FPS = 25;

/** A video on disk: one file, or a folder of numbered frames. `framesFps` is used by folders only. */
export type MediaSource = { path: string; kind: MediaKind; framesFps?: number };

/** A video whose frames can be addressed: see `examineVideo`. */
export type IndexedSource = MediaSource & { media: MediaInfo; index: FrameIndex };

/** One decoded picture, upright: `rgb` is u8 [h,w,c] with c = 3, a buffer of its own unless `reuse` was asked. */
export type DecodedFrame = { frame: number; timeSec: number; width: number; height: number; rgb: Uint8Array };
