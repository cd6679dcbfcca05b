import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/errors.ts';
import type { AnnotationImport, AnnotationPreview } from '../../contract/window/label.ts';
import { readAnnotationFile } from '../../data/annotations/formats.ts';
import { MediaMatcher } from '../../data/annotations/match-media.ts';
import { framesOfMoment, momentOfFrames } from '../../data/annotations/moment-frames.ts';
import { annotationsOf } from '../../data/annotations/segments.ts';
import type { Annotation, MediaSegments } from '../../data/annotations/segments.ts';
import { readLabels } from '../../data/labels.ts';
import { momentInVideo } from '../../data/moment-in-video.ts';
import type { NewLabel, Project } from '../../store/project.ts';

/** A file of annotations is text; what is larger than this is something else. */
const MOST_BYTES = 64 * 2 ** 20;

export type LabelImportOptions = {
  /** Absolute paths. */
  files: readonly string[];
  /** Who said what has no rater in the files. */
  who: string;
  /** Whether it becomes the label of the videos, or an opinion beside it. */
  holds: boolean;
  /** By which all of it can be withdrawn. */
  key: string;
};

type Found = {
  labels: (NewLabel & { fromFile: string | null })[];
  files: AnnotationPreview['files'];
  problems: AnnotationPreview['problems'];
  notes: string[];
};

/**
 * Reads files of annotations and appends what they say to the journal, all of it or nothing.
 * @throws AppError `bad-input`, `unsupported-file` or `not-found` for a file that cannot be read, or names of labels that
 * look like slips; videos that are not in the project are problems of their own
 */
export async function importLabels(project: Project, options: LabelImportOptions): Promise<AnnotationImport> {
  const { labels, problems, notes } = await findLabels(project, options);
  project.labels.add(labels.map(({ fromFile: _, ...label }) => ({ ...label, holds: options.holds, key: options.key })));
  return { annotations: labels.length, videos: new Set(labels.map(({ videoId }) => videoId)).size, problems, notes };
}

/** What an import would bring; stores nothing. @throws AppError as the import does */
export async function previewLabels(
  project: Project,
  options: Pick<LabelImportOptions, 'files' | 'who'>,
): Promise<AnnotationPreview> {
  const { labels, files, problems, notes } = await findLabels(project, options);
  const byRater = Map.groupBy(labels, ({ fromFile }) => fromFile);
  const byClass = Map.groupBy(
    labels.filter(({ label }) => label !== null),
    ({ label }) => label!,
  );
  return {
    files,
    videos: new Set(labels.map(({ videoId }) => videoId)).size,
    raters: [...byRater].map(([name, of]) => ({ name, n: of.length })),
    perClass: Object.fromEntries([...byClass].map(([name, of]) => [name, of.length])),
    withMoment: labels.filter(({ moment }) => moment != null).length,
    rejected: labels.filter(({ rejected }) => rejected === true).length,
    problems,
    notes,
  };
}

async function findLabels(project: Project, { files, who }: Pick<LabelImportOptions, 'files' | 'who'>): Promise<Found> {
  const matcher = new MediaMatcher(project.listVideos());
  const found: Found = { labels: [], files: [], problems: [], notes: [] };
  for (const file of files) {
    const name = path.basename(file);
    const { format, media } = readAnnotationFile(await textOf(file), name);
    const merged = [...Map.groupBy(media, (one) => one.media)].map(([key, same]) => ({
      media: key,
      segments: same.flatMap(({ segments }) => segments),
    }));
    for (const one of merged) takeMedia(project, { one, matcher, name, who }, found);
    found.files.push({ name, format, videos: merged.length });
  }
  return withPlainNames(found);
}

type Taken = { one: MediaSegments; matcher: MediaMatcher; name: string; who: string };

function takeMedia(project: Project, { one, matcher, name, who }: Taken, found: Found): void {
  const match = matcher.match(one.media);
  if ('reason' in match) {
    found.problems.push({ what: `${name}: ${one.media}`, reason: match.reason });
    return;
  }
  const { durationSec } = project.video(match.id).media;
  const { annotations, notes } = annotationsOf(one.segments, durationSec);
  found.notes.push(...notes.map((note) => `${match.path}: ${note}`));
  for (const annotation of annotations) {
    const { rater, label, rejected, confidence, note } = annotation;
    const moment = onFrames(project, { videoId: match.id, durationSec }, annotation);
    if (moment === null && annotation.moment !== null)
      found.notes.push(`${match.path}: ${outside(annotation, durationSec)}`);
    const source = rater === 'import' ? ('import' as const) : ('person' as const);
    found.labels.push({
      videoId: match.id,
      who: rater ?? who,
      source,
      label,
      rejected,
      moment,
      confidence,
      note,
      fromFile: rater,
    });
  }
}

/** Files round times, and frames are addressed by their exact times. */
function onFrames(
  project: Project,
  { videoId, durationSec }: { videoId: string; durationSec: number },
  { moment }: Annotation,
) {
  const inside = moment === null ? null : momentInVideo(moment, durationSec);
  if (inside === null) return null;
  const { timesSec } = project.frameIndex(videoId);
  return momentOfFrames(timesSec, framesOfMoment(timesSec, inside), durationSec);
}

function outside({ rater, moment }: Annotation, durationSec: number): string {
  const [start, end] = [moment!.startSec, durationSec].map((sec) => sec.toFixed(3));
  const by = rater === null ? '' : `${rater}: `;
  return `${by}the moment that starts at ${start} s is left out: the video goes from 0 to ${end} s`;
}

function withPlainNames(found: Found): Found {
  const cells = found.labels.flatMap(({ label, videoId }) => (label === null ? [] : [{ text: label, where: videoId }]));
  const { nameOf, notes, mistakes } = readLabels(cells, 1);
  if (mistakes.length > 0)
    throw new AppError(
      'bad-input',
      `Labels cannot be taken as they are:\n${mistakes.map((one) => `  ${one}`).join('\n')}`,
      {
        hint: 'Mend them in the file; nothing was imported.',
      },
    );
  const labels = found.labels.map((one) => ({ ...one, label: one.label === null ? null : nameOf.get(one.label)! }));
  return { ...found, labels, notes: [...found.notes, ...notes] };
}

async function textOf(file: string): Promise<string> {
  const facts = await stat(file).catch(() => null);
  if (facts === null || !facts.isFile()) throw new AppError('not-found', `There is no file ${file}.`);
  if (facts.size > MOST_BYTES)
    throw new AppError('bad-input', `${file} is too large for a file of annotations (${facts.size} bytes).`);
  const bytes = await readFile(file);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('bad-input', `${file} is not text in UTF-8.`, { hint: 'Save it as UTF-8 and try again.' });
  }
}
