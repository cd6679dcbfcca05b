import type { ImportOptions } from '../../contract/api.ts';
import type { JobContext } from '../../contract/progress.ts';
import type { ImportEntry } from '../../contract/records.ts';
import type { ImportPreview } from '../../contract/window/library.ts';
import { subjectNotes } from '../../data/layouts/layout.ts';
import { readSource } from '../import.ts';

/** Examples and problems that are written out; a preview of thousands would not be read. */
const SHOWN = 200;

/**
 * What an import would bring: reads names and lists, opens no video and stores nothing.
 * @throws AppError as `importFolder` does for a source that cannot be understood
 */
export async function previewImport(options: ImportOptions, job: JobContext = {}): Promise<ImportPreview> {
  const { source, layout, why, reading } = await readSource(options, job);
  const { entries, notes } = reading;
  const performances = [...Map.groupBy(entries, (entry) => entry.performance ?? entry.path).values()];
  const counted = performances.map(([first]) => first!);
  const unusable = layout.name === 'csv' ? [] : source.skipped;
  return {
    layout: layout.name,
    why,
    videos: counted.length,
    perClass: countBy(counted, ({ label }) => label),
    unlabelled: counted.filter(({ label }) => label === null).length,
    subjects: new Set(counted.flatMap(({ subject }) => subject ?? [])).size,
    declaredSplits: countBy(counted, ({ declaredSplit }) => declaredSplit),
    withMoment: counted.filter(({ moment }) => moment !== null).length,
    problems: [...reading.problems, ...unusable].slice(0, SHOWN),
    notes: [...notes, ...subjectNotes(layout, counted)],
    examples: counted.slice(0, SHOWN).map(({ path, label, subject }) => ({ path, label, subject })),
  };
}

/** How many entries have each value, by value in alphabetical order. */
function countBy<K extends string>(entries: readonly ImportEntry[], valueOf: (entry: ImportEntry) => K | null) {
  const values = entries.flatMap((entry) => valueOf(entry) ?? []).toSorted();
  const alike = Map.groupBy(values, (value) => value);
  return Object.fromEntries([...alike].map(([value, { length }]) => [value, length])) as Record<K, number>;
}
