import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { AnnotationExport, AnnotationFormat } from '../../contract/window/label.ts';
import { writeBorisCsv } from '../../data/annotations/boris-csv.ts';
import { writeElan } from '../../data/annotations/elan.ts';
import { labelCsvDictionary, writeLabelCsv } from '../../data/annotations/label-csv.ts';
import type { AnnotatedVideo, Annotation } from '../../data/annotations/segments.ts';
import { writeWebVtt } from '../../data/annotations/webvtt.ts';
import { writeFileAtomic } from '../../store/atomic-write.ts';
import type { LabelEvent, Project } from '../../store/project.ts';
import { labelOverview } from './overview.ts';

export type LabelExportOptions = {
  format: AnnotationFormat;
  /** A file for `csv` and `boris`, else a folder for one file a video; absolute. */
  target: string;
  /** The label of each video, or what every rater says of it. */
  raters: 'holding' | 'all';
};

/**
 * Writes labels and moments in a format of other programs, beside a table that explains the columns where it is one.
 * @throws AppError `bad-input` where the place cannot be written to
 */
export async function exportLabels(project: Project, options: LabelExportOptions): Promise<AnnotationExport> {
  const videos = annotatedVideos(project, options.raters);
  const files = await WRITERS[options.format](videos, options.target, project);
  const annotations = videos.reduce((n, video) => n + video.annotations.length, 0);
  return { files, videos: videos.length, annotations };
}

/** The videos of which something is said, in the order of the project. */
export function annotatedVideos(project: Project, raters: LabelExportOptions['raters']): AnnotatedVideo[] {
  const events = raters === 'all' ? project.labels.opinions() : project.labels.holding();
  const byVideo = Map.groupBy(events, ({ videoId }) => videoId);
  return project.listVideos().flatMap((video) => {
    const annotations = (byVideo.get(video.id) ?? []).filter(saysSomething).map(annotationOf);
    if (annotations.length === 0) return [];
    const { id, path: stored, subject, declaredSplit, contentHash, media } = video;
    const { durationSec, frameCount, averageFps, variableFrameRate, startSec } = media;
    return {
      ...{ id, path: stored, place: project.mediaPath(id), subject, declaredSplit, contentHash },
      ...{ durationSec, frameCount, averageFps, variableFrameRate, startSec },
      timesSec: project.frameIndex(id).timesSec,
      annotations,
    };
  });
}

function saysSomething({ label, rejected, moment, note }: LabelEvent): boolean {
  return label !== null || rejected || moment !== null || note !== null;
}

function annotationOf({ who, label, rejected, moment, confidence, note }: LabelEvent): Annotation {
  return { rater: who, label, rejected, moment, confidence, note };
}

type Writer = (videos: readonly AnnotatedVideo[], target: string, project: Project) => Promise<string[]>;

const WRITERS: Record<AnnotationFormat, Writer> = {
  csv: async (videos, file) => {
    const dictionary = path.join(path.dirname(file), `${path.parse(file).name}-columns.csv`);
    await writeFileAtomic(
      file,
      writeLabelCsv(videos, ({ place }) => relativeTo(path.dirname(file), place)),
    );
    await writeFileAtomic(dictionary, labelCsvDictionary());
    return [file, dictionary];
  },
  boris: async (videos, file) => {
    const date = new Date().toISOString().slice(0, 19).replace('T', ' ');
    await writeFileAtomic(file, writeBorisCsv(videos, date));
    return [file];
  },
  elan: async (videos, folder, project) => {
    const { classes } = await labelOverview(project, { rater: '', blind: true });
    const date = new Date().toISOString();
    return writeEach(videos, { folder, extension: '.eaf' }, (video) =>
      writeElan(video, { date, classes, relativePath: relativeTo(folder, video.place) }),
    );
  },
  webvtt: (videos, folder) => writeEach(videos, { folder, extension: '.vtt' }, writeWebVtt),
};

async function writeEach(
  videos: readonly AnnotatedVideo[],
  { folder, extension }: { folder: string; extension: string },
  textOf: (video: AnnotatedVideo) => string,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const names = uniqueNames(videos);
  const files: string[] = [];
  for (const [i, video] of videos.entries()) {
    const file = path.join(folder, `${names[i]}${extension}`);
    await writeFileAtomic(file, textOf(video));
    files.push(file);
  }
  return files;
}

/**
 * The name of each video without its extension; where two share it, with as many folders as tell them apart, else with
 * its id. No two are alike on disks that do not tell capital letters apart.
 */
export function uniqueNames(videos: readonly { id: string; path: string }[]): string[] {
  const parts = videos.map(({ path: stored }) => partsOf(stored));
  const deepest = parts.reduce((most, { length }) => Math.max(most, length), 0);
  const names = videos.map(() => '');
  const taken = new Set<string>();
  let shared = [...videos.keys()];
  for (let depth = 1; depth <= deepest; depth++) {
    for (const i of shared) names[i] = parts[i]!.slice(-depth).join('_');
    const alike = [...Map.groupBy(shared, (i) => asOnDisk(names[i]!))];
    shared = alike.filter(([name, of]) => of.length > 1 || taken.has(name)).flatMap(([, of]) => of);
    for (const [name] of alike) taken.add(name);
  }
  for (const i of shared) names[i] = `${parts[i]!.at(-1)}-${videos[i]!.id}`;
  return names;
}

/** Folders and name of a stored path, which is absolute where a project of Windows has media on another drive. */
function partsOf(stored: string): string[] {
  return stored
    .replace(/(?<=[^\\/])\.[^.\\/]*$/, '')
    .split(/[\\/]/)
    .filter((part) => !/^(\.{0,2}|[a-z]:)$/i.test(part));
}

function asOnDisk(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function relativeTo(folder: string, place: string): string {
  return path.relative(folder, place).split(path.sep).join('/');
}
