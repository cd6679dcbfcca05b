import type { SplitName } from '../../src-main/contract/records.ts';
import { CONCERNS, type Concern } from './library-filter.ts';
import type { LibraryRow } from './library-rows.ts';

export type LibraryCounts = {
  /** Videos of each label, most first. */
  labels: { label: string; n: number }[];
  /** Videos of each subject in natural order, and the sets that they are in. */
  subjects: { subject: string; n: number; splits: SplitName[] }[];
  withoutSubject: number;
  splits: Record<SplitName | 'none', number>;
  /** Labels of each set, for the bars. */
  labelsOfSplit: Record<SplitName, Map<string, number>>;
  concerns: Record<Concern, number>;
};

const NATURAL = new Intl.Collator('en', { numeric: true });

/** Everything that the side of the library counts, in one pass over the videos. */
export function countRows(rows: readonly LibraryRow[]): LibraryCounts {
  const labels = new Map<string, number>();
  const subjects = new Map<string, { n: number; splits: Set<SplitName> }>();
  const splits = { train: 0, val: 0, test: 0, none: 0 };
  const labelsOfSplit = { train: new Map(), val: new Map(), test: new Map() } as LibraryCounts['labelsOfSplit'];
  for (const { label, subject, split } of rows) {
    splits[split ?? 'none'] += 1;
    if (label !== null) addOne(labels, label);
    if (label !== null && split !== null) addOne(labelsOfSplit[split], label);
    if (subject === null) continue;
    const known = subjects.get(subject) ?? { n: 0, splits: new Set() };
    known.n += 1;
    if (split !== null) known.splits.add(split);
    subjects.set(subject, known);
  }
  return {
    labels: [...labels]
      .map(([label, n]) => ({ label, n }))
      .sort((a, b) => b.n - a.n || NATURAL.compare(a.label, b.label)),
    subjects: [...subjects]
      .map(([subject, known]) => ({ subject, n: known.n, splits: [...known.splits] }))
      .sort((a, b) => NATURAL.compare(a.subject, b.subject)),
    withoutSubject: rows.filter(({ subject }) => subject === null).length,
    splits,
    labelsOfSplit,
    concerns: countConcerns(rows),
  };
}

function addOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function countConcerns(rows: readonly LibraryRow[]): Record<Concern, number> {
  const names = Object.keys(CONCERNS) as Concern[];
  const counted = names.map((name) => [name, rows.filter(CONCERNS[name]).length] as const);
  return Object.fromEntries(counted) as Record<Concern, number>;
}

/** Ratio of the largest to the smallest class; 1 is even. */
export function imbalance(labels: readonly { n: number }[]): number {
  return labels.length === 0 ? 1 : labels[0]!.n / labels.at(-1)!.n;
}
