import type { LibraryRow } from '../../../src-renderer/lib/library-rows.ts';

/** A row of the library with nothing amiss, and what a test says of it. */
export function row(said: Partial<LibraryRow> & { id: string }): LibraryRow {
  const path = said.path ?? `clips/${said.id}.mp4`;
  return {
    path,
    kind: 'file',
    label: 'anger',
    subject: 'p1',
    performance: null,
    declaredSplit: null,
    moment: null,
    durationSec: 3,
    split: 'train',
    name: path.slice(path.lastIndexOf('/') + 1),
    folder: 'clips',
    faces: { id: said.id, coverage: 1, people: [{ person: 1, share: 1 }], cropped: 1, chosen: null },
    verdict: null,
    isMissing: false,
    quarantine: null,
    haystack: `${path} ${said.label ?? 'anger'} ${said.subject ?? 'p1'}`.toLowerCase(),
    ...said,
  };
}
