import type { SplitName } from '../../src-main/contract/records.ts';
import type { LibraryRow } from './library-rows.ts';

/** Videos that somebody should look at, by what is amiss. */
export const CONCERNS = {
  missing: (row) => row.isMissing,
  quarantine: (row) => row.quarantine !== null,
  unprepared: (row) => row.faces === null,
  'no-face': (row) => row.faces?.coverage === 0,
  'few-faces': (row) => row.faces !== null && row.faces.coverage > 0 && row.faces.coverage < 0.8,
  'several-people': (row) => (row.faces?.people.length ?? 0) > 1,
  disagreement: (row) => row.verdict?.contradiction != null,
  unlabelled: (row) => row.label === null,
} satisfies Record<string, (row: LibraryRow) => boolean>;
export type Concern = keyof typeof CONCERNS;

/** What is shown; null does not restrict. */
export type LibraryFilter = {
  text: string;
  label: string | null;
  subject: string | null;
  split: SplitName | 'none' | null;
  concern: Concern | null;
};

export const SHOW_ALL: LibraryFilter = { text: '', label: null, subject: null, split: null, concern: null };

/** Rows that match all of the filter; every word of the text must occur in path, label or subject. */
export function filterRows(rows: readonly LibraryRow[], filter: LibraryFilter): LibraryRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const concerns = filter.concern === null ? () => true : CONCERNS[filter.concern];
  return rows.filter(
    (row) =>
      (filter.label === null || row.label === filter.label) &&
      (filter.subject === null || row.subject === filter.subject) &&
      (filter.split === null || (row.split ?? 'none') === filter.split) &&
      concerns(row) &&
      words.every((word) => row.haystack.includes(word)),
  );
}

export type SortColumn = 'added' | 'path' | 'label' | 'subject' | 'split' | 'length' | 'coverage' | 'verdict';
export type LibrarySort = { column: SortColumn; descending: boolean };

const TEXT = new Intl.Collator('en', { numeric: true });
const SETS = ['train', 'val', 'test'];

/** Ascending order of each column; what is not known comes last. */
const ORDER: Record<Exclude<SortColumn, 'added'>, (one: LibraryRow, other: LibraryRow) => number> = {
  path: (one, other) => TEXT.compare(one.path, other.path),
  label: (one, other) => texts(one.label, other.label),
  subject: (one, other) => texts(one.subject, other.subject),
  split: (one, other) => setRank(one) - setRank(other),
  length: (one, other) => one.durationSec - other.durationSec,
  coverage: (one, other) => (one.faces?.coverage ?? 2) - (other.faces?.coverage ?? 2),
  verdict: (one, other) => severity(other) - severity(one),
};

/** A sorted copy; equals keep the order in which they were added. */
export function sortRows(rows: readonly LibraryRow[], { column, descending }: LibrarySort): LibraryRow[] {
  const sorted = column === 'added' ? [...rows] : rows.toSorted(ORDER[column]);
  return descending ? sorted.reverse() : sorted;
}

function texts(one: string | null, other: string | null): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return TEXT.compare(one, other);
}

function setRank({ split }: LibraryRow): number {
  return split === null ? SETS.length : SETS.indexOf(split);
}

/** How much a run speaks against the label; -1 where no run says anything. */
function severity({ verdict }: LibraryRow): number {
  return verdict === null ? -1 : (verdict.contradiction?.severity ?? 0);
}
