/**
 * The contract's own list: `path,label,subject[,split][,start,end]`, paths relative to the CSV, start and end of the
 * labelled moment in seconds. A list with mistakes in columns, numbers or labels is refused as a whole, with all of
 * them; a row whose video is missing is a problem of that row.
 */
import { countOf } from '../../contract/count-of.ts';
import { AppError } from '../../contract/errors.ts';
import type { ImportEntry, Moment } from '../../contract/records.ts';
import { nearest } from '../edit-distance.ts';
import { readLabels } from '../labels.ts';
import { readColumns, readTable } from './csv-table.ts';
import type { CsvRow, CsvTable } from './csv-table.ts';
import { entryOf } from './layout.ts';
import type { Layout, LayoutOptions, LayoutReading, ListedVideo, Listing } from './layout.ts';
import { splitName } from './media-path.ts';

const COLUMNS = ['path', 'label', 'subject', 'split', 'start', 'end'] as const;
type Column = (typeof COLUMNS)[number];

const TABLE = /\.(csv|tsv)$/i;
const SHOWN_MISTAKES = 20;
/** A class of the user's own must occur this often, so that one odd cell is not a class. */
const MIN_OWN_CLASS = 2;

export const csv: Layout = { name: 'csv', namesSubjects: true, recognise, read };

function recognise(listing: Listing) {
  const fitting = tablesOf(listing).filter((list) => fits(list, listing));
  if (fitting.length === 0) return null;
  if (fitting.includes('labels.csv')) return { score: 1.1, why: 'labels.csv has the columns path and label' };
  return {
    score: 0.95,
    why: `${fitting.join(', ')} ${fitting.length === 1 ? 'has' : 'have'} the columns path and label`,
  };
}

function tablesOf({ lists }: Listing): string[] {
  return lists.filter((list) => !list.includes('/') && TABLE.test(list));
}

/** Whether a table has the columns; one that cannot be read has not, unless its name says that it is meant. */
function fits(list: string, { readList }: Listing): boolean {
  try {
    return hasColumns(readList(list));
  } catch (error) {
    if (list === 'labels.csv') throw error;
    return false;
  }
}

function hasColumns(text: string): boolean {
  const columns = readColumns(text).map((column) => column.toLowerCase());
  return columns.includes('path') && columns.includes('label');
}

function read(listing: Listing, options: LayoutOptions): LayoutReading {
  const list = options.list ?? chosenList(listing);
  const table = withPlainColumns(readTable(listing.readList(list), list), list);
  const mistakes: string[] = [];
  const rows = table.rows.map((row) => readRow(row, table, mistakes));
  const cells = rows.filter((row) => row.label !== '').map((row) => ({ text: row.label, where: `line ${row.line}` }));
  const labels = readLabels(cells, MIN_OWN_CLASS);
  refuse(list, [...mistakes, ...repeatedPaths(rows, listing), ...labels.mistakes]);
  if (rows.length === 0) throw new AppError('bad-input', `${list} has a header and no rows.`);
  const { found, problems } = matchVideos(rows, listing, list);
  const entries = found.map(({ row, video }) =>
    entryOf(video, { ...row.known, label: labels.nameOf.get(row.label) ?? null }),
  );
  return { entries, problems, notes: [...labels.notes, ...notesOn(table, rows)] };
}

function chosenList(listing: Listing): string {
  const here = tablesOf(listing);
  const fitting = here.filter((list) => fits(list, listing));
  if (fitting.includes('labels.csv')) return 'labels.csv';
  const candidates = fitting.length > 0 ? fitting : here;
  if (candidates.length === 1) return candidates[0]!;
  const found = here.length === 0 ? 'there is no CSV in the folder' : `the folder has ${candidates.join(', ')}`;
  throw new AppError('usage', `Which CSV gives the labels is not clear: ${found}.`, {
    hint: 'Import the CSV itself, or call it labels.csv.',
  });
}

