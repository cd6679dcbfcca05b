/**
 * Aggregated events of BORIS as CSV: one state event for each label and each moment. The rater is an independent variable
 * of the observation, as BORIS has no column for it. Also reads its tabular events, where start and stop are two rows.
 */
import { AppError } from '../../contract/errors.ts';
import { readTable } from '../layouts/csv-table.ts';
import type { CsvRow } from '../layouts/csv-table.ts';
import { csvText } from './csv-text.ts';
import { framesOfMoment } from './moment-frames.ts';
import { SEGMENT_KINDS, segmentsOf } from './segments.ts';
import type { AnnotatedVideo, Annotation, MediaSegments, Segment, SegmentKind } from './segments.ts';

const HEADER = [
  ...['Observation id', 'Observation date', 'Description', 'Observation duration', 'Observation type', 'Source'],
  ...['Time offset (s)', 'Coding duration', 'Media duration (s)', 'FPS (frame/s)', 'Rater', 'Confidence', 'Subject'],
  ...['Observation duration by subject by observation', 'Behavior', 'Behavioral category', 'Behavior type'],
  ...['Start (s)', 'Stop (s)', 'Duration (s)', 'Media file name', 'Image index start', 'Image index stop'],
  ...['Image file path start', 'Image file path stop', 'Comment start', 'Comment stop'],
];

/** @param date - of the export, as BORIS writes it: `2026-11-23 14:05:00` */
export function writeBorisCsv(videos: readonly AnnotatedVideo[], date: string): string {
  const rows = videos.flatMap((video) =>
    video.annotations.flatMap((annotation) =>
      segmentsOf(annotation, video.durationSec)
        .filter(({ kind, text }) => (kind === 'label' || kind === 'moment') && text !== '')
        .map((segment) => eventRow(video, annotation, { segment, date })),
    ),
  );
  return csvText([HEADER, ...rows]);
}

type Event = { segment: Segment; date: string };

function eventRow(video: AnnotatedVideo, { rater, confidence, note }: Annotation, { segment, date }: Event) {
  const { durationSec, averageFps, timesSec, subject, path, place } = video;
  const { startFrame, endFrame } = framesOfMoment(timesSec, segment);
  const length = fixed(durationSec);
  return [
    ...[`${path} (${rater ?? 'label'})`, date, '', length, 'Media file(s)', `player #1:${place}`, 0, length, length],
    ...[
      fixed(averageFps),
      rater,
      confidence,
      subject ?? 'No focal subject',
      length,
      segment.text,
      segment.kind,
      'STATE',
    ],
    ...[fixed(segment.startSec), fixed(segment.endSec), fixed(segment.endSec - segment.startSec), place],
    ...[startFrame, endFrame, '', '', note, ''],
  ];
}

/** BORIS writes milliseconds. */
function fixed(value: number): string {
  return value.toFixed(3);
}

/** @throws AppError `bad-input` for a table that is not of BORIS, or with the lines that cannot be read */
export function readBorisCsv(text: string, name: string): MediaSegments[] {
  const { columns, rows } = readTable(tableStart(text), name);
  const has = (...names: string[]) => names.every((column) => columns.includes(column));
  const mistakes: string[] = [];
  const events = has('Behavior', 'Start (s)', 'Stop (s)')
    ? rows.map((row) => aggregatedEvent(row, mistakes))
    : has('Behavior', 'Time') && (has('Behavior type') || has('Status'))
      ? pairedEvents(rows, mistakes)
      : null;
  if (events === null)
    throw new AppError('bad-input', `${name} is no table of events of BORIS: the columns are ${columns.join(', ')}.`, {
      hint: `Export 'aggregated events' (Behavior, Start (s), Stop (s), Media file name) or 'tabular events' as CSV.`,
    });
  if (mistakes.length > 0)
    throw new AppError(
      'bad-input',
      `${name} was refused:\n${mistakes
        .slice(0, 20)
        .map((line) => `  ${line}`)
        .join('\n')}`,
    );
  const byMedia = Map.groupBy(events, ({ media }) => media);
  return [...byMedia].map(([media, found]) => ({ media, segments: found.map(({ segment }) => segment) }));
}

/** Older versions put facts of the observation above the table. */
function tableStart(text: string): string {
  const at = /^.*\bBehavior\b.*$/m.exec(text)?.index ?? 0;
  return text.slice(at);
}

type MediaEvent = { media: string; segment: Segment };

function aggregatedEvent({ line, values }: CsvRow, mistakes: string[]): MediaEvent {
  const [startSec, endSec] = [secondsOf(values['Start (s)']), secondsOf(values['Stop (s)'])];
  if (!(startSec >= 0 && endSec >= startSec))
    mistakes.push(`line ${line}: from '${values['Start (s)']}' to '${values['Stop (s)']}': expected seconds`);
  return eventOf({ line, values }, { startSec, endSec }, mistakes);
}

function eventOf({ line, values }: CsvRow, time: { startSec: number; endSec: number }, mistakes: string[]): MediaEvent {
  const media = mediaOf(values);
  if (media === '') mistakes.push(`line ${line}: no media file`);
  const category = values['Behavioral category'] ?? '';
  const kind = SEGMENT_KINDS.includes(category as SegmentKind) ? (category as SegmentKind) : null;
  const rater = values['Rater'] || values['Observer'] || null;
  return { media, segment: { rater, kind, ...time, text: values['Behavior'] ?? '' } };
}

function mediaOf(values: CsvRow['values']): string {
  const named = values['Media file name'] || values['Media file path'] || values['Source'] || '';
  return named.replace(/^player #\d+:/, '');
}

/** A START opens what the next STOP of the same behaviour in the same observation closes. */
function pairedEvents(rows: readonly CsvRow[], mistakes: string[]): MediaEvent[] {
  const open = new Map<string, number>();
  const events: MediaEvent[] = [];
  for (const row of rows) {
    const { values, line } = row;
    const type = (values['Behavior type'] ?? values['Status'] ?? '').toUpperCase();
    const key = JSON.stringify([values['Observation id'], values['Subject'], values['Behavior']]);
    const timeSec = secondsOf(values['Time']);
    if (!(timeSec >= 0)) mistakes.push(`line ${line}: time is '${values['Time']}': expected seconds`);
    else if (type === 'START') open.set(key, timeSec);
    else if (type === 'STOP') {
      const startSec = open.get(key);
      open.delete(key);
      if (startSec === undefined) mistakes.push(`line ${line}: '${values['Behavior']}' stops and never started`);
      else events.push(eventOf(row, { startSec, endSec: timeSec }, mistakes));
    }
  }
  if (open.size > 0) mistakes.push(`${open.size} events start and never stop`);
  return events;
}

function secondsOf(text: string | undefined): number {
  return Number((text ?? '').trim() || NaN);
}
