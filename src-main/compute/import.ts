import path from 'node:path';
import type { ImportOptions, ImportSummary } from '../contract/api.ts';
import { throwIfAborted, toAppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { ImportEntry, QuarantineRecord } from '../contract/records.ts';
import { chooseLayout, layoutOfList } from '../data/layouts/choose-layout.ts';
import type { ChosenLayout } from '../data/layouts/choose-layout.ts';
import type { LayoutReading } from '../data/layouts/layout.ts';
import { mediaTools } from '../media/binaries.ts';
import { contentHash } from '../media/content-hash.ts';
import { examineVideo } from '../media/examine.ts';
import { openProject, ownFolders, videoId } from '../store/project.ts';
import type { NewVideo, Project, ProjectVideo } from '../store/project.ts';
import { openSource } from './import-source.ts';
import type { ImportSource } from './import-source.ts';
import { ImportTally } from './import-tally.ts';
import { reasonOf } from './reason-of.ts';

/** Videos that are decoded at once; more would only fight for the cores. */
const CONCURRENCY = 2;

/** What looking at the recordings of one performance gave: the one to use, and those before it that failed. */
type Finding = { failures: QuarantineRecord[] } & (
  | { kind: 'new'; entry: ImportEntry; video: NewVideo; warnings: string[] }
  | { kind: 'known'; entry: ImportEntry; id: string }
  | { kind: 'twin'; entry: ImportEntry; id: string }
  | { kind: 'none' }
);

/**
 * Brings the videos of a folder or a CSV into a project. Every video is hashed, probed and decoded once; one that fails
 * goes to quarantine and the rest is imported. What is there already is not imported again, but takes over a changed
 * label. Each video is stored as soon as it is done, so an import that was stopped goes on where it was. The project is
 * made, where there is none, only when the source has been understood.
 * @throws AppError `not-found`, `bad-input` or `usage` for a source that cannot be understood or holds nothing usable,
 * a project that cannot be opened, or videos where no ffmpeg runs; `aborted`
 */
export async function importFolder(options: ImportOptions, job: JobContext = {}): Promise<ImportSummary> {
  const { faces } = options;
  const { source, layout, why, reading } = await readSource(options, job);
  if (reading.entries.some(({ kind }) => kind === 'file')) await mediaTools();
  using project = openProject(options.project, { create: true });
  const tally = new ImportTally(project, source.root, faces);
  const unusable = layout.name === 'csv' ? [] : source.skipped;
  tally.refuse([...reading.problems, ...unusable].map((problem) => ({ ...problem, code: 'bad-input' })));
  await importEntries(reading.entries, { project, source, tally, faces }, job);
  return tally.summary({ layout, why, notes: reading.notes });
}

/** A source with its layout, and what that reads from names and lists; no video has been opened. */
export type ReadSource = ChosenLayout & { source: ImportSource; reading: LayoutReading };

/** @throws AppError `not-found`, `bad-input` or `usage` for a source that cannot be understood */
export async function readSource(options: ImportOptions, job: JobContext): Promise<ReadSource> {
  const { fold, faces } = options;
  const source = await openSource(options.source, Object.values(ownFolders(options.project)), job);
  const chosen =
    source.list === null ? chooseLayout(source.listing, options.layout) : layoutOfList(source.list, options.layout);
  const list = source.list !== null && { list: source.list };
  const reading = chosen.layout.read(source.listing, { fold, faces, ...list });
  const notes = chosen.layout.name === 'csv' ? reading.notes : [...reading.notes, ...source.notes];
  return { ...chosen, source, reading: { ...reading, notes } };
}

type Context = { project: Project; source: ImportSource; tally: ImportTally; faces: 'auto' | 'cropped' };

async function importEntries(entries: ImportEntry[], context: Context, job: JobContext): Promise<void> {
  const known = new Map(context.project.listVideos().map((video) => [video.id, video]));
  const performances = [...Map.groupBy(entries, (entry) => entry.performance ?? `path ${entry.path}`).values()];
  let done = 0;
  for await (const finding of inOrder(performances, (group) => inspect(group, known, context, job))) {
    throwIfAborted(job.signal);
    context.tally.refuse(finding.failures);
    if (finding.kind === 'new') context.tally.add(finding.entry, finding.video, finding.warnings);
    else if (finding.kind !== 'none') context.tally.meetAgain(finding.entry, finding.id, finding.kind === 'twin');
    done += 1;
    const detail = performances[done - 1]![0]!.path;
    job.onProgress?.({ stage: 'import', done, total: performances.length, detail });
  }
}

/**
 * Results of `work` in the order of the items, {@link CONCURRENCY} at a time. Nothing is running any more when it ends,
 * however it ends.
 */
async function* inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  try {
    for (const item of items) {
      const result = work(item);
      result.catch(() => undefined);
      running.push(result);
      if (running.length >= CONCURRENCY) yield await running.shift()!;
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    await Promise.allSettled(running);
  }
}

/** Goes through the recordings of one performance until one can be used. */
async function inspect(
  group: readonly ImportEntry[],
  known: ReadonlyMap<string, ProjectVideo>,
  context: Context,
  job: JobContext,
): Promise<Finding> {
  const failures: QuarantineRecord[] = [];
  for (const entry of group) {
    try {
      return { failures, ...(await inspectEntry(entry, known, context, job)) };
    } catch (error) {
      const failure = toAppError(error);
      if (failure.code === 'aborted') throw error;
      const place = path.resolve(context.source.root, entry.path);
      failures.push({ path: entry.path, code: failure.code, reason: reasonOf(failure, place) });
    }
  }
  return { failures, kind: 'none' };
}

async function inspectEntry(
  entry: ImportEntry,
  known: ReadonlyMap<string, ProjectVideo>,
  { project, source, faces }: Context,
  { signal }: JobContext,
): Promise<DistributiveOmit<Finding, 'failures'>> {
  const place = path.resolve(source.root, entry.path);
  const quiet: JobContext = signal === undefined ? {} : { signal };
  const hash = await contentHash({ path: place, kind: entry.kind }, quiet);
  if (known.has(videoId(hash))) return { kind: 'known', entry, id: videoId(hash) };
  const twin = twinOf(entry, known, project.storedPath(place));
  if (twin !== null) return { kind: 'twin', entry, id: twin };
  const { media, index, warnings } = await examineVideo({ path: place, kind: entry.kind }, quiet);
  const sizeBytes = source.sizes.get(entry.path) ?? 0;
  const found = { absolutePath: place, sizeBytes, contentHash: hash, media, timesSec: index.timesSec, faces };
  return { kind: 'new', entry, video: { ...entry, ...found }, warnings };
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A video of the same performance that lies elsewhere; at the same place it would be this one, changed. */
function twinOf(entry: ImportEntry, known: ReadonlyMap<string, ProjectVideo>, stored: string): string | null {
  if (entry.performance === null) return null;
  const twin = [...known.values()].find((video) => video.performance === entry.performance && video.path !== stored);
  return twin?.id ?? null;
}
