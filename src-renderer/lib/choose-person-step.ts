import type { UndoStep } from '../../src-main/contract/window/settings.ts';
import type { VideoFaces } from '../../src-main/contract/window/library.ts';
import type { LibraryRow } from './library-rows.ts';
import { storedCall } from './stored-call.ts';

/** The choice of whose face a video is about. */
export function choosePersonStep({ id, name }: LibraryRow, { chosen }: VideoFaces, person: number): UndoStep {
  return {
    title: `person ${person} of ${name}`,
    redo: storedCall('library.choosePerson', { id, person }),
    undo: storedCall('library.choosePerson', { id, person: chosen }),
  };
}
