/**
 * Labels as a table, one row for each rater and video. The first columns are those of `labels.csv`, so that a table with
 * one rater can be imported like any other list; the rest say who, how sure, and on which time base.
 */
import { AppError } from '../../contract/errors.ts';
import { readTable } from '../layouts/csv-table.ts';
import type { CsvRow } from '../layouts/csv-table.ts';
import { csvText } from './csv-text.ts';
import { framesOfMoment } from './moment-frames.ts';
import { REJECTED } from './segments.ts';
import type { AnnotatedVideo, Annotation, MediaSegments, Segment, SegmentKind } from './segments.ts';

type Column = {
  meaning: string;
  of: (video: AnnotatedVideo, annotation: Annotation, path: string) => string | number | null;
};

const COLUMNS: Record<string, Column> = {
  path: { meaning: 'The video, relative to the folder of this table.', of: (_, __, path) => path },
  label: { meaning: 'Expression; empty where the rater gave none.', of: (_, { label }) => label },
  subject: { meaning: 'Person in the video.', of: ({ subject }) => subject },
  split: {
    meaning: 'Set that was declared for the video: train, val or test.',
    of: ({ declaredSplit }) => declaredSplit,
  },
  start: {
    meaning:
      'Start of the labelled moment: presentation time of its first frame, in seconds from the start of the container.',
    of: (_, { moment }) => moment?.startSec ?? null,
  },
  end: {
    meaning: 'End of the labelled moment in seconds: the time at which the frame after its last one is shown.',
    of: (_, { moment }) => moment?.endSec ?? null,
  },
  rater: {
    meaning: 'Who said so; import for the list or folder that the video came with.',
    of: (_, { rater }) => rater,
  },
  confidence: { meaning: 'How sure the rater was, 0 to 1; empty where it was not said.', of: (_, a) => a.confidence },
  rejected: { meaning: '1 where the rater found the video to be of no use.', of: (_, a) => (a.rejected ? 1 : null) },
  note: { meaning: 'Remark of the rater.', of: (_, { note }) => note },
  start_frame: {
    meaning: 'First frame of the moment, counted from 0.',
    of: (v, a) => frames(v, a)?.startFrame ?? null,
  },
  end_frame: {
    meaning: 'Last frame of the moment, counted from 0, inside it.',
    of: (v, a) => frames(v, a)?.endFrame ?? null,
  },
  frames: { meaning: 'Number of frames of the video.', of: ({ frameCount }) => frameCount },
  fps: { meaning: 'Average number of frames a second.', of: ({ averageFps }) => averageFps },
  variable_rate: { meaning: '1 where frames are not evenly spaced.', of: (v) => (v.variableFrameRate ? 1 : 0) },
  duration: { meaning: 'Length of the video in seconds.', of: ({ durationSec }) => durationSec },
  container_start: {
    meaning: 'Start time of the container in seconds; it has been subtracted from all times.',
    of: ({ startSec }) => startSec,
  },
  sha256: { meaning: 'Hash of the content of the video.', of: ({ contentHash }) => contentHash },
};

function frames({ timesSec }: AnnotatedVideo, { moment }: Annotation) {
  return moment === null ? null : framesOfMoment(timesSec, moment);
}

/** @param pathOf - how the table names a video */
export function writeLabelCsv(videos: readonly AnnotatedVideo[], pathOf: (video: AnnotatedVideo) => string): string {
  const columns = Object.values(COLUMNS);
  const rows = videos.flatMap((video) =>
    video.annotations.map((annotation) => columns.map(({ of }) => of(video, annotation, pathOf(video)))),
  );
  return csvText([Object.keys(COLUMNS), ...rows]);
}

/** What the columns mean, as a table to lie beside it. */
export function labelCsvDictionary(): string {
  return csvText([['column', 'meaning'], ...Object.entries(COLUMNS).map(([name, { meaning }]) => [name, meaning])]);
}

/** @throws AppError `bad-input` with every line that cannot be read */
export function readLabelCsv(text: string, name: string): MediaSegments[] {
  const { columns, rows } = readTable(text, name);
  const missing = ['path', 'label'].filter((column) => !columns.includes(column));
  if (missing.length > 0)
    throw new AppError(
      'bad-input',
      `${name}: no column ${missing.join(' and ')}; the columns are ${columns.join(', ')}.`,
      {
        hint: 'Expected columns: path,label[,start,end][,rater][,confidence][,note].',
      },
    );
  const mistakes: string[] = [];
  const read = rows.map((row) => ({ media: row.values.path ?? '', segments: rowSegments(row, mistakes) }));
  if (mistakes.length > 0)
    throw new AppError(
      'bad-input',
      `${name} was refused:\n${mistakes
        .slice(0, 20)
        .map((line) => `  ${line}`)
        .join('\n')}`,
    );
  return read;
}

function rowSegments({ line, values }: CsvRow, mistakes: string[]): Segment[] {
  const cell = (column: string) => (values[column] ?? '').trim();
  const rater = cell('rater') || null;
  const text = cell('rejected') === '1' ? REJECTED : cell('label');
  const whole = (kind: SegmentKind, value: string): Segment[] =>
    value === '' ? [] : [{ rater, kind, startSec: 0, endSec: Infinity, text: value }];
  if (cell('path') === '') mistakes.push(`line ${line}: no path`);
  const confidence = cell('confidence');
  if (confidence !== '' && !(Number(confidence) >= 0 && Number(confidence) <= 1))
    mistakes.push(`line ${line}: confidence is '${confidence}': expected 0 to 1`);
  return [
    ...whole('label', text),
    ...momentSegment({ rater, text, start: cell('start'), end: cell('end') }, (what) =>
      mistakes.push(`line ${line}: ${what}`),
    ),
    ...whole('confidence', confidence),
    ...whole('note', cell('note')),
  ];
}

type MomentCells = { rater: string | null; text: string; start: string; end: string };

function momentSegment({ rater, text, start, end }: MomentCells, complain: (what: string) => void): Segment[] {
  if (start === '' && end === '') return [];
  const [startSec, endSec] = [Number(start || NaN), Number(end || NaN)];
  if (startSec >= 0 && endSec > startSec && Number.isFinite(endSec))
    return [{ rater, kind: 'moment', startSec, endSec, text }];
  complain(`the moment is from '${start}' to '${end}': expected seconds, the end after the start`);
  return [];
}
