/** The Settings tab, as far as it concerns the open project, and its history for undoing. Served by the project process. */
import { z } from 'zod';
import { call } from '../rpc.ts';
import { nothing, shortText } from './limits.ts';

type FolderSize = { files: number; bytes: number };
export type CacheSize = { crops: FolderSize; runs: FolderSize; pictures: FolderSize };

/**
 * A call that changes what people said of videos. Only these can stand in a history, so that a project folder from
 * somebody else can make the program do nothing but that.
 */
const storedCall = z.strictObject({
  name: z
    .string()
    .max(100)
    .regex(/^(library|label)\.[a-zA-Z]+$/),
  input: z.unknown(),
});
export type StoredCall = z.infer<typeof storedCall>;

const undoStep = z.strictObject({ title: shortText, undo: storedCall, redo: storedCall });
/** Something that was done: `undo` and `redo` are calls, so that they can be stored and made after a restart. */
export type UndoStep = z.infer<typeof undoStep>;

export const undoHistorySchema = z.strictObject({
  done: z.array(undoStep).max(500),
  undone: z.array(undoStep).max(500),
});
export type UndoHistory = { readonly done: readonly UndoStep[]; readonly undone: readonly UndoStep[] };

export const settingsRoom = {
  cacheSize: call(nothing).returns<CacheSize>(),
  /** Removes what can be made again: small pictures always, crops (made by `prepare`) only if asked. */
  clearCache: call(z.strictObject({ crops: z.boolean() })).returns<CacheSize>(),
  undo: call(nothing).returns<UndoHistory>(),
  storeUndo: call(undoHistorySchema).returns<null>(),
};
