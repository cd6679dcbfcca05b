import type { SplitName } from '../../src-main/contract/records.ts';
import type { UndoStep } from '../../src-main/contract/window/settings.ts';
import type { LibraryRow } from './library-rows.ts';
import { countOf } from './plain-numbers.ts';
import { storedCall } from './stored-call.ts';

export type DescriptionChange = { subject: string | null } | { declaredSplit: SplitName | null };

/** A change of subject or declared set of videos, with what was said before. */
export function describeStep(rows: readonly LibraryRow[], change: DescriptionChange): UndoStep {
  const [what, value] = 'subject' in change ? ['subject', change.subject] : ['set', change.declaredSplit];
  const before = (row: LibraryRow) =>
    'subject' in change ? { subject: row.subject } : { declaredSplit: row.declaredSplit };
  return {
    title: `${what} ${value ?? 'none'} for ${countOf(rows.length, 'video')}`,
    redo: storedCall('library.describe', { videos: rows.map(({ id }) => ({ id, ...change })) }),
    undo: storedCall('library.describe', { videos: rows.map((row) => ({ id: row.id, ...before(row) })) }),
  };
}

/** The value that all rows have, or `several`. */
export function sharedValue<K extends 'subject' | 'declaredSplit'>(
  rows: readonly LibraryRow[],
  key: K,
): LibraryRow[K] | 'several' {
  const first = rows[0]?.[key] ?? (null as LibraryRow[K]);
  return rows.every((row) => row[key] === first) ? first : 'several';
}
