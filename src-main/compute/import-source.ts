import { existsSync, readFileSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { countOf } from '../contract/count-of.ts';
import { AppError } from '../contract/errors.ts';
import type { JobContext } from '../contract/progress.ts';
import type { Listing } from '../data/layouts/layout.ts';
import { scanFolder } from '../media/scan.ts';
import type { ScannedFolder } from '../media/scan.ts';

/** What is imported: a folder, or the videos that a CSV in it lists. */
export type ImportSource = {
  root: string;
  /** The CSV that was named, relative to the root. */
  list: string | null;
  listing: Listing;
  skipped: ScannedFolder['skipped'];
  /** What a person should know of files that a folder holds and an import of it passes over. */
  notes: string[];
  /** Bytes of each video. */
  sizes: ReadonlyMap<string, number>;
};

const TABLE = /\.(csv|tsv)$/i;

/**
 * Looks at what a user named.
 * @param exclude - folders of the project, whose own files are no videos to import
 * @throws AppError `not-found`, or `bad-input` for a file that is no CSV, a folder that cannot be read or is empty
 */
export async function openSource(source: string, exclude: readonly string[], job: JobContext): Promise<ImportSource> {
  const { root, list } = await placeOf(source);
  const scanned = await scanFolder(root, job);
  const inside = (item: string) => exclude.some((folder) => path.resolve(root, item).startsWith(folder + path.sep));
  const videos = scanned.videos.filter(
    (video) => !inside(video.path) && !exclude.includes(path.resolve(root, video.path)),
  );
  const notes = passedOverNotes(scanned.passedOver.filter((item) => !inside(item)));
  if (videos.length === 0 && list === null) throw nothingFound(source, scanned, notes);
  const reasons = new Map(scanned.skipped.map((item) => [item.path, item.reason]));
  const listing: Listing = {
    videos,
    lists: scanned.lists.filter((item) => !inside(item)),
    readList: (item) => readText(path.join(root, item)),
    whyUnusable: (item) =>
      reasons.get(item) ?? (existsSync(path.join(root, item)) ? 'it is not a video or a folder of frames' : null),
    belowRoot: belowOneOf([path.resolve(root), await realpath(root)]),
  };
  const skipped = scanned.skipped.filter((item) => !inside(item.path));
  const sizes = new Map(videos.map((video) => [video.path, video.sizeBytes]));
  return { root, list, listing, skipped, notes, sizes };
}

async function placeOf(source: string): Promise<{ root: string; list: string | null }> {
  const facts = await stat(source).catch((cause: unknown) => {
    throw new AppError('not-found', `${source} cannot be opened: ${(cause as NodeJS.ErrnoException).code}.`, {
      hint: 'Check the path for typing errors, and that its disk is connected.',
      cause,
    });
  });
  if (facts.isDirectory()) return { root: source, list: null };
  if (TABLE.test(source)) return { root: path.dirname(source), list: path.basename(source) };
  throw new AppError('bad-input', `${source} is a file: expected a folder of videos, or a CSV that lists them.`, {
    hint: 'Name the folder that the video lies in.',
  });
}

/** By either name of a folder that is reached through a link. */
function belowOneOf(roots: readonly string[]): Listing['belowRoot'] {
  return (absolute) => {
    const below = roots.map((root) => path.relative(root, absolute)).find(isBelow);
    return below?.split(path.sep).join('/') ?? null;
  };
}

function isBelow(relative: string): boolean {
  return !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}

function passedOverNotes(files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const what = countOf(files.length, 'file that looks like a video is', 'files that look like videos are');
  return [`${what} hidden or of a kind that is not read, such as ${files[0]}.`];
}

function nothingFound(source: string, { skipped, otherFiles }: ScannedFolder, notes: readonly string[]): AppError {
  const reasons = skipped.slice(0, 5).map(({ path: item, reason }) => `\n  ${item}: ${reason}`);
  const others =
    otherFiles > 0
      ? ` Its ${otherFiles} files are of other kinds.`
      : skipped.length + notes.length === 0
        ? ' It is empty.'
        : '';
  const passedOver = notes.map((note) => ` ${note}`).join('');
  return new AppError('bad-input', `There is no video in ${source}.${others}${passedOver}${reasons.join('')}`, {
    hint: 'Videos are mp4, m4v, mov, mkv, webm, avi, flv, mpg, mpeg, wmv, gif, and folders of numbered pictures.',
  });
}

/** UTF-8, or UTF-16 where a byte order mark says so, as spreadsheets write it. */
function readText(file: string): string {
  const bytes = readFileSync(file);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('bad-input', `${file} is not UTF-8 text.`, { hint: 'Save it again as CSV UTF-8.', cause });
  }
}