/** Column names in lower case; refuses a header without path and label, or with slips for the known names. */
function withPlainColumns(table: CsvTable, list: string): CsvTable {
  const plain = (column: string) => {
    const lower = column.toLowerCase();
    return COLUMNS.includes(lower as Column) ? lower : column;
  };
  const columns = table.columns.map(plain);
  const mistakes = columns.flatMap((column) => slipOf(column, columns));
  const missing = (['path', 'label'] as const).filter((column) => !columns.includes(column));
  if (missing.length > 0) mistakes.unshift(`no column ${missing.join(' and ')}; the columns are ${columns.join(', ')}`);
  if (columns.includes('start') !== columns.includes('end')) mistakes.push('start and end need each other');
  refuse(list, mistakes);
  const rename = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([column, value]) => [plain(column), value]));
  return { ...table, columns, rows: table.rows.map(({ line, values }) => ({ line, values: rename(values) })) };
}

function slipOf(column: string, columns: string[]): string[] {
  if (column === '') return ['a column has no name'];
  const absent = COLUMNS.filter((known) => !columns.includes(known));
  const meant = nearest(column.toLowerCase(), absent, (known) => (known.length >= 5 ? 2 : 1));
  return meant === null ? [] : [`column '${column}' looks like a slip for '${meant}'`];
}

type Row = { line: number; path: string; label: string; known: Partial<ImportEntry> };

function readRow({ line, values }: CsvRow, table: CsvTable, mistakes: string[]): Row {
  const path = (values.path ?? '').replace(/\/+$/, '');
  if (path === '') mistakes.push(`line ${line}: no path`);
  const split = values.split ?? '';
  const declaredSplit = splitName(split);
  if (split !== '' && declaredSplit === null)
    mistakes.push(`line ${line}: split is '${split}': expected train, val or test`);
  const moment = readMoment(values, table.delimiter);
  if (typeof moment === 'string') mistakes.push(`line ${line}: ${moment}`);
  const known = {
    subject: values.subject || null,
    declaredSplit,
    moment: typeof moment === 'string' ? null : moment,
    attributes: Object.fromEntries(
      Object.entries(values).filter(([column, value]) => !COLUMNS.includes(column as Column) && value !== ''),
    ),
  };
  return { line, path, label: values.label ?? '', known };
}

/** The moment of a row, null where there is none, or what is wrong with it. */
function readMoment(values: Record<string, string>, delimiter: string): Moment | null | string {
  const start = values.start ?? '';
  const end = values.end ?? '';
  if (start === '' && end === '') return null;
  if (start === '' || end === '') return 'start and end need each other';
  const [startSec, endSec] = [seconds(start, delimiter), seconds(end, delimiter)];
  if (startSec === null) return `start is '${start}': expected seconds, 0 or more`;
  if (endSec === null) return `end is '${end}': expected seconds, 0 or more`;
  return endSec > startSec ? { startSec, endSec } : `end (${end}) is not after start (${start})`;
}

function seconds(text: string, delimiter: string): number | null {
  const plain = delimiter === ',' ? text : text.replace(',', '.');
  const isNumber = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) && Number.isFinite(Number(plain));
  return isNumber ? Number(plain) : null;
}

/** One place twice, however each line writes it: `a.mp4` and `./a.mp4` would give one video two labels. */
function repeatedPaths(rows: Row[], listing: Listing): string[] {
  const byPath = videosByPath(listing.videos);
  const named = rows.filter(({ path }) => path !== '');
  const places = Map.groupBy(named, ({ path }) => placeOf(path, listing, byPath));
  return [...places.values()].filter((same) => same.length > 1).map(repetition);
}

function repetition(same: Row[]): string {
  const [first, ...others] = new Set(same.map(({ path }) => path));
  const also = others.length > 0 ? `, also as '${others.join("', '")}'` : '';
  return `'${first}' is listed ${same.length} times (lines ${same.map(({ line }) => line).join(', ')})${also}`;
}

