/** What the main process asks of the project process besides the rooms of the window. */
import { z } from 'zod';
import { call } from './rpc.ts';
import type { ProjectInfo } from './window/app.ts';
import type { projectRooms } from './window/window-api.ts';

/** Where the file of a video lies, for the media protocol. */
export type MediaFile = { path: string; sizeBytes: number };

const nothing = z.strictObject({});

export const hostRoom = {
  ping: call(nothing).returns<null>(),
  /** Opens a project in place of the one that is open. */
  open: call(z.strictObject({ dir: z.string(), create: z.boolean() })).returns<ProjectInfo>(),
  close: call(nothing).returns<null>(),
  mediaFile: call(z.strictObject({ id: z.string() })).returns<MediaFile>(),
  /** JPEG of the face crop nearest to a frame. */
  face: call(z.strictObject({ id: z.string(), frame: z.int().min(0) })).returns<Uint8Array>(),
};

export type ProjectApi = typeof projectRooms & { host: typeof hostRoom };
