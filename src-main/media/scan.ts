import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError, throwIfAborted } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { MediaKind } from '../contract/records.ts';
import { isPictureName, orderFrames } from './frame-names.ts';

/** A video that a scan found; `path` is relative to the root, with forward slashes ('.' for the root itself). */
export type ScannedItem = { path: string; kind: MediaKind; sizeBytes: number };

export type ScannedFolder = {
  videos: ScannedItem[];
  /** Tables and lists beside the videos, from which a layout may read labels: csv, tsv, txt, xlsx. */
  lists: string[];
  /** What could not be looked into or used, and why. */
  skipped: { path: string; reason: string }[];
  /** Files that look like videos and are not read: hidden ones, and those of other kinds. */
  passedOver: string[];
  /** How many files were neither videos nor frames nor lists. */
  otherFiles: number;
};

const VIDEO = /\.(mp4|m4v|mov|mkv|webm|avi|flv|mpg|mpeg|wmv|gif)$/i;
/** Kinds of video that are not read. */
const OTHER_VIDEO = /\.(ts|mts|m2ts|3gp|3g2|ogv|vob|asf|rmvb|f4v|mxf)$/i;
const LIST = /\.(csv|tsv|txt|xlsx)$/i;
const UNDECODABLE_NAME = '\uFFFD';

type Scan = {
  root: string;
  job: JobContext;
  visited: Set<string>;
  linkedFolders: string[];
  found: ScannedFolder;
};

/**
 * Looks for videos in a folder and all below it: files by extension, and folders of numbered pictures. Hidden files
 * and folders are passed over. Linked folders are entered after all others, and no folder twice. What cannot be read is
 * reported in `skipped`. Everything is in the order of paths, the same on every machine.
 * @throws AppError `not-found`, `bad-input` if the root is not a readable folder; `aborted`
 */
export async function scanFolder(root: string, job: JobContext = {}): Promise<ScannedFolder> {
  await requireFolder(root);
  const found: ScannedFolder = { videos: [], lists: [], skipped: [], passedOver: [], otherFiles: 0 };
  const scan: Scan = { root, job, visited: new Set(), linkedFolders: [], found };
  await scanInto(scan, '');
  for (let link = scan.linkedFolders.shift(); link !== undefined; link = scan.linkedFolders.shift()) {
    await scanInto(scan, link);
  }
  found.videos.sort(byPath);
  found.skipped.sort(byPath);
  found.lists.sort();
  found.passedOver.sort();
  return found;
}

async function requireFolder(root: string): Promise<void> {
  const facts = await stat(root).catch((cause: unknown) => {
    throw new AppError('not-found', `The folder ${root} cannot be opened: ${codeOf(cause)}.`, {
      hint: 'Check the path for typing errors, and that its disk is connected.',
      cause,
    });
  });
  if (!facts.isDirectory()) throw new AppError('bad-input', `${root} is a file; expected a folder with videos.`);
  await readdir(root).catch((cause: unknown) => {
    throw new AppError('bad-input', `The folder ${root} may not be read: ${codeOf(cause)}.`, { cause });
  });
}

async function scanInto(scan: Scan, folder: string): Promise<void> {
  throwIfAborted(scan.job.signal);
  const absolute = path.join(scan.root, folder);
  try {
    const real = await realpath(absolute);
    if (scan.visited.has(real)) return;
    scan.visited.add(real);
    const all = await readdir(absolute, { withFileTypes: true });
    const hidden = all.filter((entry) => entry.isFile() && isHiddenVideo(entry.name));
    scan.found.passedOver.push(...hidden.map(({ name }) => path.posix.join(folder, name)));
    const entries = all.filter(({ name }) => !name.startsWith('.'));
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    scan.job.onProgress?.({ stage: 'scan', done: scan.found.videos.length, total: 0, detail: folder });
    await sortEntries(scan, folder, entries);
  } catch (error) {
    if (error instanceof AppError) throw error;
    scan.found.skipped.push({ path: folder || '.', reason: `The folder may not be read: ${codeOf(error)}.` });
  }
}

/** Not what macOS writes beside each file of a foreign disk: `._a.mp4` holds no video. */
function isHiddenVideo(name: string): boolean {
  return name.startsWith('.') && !name.startsWith('._') && (VIDEO.test(name) || OTHER_VIDEO.test(name));
}

async function sortEntries(scan: Scan, folder: string, entries: readonly Dirent[]): Promise<void> {
  const files: { name: string; facts: Stats }[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    const relative = path.posix.join(folder, entry.name);
    const facts = await factsOf(scan, relative, entry);
    if (facts?.isFile()) files.push({ name: entry.name, facts });
    else if (!facts?.isDirectory()) continue;
    else if (entry.isSymbolicLink()) scan.linkedFolders.push(relative);
    else folders.push(relative);
  }
  addFiles(scan, folder, files);
  for (const inner of folders) await scanInto(scan, inner);
}

async function factsOf(scan: Scan, relative: string, entry: Dirent): Promise<Stats | undefined> {
  try {
    return await stat(path.join(scan.root, relative));
  } catch (error) {
    const reason = relative.includes(UNDECODABLE_NAME)
      ? 'Its name is not valid UTF-8: rename it.'
      : entry.isSymbolicLink()
        ? `It is a link that leads nowhere: ${codeOf(error)}.`
        : `It may not be read: ${codeOf(error)}.`;
    scan.found.skipped.push({ path: relative, reason });
    return undefined;
  }
}

function addFiles(scan: Scan, folder: string, files: readonly { name: string; facts: Stats }[]): void {
  const { found } = scan;
  const pictures = files.filter(({ name }) => isPictureName(name));
  const others = files.filter(({ name }) => !isPictureName(name));
  let videos = 0;
  for (const { name, facts } of others) {
    const relative = path.posix.join(folder, name);
    if (VIDEO.test(name)) videos = found.videos.push({ path: relative, kind: 'file', sizeBytes: facts.size });
    else if (LIST.test(name)) found.lists.push(relative);
    else found.otherFiles += 1;
    if (OTHER_VIDEO.test(name)) found.passedOver.push(relative);
  }
  if (pictures.length === 0) return;
  const sequence = orderFrames(pictures.map(({ name }) => name));
  const here = folder || '.';
  if (videos > 0) {
    found.otherFiles += pictures.length;
  } else if ('reason' in sequence) {
    found.skipped.push({ path: here, reason: `Its pictures are not the frames of a video: ${sequence.reason}` });
  } else {
    const sizeBytes = pictures.reduce((sum, { facts }) => sum + facts.size, 0);
    found.videos.push({ path: here, kind: 'frames', sizeBytes });
  }
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