function refuse(list: string, mistakes: string[]): void {
  if (mistakes.length === 0) return;
  const more = mistakes.length > SHOWN_MISTAKES ? [`… and ${mistakes.length - SHOWN_MISTAKES} more`] : [];
  const lines = [...mistakes.slice(0, SHOWN_MISTAKES), ...more].map((line) => `  ${line}`);
  throw new AppError('bad-input', `${list} was refused; nothing was imported from it:\n${lines.join('\n')}`, {
    hint: 'Expected columns: path,label,subject[,split][,start,end]; labels are names such as anger or happy.',
  });
}

function matchVideos(rows: Row[], listing: Listing, list: string) {
  const byPath = videosByPath(listing.videos);
  const found: { row: Row; video: ListedVideo }[] = [];
  const problems: LayoutReading['problems'] = [];
  for (const row of rows) {
    const path = pathInFolder(row.path, listing);
    const video = path === null ? undefined : videoAt(path, byPath);
    if (video !== undefined) found.push({ row, video });
    else problems.push({ path: row.path, reason: `${list} line ${row.line}: ${whyMissing(row.path, path, listing)}` });
  }
  return { found, problems };
}

function whyMissing(said: string, path: string | null, { whyUnusable }: Listing): string {
  if (path !== null) return whyUnusable(path) ?? 'there is no such file beside the CSV';
  return URL_START.test(said)
    ? 'it is a URL: expected the path of a file'
    : 'the path leads out of the folder of the CSV';
}

const URL_START = /^(file:\/|[a-z][a-z0-9+.-]+:\/\/)/i;
const ABSOLUTE = /^([a-z]:)?[\\/]/i;

/** A path as one from the folder of the CSV; null for URLs and for what lies elsewhere. */
function pathInFolder(path: string, { belowRoot }: Listing): string | null {
  if (URL_START.test(path)) return null;
  const relative = ABSOLUTE.test(path) ? belowRoot(path) : path;
  return relative === null || climbsOut(relative) ? null : relative;
}

function climbsOut(path: string): boolean {
  let depth = 0;
  for (const part of path.split(/[\\/]/)) {
    if (part === '..') depth -= 1;
    else if (part !== '.' && part !== '') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

/** By each path as it is, and with accents written together where no other video is called so. */
function videosByPath(videos: readonly ListedVideo[]): Map<string, ListedVideo> {
  const composed = videos.map((video) => [video.path.normalize('NFC'), video] as const);
  return new Map([...composed, ...videos.map((video) => [video.path, video] as const)]);
}

/** Exact, or with accents written the other way, `./` and `a/../b` resolved, or Windows' backslashes turned. */
function videoAt(path: string, byPath: Map<string, ListedVideo>): ListedVideo | undefined {
  const composed = path.normalize('NFC');
  const plain = [path, composed, resolved(composed), withSlashes(composed)].find((spelling) => byPath.has(spelling));
  return plain === undefined ? undefined : byPath.get(plain);
}

/** What a path means, the same for all spellings of it, whether there is a video or not. */
function placeOf(said: string, listing: Listing, byPath: Map<string, ListedVideo>): string {
  const path = pathInFolder(said, listing);
  return path === null ? said : (videoAt(path, byPath)?.path ?? withSlashes(path.normalize('NFC')));
}

function withSlashes(path: string): string {
  return resolved(path.replaceAll('\\', '/'));
}

function resolved(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function notesOn({ columns }: CsvTable, rows: Row[]): string[] {
  const further = columns.filter((column) => !COLUMNS.includes(column as Column));
  const unlabelled = rows.filter((row) => row.label === '').length;
  return [
    ...(further.length > 0 ? [`Columns kept as attributes: ${further.join(', ')}.`] : []),
    ...(unlabelled > 0 ? [`${countOf(unlabelled, 'row has', 'rows have')} no label.`] : []),
  ];
}
